"""Who calls whom in our sources, as far as it can be read from them, and who writes to the database or the ledger."""

import ast
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from django.conf import settings

WRITING = frozenset(
    {
        "create",
        "bulk_create",
        "get_or_create",
        "update_or_create",
        "bulk_update",
        "save",
        "delete",
        "create_user",
    }
)
"""Methods that write rows; `update`, `set` and `add` do where they are not those of a dictionary or a set."""
RECORDING = frozenset({"workflows.engine.record", "workflows.engine.perform", "workflows.journals.note_down"})


class Source:
    """The functions of one module: what each calls (dotted names of ours), and whether it writes rows itself."""

    def __init__(self, path: Path) -> None:
        self.name = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts).removesuffix(
            ".__init__"
        )
        self.tree = ast.parse(path.read_text())

    @cached_property
    def imported(self) -> dict[str, str]:
        """The names that the module imports, as dotted names."""
        found = {}
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        return found

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        """The functions by dotted name; methods stand under the name of the module, as they are called."""
        nodes = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        return {f"{self.name}.{node.name}": node for node in nodes}

    def called_by(self, function: str) -> Iterator[str]:
        """Yield what a function calls or hands on."""
        for node in ast.walk(self.functions[function]):
            if isinstance(node, ast.Name):
                yield self.imported.get(node.id, f"{self.name}.{node.id}")
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                within = self.imported.get(node.value.id, self.name)
                yield f"{within}.{node.attr}"

    def writes(self, function: str) -> bool:
        """Whether the function itself writes rows."""
        return any(map(_is_write, ast.walk(self.functions[function])))


def _is_write(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    named = node.func.attr
    if named == "update":
        return not node.args and bool(node.keywords)
    if named in {"set", "add"}:
        return isinstance(node.func.value, ast.Attribute) and isinstance(node.func.value.value, ast.Name)
    keeps_files = isinstance(node.func.value, ast.Name) and node.func.value.id in {"default_storage", "cache"}
    return named in WRITING and not keeps_files


class Calls:
    """The calls between the modules of some folders."""

    def __init__(self, *folders: str) -> None:
        paths = [path for folder in folders for path in sorted(Path(settings.BASE_DIR, folder).rglob("*.py"))]
        sources = [Source(path) for path in paths if "migrations" not in path.parts]
        self.source_of = {function: source for source in sources for function in source.functions}
        self._reached: dict[str, frozenset[str]] = {}

    def reached_from(self, function: str) -> frozenset[str]:
        """Return what a function calls, and what that calls, and so on; itself included."""
        if function not in self._reached:
            found, ahead = {function}, [function]
            while ahead:
                source = self.source_of.get(one := ahead.pop())
                for called in source.called_by(one) if source else ():
                    if called not in found and (called in self.source_of or called in RECORDING):
                        found.add(called)
                        ahead.append(called)
            self._reached[function] = frozenset(found)
        return self._reached[function]

    def writes(self, function: str) -> bool:
        """Whether rows are written by a function or by what it calls."""
        return any(self.source_of[one].writes(one) for one in self.reached_from(function))

    def records(self, function: str) -> bool:
        """Whether a function leads to an event."""
        return not RECORDING.isdisjoint(self.reached_from(function))

    def public(self, *modules: str) -> list[str]:
        """Return the functions of these packages that others call."""
        return sorted(
            name
            for name in self.source_of
            if name.startswith(modules) and not name.rpartition(".")[2].startswith("_")
        )
