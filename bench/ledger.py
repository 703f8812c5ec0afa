"""Verifying the ledger: how many events a second, and how much memory, at two sizes."""

import resource
import time

from django.utils import timezone

from accreditation.states import State
from bench.chained import chained
from bench.report import heading, line
from tests import factories
from workflows.ledger import checkpoints, log
from workflows.ledger.verification.whole import verify

SHARE = 4
"""The first measurement is of so small a part of the events."""


def measure(events: int) -> None:
    """Verify a quarter of so many events, then all of them: the memory must not grow with them."""
    template = factories.application_in(State.LISTED, leader_name="账本")
    heading("Verifying the ledger")
    made = 0
    for wanted in (events // SHARE, events):
        copies = (wanted - log.size()) // template.sequence
        chained(template, range(made, made + copies), timezone.now())
        made += copies
        _number()
        started = time.perf_counter()
        found = verify()
        spent = time.perf_counter() - started
        line(
            f"{found.size:,} events and {found.rows:,} rows",
            f"{found.size / spent:,.0f} /s",
            "expected: at least 20,000 /s",
        )
        line("memory at its most", f"{_memory():,.0f} MB")


def _number() -> None:
    log.number_events(factories.AT)
    checkpoints.make(factories.AT)  # nothing is older than the first checkpoint that could hold it


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
