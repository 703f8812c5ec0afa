"""What the tree promises about itself."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repo.conftest import ROOT

PACKAGES = ("config", "accreditation", "workflows", "certificates")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
# Their headers name a commercial licence (NOTICE.md).
COMMERCIAL = {"viewflow.fsm.admin", "viewflow.fsm.chart", "viewflow.fsm.views", "viewflow.fsm.viewset"}


def imports_of(path: Path) -> Iterator[str]:
    """Give the dotted name of everything that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield str(node.module)


@pytest.fixture(scope="module")
def imports() -> set[tuple[str, str]]:
    return {(str(path.relative_to(ROOT)), name) for path in MODULES for name in imports_of(path)}


def test_nothing_of_viewflow_under_a_commercial_licence_is_imported(imports: set[tuple[str, str]]) -> None:
    assert [(path, name) for path, name in imports if name in COMMERCIAL] == []


def test_the_one_workflow_is_the_state_machine(imports: set[tuple[str, str]]) -> None:
    assert [path for path, name in imports if name.startswith("viewflow.workflow")] == []


def test_signals_control_nothing(imports: set[tuple[str, str]]) -> None:
    assert [
        path for path, name in imports if name.startswith(("django.dispatch", "django.db.models.signals"))
    ] == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    assert [str(path) for path in MODULES if path.stem in {"utils", "helpers", "common", "misc"}] == []


def test_no_function_imports() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in MODULES
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_an_exact_version_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text()
    blocks = re.findall(r"^[a-z0-9].*(?:\n    .*)*", text, re.MULTILINE)
    assert [
        block.splitlines()[0] for block in blocks if not re.match(r"\S+==\S+ \\\n    --hash=sha256:", block)
    ] == []
    assert re.findall(r"^-.*|https?://\S+|file:\S+", text, re.MULTILINE) == []


def test_the_requirements_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = re.findall(r"^\S+==\S+", (ROOT / "requirements-dev.txt").read_text(), re.MULTILINE)
    assert [
        pin
        for pin in wanted
        if re.sub(r"\[.*]", "", pin) not in {re.sub(r"\[.*]", "", one) for one in locked}
    ] == []
