"""Time several things against each other, in turns: what slows the machine slows all of them."""

import time
from collections.abc import Callable, Mapping
from statistics import median

Spent = dict[str, list[float]]
"""Seconds by name, one for each round."""


def in_turns(
    things: Mapping[str, Callable[[], object]], rounds: int, before: Callable[[str], object] | None = None
) -> Spent:
    """Do each thing once a round, first in a round that is not timed; each round begins with another one.

    `before` is called with a thing's name before each time, and not timed.
    """
    names = list(things)
    spent: Spent = {name: [] for name in names}
    for number in range(rounds + 1):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            if before:
                before(name)
            started = time.perf_counter()
            things[name]()
            if number:
                spent[name].append(time.perf_counter() - started)
    return spent


def ratio(spent: Spent, name: str, of: str) -> float:
    """Return how many times as long `name` took as `of`: the median over the rounds."""
    return median(one / other for one, other in zip(spent[name], spent[of], strict=True))


def milliseconds(spent: Spent, name: str, steps: int = 1) -> float:
    """Return the median time of one of the `steps` that a round takes, in milliseconds."""
    return median(spent[name]) * 1000 / steps
