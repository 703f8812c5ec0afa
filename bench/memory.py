"""How much memory a process and those that it started hold, each page of it counted once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROC = Path("/proc")
EVERY = 0.1  # seconds


class Watched:
    """The most that was held so far, in megabytes, and each sum that was seen."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    @property
    def most(self) -> float:
        return max(self.seen, default=0)

    def most_in(self, begin: float, end: float) -> float:
        """Return the most in a part of the time, both as shares of it."""
        part = self.seen[int(len(self.seen) * begin) : int(len(self.seen) * end) + 1]
        return max(part, default=0)


@contextmanager
def watched(pid: int, *, itself: bool = True) -> Iterator[Watched]:
    """Look ten times a second at what the process and those below it hold; `itself`: count the process too."""
    found, over = Watched(), threading.Event()

    def look() -> None:
        while not over.wait(EVERY):
            pids = [*_below(pid), *([pid] if itself else [])]
            found.seen.append(sum(_held(one) for one in pids) / 1024)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _below(pid: int) -> Iterator[int]:
    for tasks in PROC.glob(f"{pid}/task/*/children"):
        try:
            children = [int(child) for child in tasks.read_text().split()]
        except OSError:  # it has just ended
            continue
        for child in children:
            yield child
            yield from _below(child)


def _held(pid: int) -> int:
    """Return the kilobytes of a process, what it shares with others in part (PSS)."""
    try:
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:  # it has just ended
        pass
    return 0
