"""A bar on the terminal for work that takes long."""

import time
from typing import TextIO

PATIENCE = 1.0
"""Seconds of work before a bar is drawn."""
EVERY = 0.2
WIDTH = 30


class Bar:
    """Draws how far the work is, over the same line; nothing where nobody watches or the work is short."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.is_watched = out, out.isatty()
        self.next_at = time.monotonic() + PATIENCE
        self.drawn = ""

    def draw(self, what: str, done: int, total: int) -> None:
        """Show that so much is done; a total of 0 is not known."""
        if not self.is_watched or time.monotonic() < self.next_at:
            return
        self.next_at = time.monotonic() + EVERY
        self._over(f"{what} {_filled(done, total)}{done:,}" + (f"/{total:,}" if total else ""))

    def clear(self) -> None:
        """Take the bar away."""
        if self.drawn:
            self._over("")
            self.out.write("\r")

    def _over(self, line: str) -> None:
        self.out.write("\r" + line + " " * (len(self.drawn) - len(line)))
        self.out.flush()
        self.drawn = line


def _filled(done: int, total: int) -> str:
    if not total:
        return ""
    full = min(WIDTH, WIDTH * done // total)
    return f"[{'#' * full}{'.' * (WIDTH - full)}] "
