"""Long work spread over processes that end with it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

import django
from django.db import connections

logger = logging.getLogger(__name__)

TOGETHER = 10  # keys that a process is given at a time: what a killed one leaves is spread anew soon


def spread(work: Callable[..., int], keys: Sequence[int], *args: Any, processes: int) -> int:
    """Return the sum of what `work(some of the keys, *args)` returns, called in so many processes.

    A process that is killed ends the work: what the others have then finished counts, the rest stays undone.
    `work` is a function of a module; it has connections of its own, to the databases that this process uses.
    """
    names = {alias: str(connections[alias].settings_dict["NAME"]) for alias in connections}
    shares = [keys[start : start + TOGETHER] for start in range(0, len(keys), TOGETHER)]
    done = 0
    # Not forked: a copy of this process would speak to the database through the very same sockets.
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=begin, initargs=(names,)) as pool:
        try:
            for result in [pool.submit(work, share, *args) for share in shares]:
                done += result.result()
        except BrokenProcessPool:
            logger.exception("a process was killed: %d of %d are done", done, len(keys))
    return done


def begin(names: Mapping[str, str]) -> None:
    """Make a new process ready to work with the databases of the one that started it."""
    django.setup()
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = name
