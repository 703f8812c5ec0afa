"""A transition: the union recommends."""

from collections.abc import Callable, Iterator
from copy import copy
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accreditation.models import Application
from accreditation.services import review
from accreditation.states import State
from bench import bare
from bench.peer import flows as peer
from bench.report import heading, line, times
from bench.rounds import in_turns, milliseconds, ratio
from tests import factories
from tests.crowd import crowd

REASON = "五好条件符合，材料齐全，同意推荐。"
OURS, BARE = "perform()", "the same SQL on the bare driver"
PEER = "viewflow.workflow, by the same rules"
PEER_BARELY = "viewflow.workflow, without rules and history"
PEER_TAKEN = "viewflow.workflow, so, the task taken before"


def measure(block: int, rounds: int) -> None:
    """Time `perform()`, the SQL it executes on the driver alone, and the peer's step, in turns of `block` steps."""
    who = factories.cast()
    by, wanted = who.union_decider, block * (rounds + 1)
    template = factories.application_in(State.ENTERPRISE_REVIEW, leader_name="样本")
    crowd(template, range(2 * wanted + 1), timezone.now())
    subjects = iter(list(Application.objects.filter(state=State.ENTERPRISE_REVIEW).order_by("pk")))
    waiting = iter([peer.begin(template) for _ in range(3 * wanted + 1)])

    def ours(application: Application) -> None:
        at = application.state_since + timedelta(hours=1)
        review.recommend(application, by=by, at=at, expected_version=application.version, reason=REASON)

    def take(task: Any) -> None:
        peer.take(task, copy(by))  # as a request has it: what a user may is remembered on the object

    def recommend(task: Any) -> None:
        peer.recommend(task, copy(by), REASON)

    def take_and_recommend(task: Any) -> None:
        take(task)
        recommend(task)

    def by_the_rules(task: Any) -> None:
        take(task)
        peer.recommend(task, copy(by), REASON, at=factories.AT)

    statements = _statements(ours, next(subjects)), _statements(by_the_rules, next(waiting))
    replay = _replay(ours, islice(subjects, wanted))
    taken = list(islice(waiting, wanted))
    for task in taken:
        take(task)

    spent = in_turns(
        {
            OURS: _block(ours, subjects, block),
            BARE: _block(*replay, block),
            PEER: _block(by_the_rules, waiting, block),
            PEER_BARELY: _block(take_and_recommend, waiting, block),
            PEER_TAKEN: _block(recommend, iter(taken), block),
        },
        rounds,
    )
    heading(f"A transition: the union recommends ({rounds} rounds of {block})")
    for name in spent:
        line(name, f"{1000 / milliseconds(spent, name, block):,.0f} /s")
    line("perform() against the bare driver, time", times(ratio(spent, OURS, BARE)))
    line(
        "viewflow.workflow against perform(), time",
        times(ratio(spent, PEER, OURS)),
        "expected: at least 4 times",
    )
    line("  without rules and history", times(ratio(spent, PEER_BARELY, OURS)))
    line("  and the task taken before", times(ratio(spent, PEER_TAKEN, OURS)))
    line("SQL statements of perform(), BEGIN and COMMIT too", str(statements[0]), "expected: at most 10")
    line("SQL statements of viewflow.workflow", str(statements[1]))


def _block(step: Callable[[Any], object], subjects: Iterator[Any], size: int) -> Callable[[], None]:
    """Return what takes the step with the next `size` subjects."""

    def run() -> None:
        for subject in islice(subjects, size):
            step(subject)

    return run


def _statements(step: Callable[[Any], object], subject: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        step(subject)
    return len(captured)


def _replay(
    step: Callable[[Any], object], subjects: Iterator[Any]
) -> tuple[Callable[[Any], object], Iterator[Any]]:
    """Record the SQL of each step; return what runs it on a copy of the database made before, and the SQL."""
    name = bare.copy_database("bare")
    recorded: list[list[bare.Statement]] = []
    for subject in subjects:
        recorded.append([])
        with bare.recorded(recorded[-1]):
            step(subject)
    return bare.driver(name).run, iter(recorded)
