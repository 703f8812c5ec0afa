"""A copy of the tree as a fresh clone has it, to run the commands in that people are told to type."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
PATIENCE = 180  # seconds a command is given


@dataclass(frozen=True)
class Clone:
    """A copy of the tree, with the virtual environment lent to it."""

    path: Path

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a line of shell to its end; what it printed is in `stdout`, errors included."""
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.path,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    @contextlib.contextmanager
    def serving(self, port: int) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
        """Within the block `make run` serves; it gives the process and the lines printed until then."""
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=self.path,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        lines: list[str] = []
        try:
            for line in process.stdout or []:
                lines.append(line.rstrip("\n"))
                if line.startswith("serving:"):
                    break
            else:
                pytest.fail("make run ended before it served:\n" + "\n".join(lines))
            yield process, lines
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=30)

    def processes(self) -> dict[int, str]:
        """Return the processes that work in the clone: their command lines by their ids."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (entry / "cwd").resolve() == self.path.resolve():
                    found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        return found


def _environment() -> dict[str, str]:
    """Return the environment without what concerns these tests only."""
    ours = re.compile(r"(WUHAO|DJANGO|PYTEST|MAKE)|PORT$|MFLAGS$|COV_|PYTHONPATH$")
    return {name: value for name, value in os.environ.items() if not ours.match(name)}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    path = tmp_path_factory.mktemp("clone") / "wuhao"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, path / name)
    (path / ".venv").symlink_to(ROOT / ".venv")
    return Clone(path)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
