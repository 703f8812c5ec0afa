"""Verifying the ledger: how many events a second, and how much memory, with few and with many."""

import gc
import os
import resource
import time
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from accreditation.models import Application
from accreditation.services import review
from accreditation.services.journals import READING, evidence_read
from accreditation.states import State
from bench.chained import chained
from bench.report import heading, line
from tests import factories
from workflows.ledger import checkpoints, log
from workflows.ledger.verification.whole import verify
from workflows.models import Event

SHARES = {"a quarter of the events": 4, "all of the events": 1}
"""The memory must not grow with them."""
TICKS = os.sysconf("SC_CLK_TCK")


def measure(events: int) -> None:
    """Verify a quarter of so many events, then all of them."""
    template = _rejected()
    each = template.sequence + _read(template)
    heading("Verifying the ledger: applications with all that their events explain, and who read their files")
    made = 0
    for what, share in SHARES.items():
        log.number_events(factories.AT)
        copies = max((events // share - log.size()) // each, 1)
        chained(template, range(made, made + copies), timezone.now())
        made += copies
        log.number_events(factories.AT)
        checkpoints.make(factories.AT)  # nothing may be older than the checkpoint that it comes after
        _verify(what)


def _rejected() -> Application:
    """Return one that came as far as the list, and then gave its place back: no quota has so many."""
    template, who = factories.application_in(State.LISTED, leader_name="账本"), factories.cast()
    at = template.state_since + factories.STEP
    said: dict[str, Any] = {"at": at, "reason": "材料需要核实。"}
    review.return_to_level(
        template, by=who.city_decider, expected_version=template.version, level="district", **said
    )
    review.reject(template, by=who.district_decider, expected_version=template.version + 1, **said)
    return factories.fresh(template)


def _read(template: Application) -> int:
    """Let reviewers read every file of the application; return how many events that makes."""
    for reader in (factories.user("union_decider"), factories.user("district_decider")):
        for file in template.evidence.select_related("stored"):
            evidence_read(
                template, by=reader, at=factories.AT, sha256=file.stored.sha256, kind=file.kind, revision=1
            )
    return Event.objects.filter(stream=f"{READING}/{template.public_id}").count()


def _verify(what: str) -> None:
    gc.collect()
    before, cpu, began = _memory(), _processor(), time.perf_counter()
    found = verify()
    spent, cpu = time.perf_counter() - began, _processor() - cpu
    expected = "expected: at least 20,000 /s"
    line(
        f"verify_ledger, {what}",
        f"{found.events / spent:,.0f} /s",
        f"{expected}; {found.events:,} events, {found.rows:,} rows",
    )
    line("  by processor time, the database's too", f"{found.events / cpu:,.0f} /s", expected)
    line("  memory that it takes at its most", f"{_memory() - before:,.0f} MB")


def _memory() -> float:
    """Return the most memory so far, in megabytes, of which nothing is given back."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _processor() -> float:
    """Return the seconds of a processor that this process has had, and its server's on PostgreSQL."""
    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        status = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(") ")[2].split()
    return own + (int(status[11]) + int(status[12])) / TICKS
