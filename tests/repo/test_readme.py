"""The commands in the README do what it says. They are the lines of its ```sh blocks."""

import re
import shlex
from pathlib import Path

import pytest

from tests.repo.conftest import ROOT, Clone

pytestmark = pytest.mark.commands

README = ROOT / "README.md"
# These take minutes, need the network, or would run this test again: it is enough that they exist.
LONG = {"test", "check", "bench", "lock", "messages"}


def readme_commands() -> list[str]:
    """Return every line of the sh blocks that is a command, in order, comments left out."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)
    lines = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def is_make(command: str, target: str) -> bool:
    words = shlex.split(command)
    return words[:1] == ["make"] and target in words


def is_arrival(command: str) -> bool:
    """Whether the command only brings the reader into a clone."""
    return command.startswith(("git clone", "cd "))


def test_the_readme_shows_the_two_commands() -> None:
    assert [
        target for target in ("run", "demo", "test") if any(is_make(c, target) for c in readme_commands())
    ] == [
        "run",
        "demo",
        "test",
    ]


def test_make_demo_ends_with_a_certificate(clone: Clone) -> None:
    done = clone.run("make demo")
    last = done.stdout.splitlines()[-1]
    assert (done.returncode, last.split(": ")[0]) == (0, "certificate"), done.stdout
    assert Path(clone.path, last.removeprefix("certificate: ")).read_bytes()[:5] == b"%PDF-"


def test_every_other_command_succeeds(clone: Clone) -> None:
    for command in readme_commands():
        if is_arrival(command) or is_make(command, "run"):
            continue
        is_long = any(is_make(command, target) for target in LONG)
        done = clone.run(command.replace("make", "make --dry-run", 1) if is_long else command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
