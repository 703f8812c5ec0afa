"""A batch of certificates, registered with their decision: their files are drawn, signed, stored and recorded."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence

from django.utils import timezone

from accreditation.models import Application, Designation
from accreditation.services.naming import issue_due_certificates, name_studios
from accreditation.states import State
from bench.chained import chained
from bench.memory import watched
from bench.report import heading, line, times
from certificates.issuing import make_files
from certificates.models import Certificate
from certificates.processes import spread
from tests import factories
from workflows.ledger import checkpoints, log

ALONE = 30  # certificates that are made one at a time


def measure(count: int) -> None:
    """Make so many on one process and as many on two, then as many with one of two killed on the way."""
    keys = _waiting(3 * count + ALONE)
    at = timezone.now()
    heading(f"{count} certificates that wait for their files, on {os.cpu_count()} cores")
    one_by_one(keys[:ALONE])
    first, second, third = (keys[ALONE + part * count : ALONE + (part + 1) * count] for part in range(3))
    alone, both = (_spread(share, processes) for share, processes in ((first, 1), (second, 2)))
    line("two processes against one", times(alone / both), "expected: at least 1.6 times")
    made = _with_one_killed(third)
    line("made before one of two processes was killed", f"{made} of {count}")
    make_files(third, at)
    files = Certificate.objects.filter(pk__in=third).exclude(sha256="")
    for what, column in (("numbers", "number"), ("files", "sha256")):
        distinct = files.values(column).distinct().count()
        line(f"{what} after another run, all of them different", str(distinct), f"expected: {count}")


def _waiting(count: int) -> list[int]:
    """Return the keys of so many certificates without a file: of studios named at once by one decision."""
    template = factories.application_in(State.NOTICE_ENDED)
    chained(template, range(count), timezone.now())
    decision = name_studios(
        cycle=template.cycle,
        applications=list(Application.objects.filter(state=State.NOTICE_ENDED).exclude(pk=template.pk)),
        number="渝工发〔2026〕1号",
        title="关于命名2026年度劳模创新工作室的决定",
        signed_on=timezone.localdate(),
        by=factories.user("city_decider"),
        at=timezone.now(),
    )
    issue_due_certificates(timezone.now())
    log.number_events(timezone.now())
    checkpoints.make(timezone.now())
    return list(
        Designation.objects.filter(decision=decision)
        .order_by("certificate")
        .values_list("certificate", flat=True)
    )


def one_by_one(keys: Sequence[int]) -> None:
    """Time one certificate after another in this process."""
    make_files(keys[:1], timezone.now())
    began = time.perf_counter()
    made = make_files(keys[1:], timezone.now())
    each = (time.perf_counter() - began) / made
    line(
        "one after another, once one was made",
        f"{each * 1000:.0f} ms",
        "expected: at most 200 ms",
    )


def _spread(keys: Sequence[int], processes: int) -> float:
    """Make them; print how long one took and whether the memory grew; return the seconds."""
    with watched(os.getpid(), itself=False) as memory:
        began = time.perf_counter()
        made = spread(make_files, keys, timezone.now(), processes=processes)
        spent = time.perf_counter() - began
    who = "1 process, its" if processes == 1 else f"{processes} processes, their"
    what = f"a batch, {who} start included"
    line(what, f"{spent / made * 1000:.0f} ms each", f"{made} in {spent:.0f} s")
    early, late = memory.most_in(0.25, 0.5), memory.most_in(0.75, 1)
    line("  memory in the last quarter against the second", times(late / early), f"{late:,.0f} MB")
    return spent


def _with_one_killed(keys: Sequence[int]) -> int:
    """Let two processes make them, and kill one when a third are made; return how many were made."""

    def kill() -> None:
        while Certificate.objects.filter(pk__in=keys).exclude(sha256="").count() < len(keys) // 3:
            time.sleep(0.05)
        for child in multiprocessing.active_children()[:1]:
            os.kill(child.pid or 0, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    spread(make_files, keys, timezone.now(), processes=2)
    killer.join()
    return Certificate.objects.filter(pk__in=keys).exclude(sha256="").count()
