"""Time `perform()` here against another checkout of this repository: python -m bench.against CHECKOUT [ROUNDS]

Each checkout has a process and a database of its own; they take turns, a block of recommendations each, so that what
slows the machine slows both.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

from bench.__main__ import ENVIRONMENT, NOT_OURS, embedded_postgres
from bench.report import heading, line, times
from bench.rounds import Spent, milliseconds, ratio

HERE = Path(__file__).resolve().parent
BLOCK = 30


class Checkout:
    """A process that runs the code of one checkout, a block of recommendations at each asking."""

    def __init__(self, root: Path, var: Path, url: str, blocks: int) -> None:
        var.mkdir()
        var.chmod(0o777)
        environment = os.environ | ENVIRONMENT
        environment |= {"WUHAO_VAR": str(var), "WUHAO_DATABASE_URL": url, "PYTHONPATH": str(root)}
        for name in NOT_OURS:
            environment.pop(name, None)
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", str(HERE / "recommending.py"), str(BLOCK), str(blocks)],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.process.communicate()

    def block(self) -> tuple[float, float]:
        """Let it recommend a block of applications; return the seconds that it took, and those of the processor."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        seconds, cpu = self.process.stdout.readline().split()
        return float(seconds), float(cpu)


def main() -> None:
    """Print the ratio on both databases."""
    other = Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    with tempfile.TemporaryDirectory(prefix="wuhao-against-") as scratch:
        Path(scratch).chmod(0o755)  # PostgreSQL runs as another user where we are root
        _compare("SQLite", other, rounds, [f"sqlite:///{scratch}/{name}.sqlite3" for name in ("a", "b")])
        server = embedded_postgres.get_server(Path(scratch) / "postgres", cleanup_mode="stop")
        for name in ("a", "b"):
            server.psql(f"CREATE DATABASE {name}")
        _compare("PostgreSQL", other, rounds, [server.get_uri(name) for name in ("a", "b")])
        server.cleanup()


def _compare(database: str, other: Path, rounds: int, urls: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="wuhao-against-") as scratch:
        var = Path(scratch)
        with (
            Checkout(HERE.parent, var / "a", urls[0], rounds + 1) as here,
            Checkout(other, var / "b", urls[1], rounds + 1) as there,
        ):
            sides = {"here": here, str(other): there}
            spent: Spent = {name: [] for name in sides}
            cpu: Spent = {name: [] for name in sides}
            for number in range(rounds + 1):
                for name, side in list(sides.items())[:: 1 if number % 2 else -1]:
                    seconds, busy = side.block()
                    if number:
                        spent[name].append(seconds)
                        cpu[name].append(busy)
    heading(f"perform() on {database} ({rounds} rounds of {BLOCK})")
    for name in spent:
        line(name, f"{1000 / milliseconds(spent, name, BLOCK):,.0f} /s")
    line("throughput here against there", times(ratio(spent, str(other), "here")), "expected: at least 0.9")
    line("the same by our own processor time, without the database's", times(ratio(cpu, str(other), "here")))


if __name__ == "__main__":
    main()
