"""Two batches, or two who spread works, at the same moment on a real PostgreSQL: nothing is done twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accreditation.models import Quota
from accreditation.services import spreading, tasks
from accreditation.services.batch import Item, carry_out
from accreditation.services.saved_searches import MOST, save_search
from accreditation.states import State
from tests import factories as make
from tests.factories import AT
from workflows.models import Event
from workflows.refusals import NotReady, Refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def race(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on its own connection."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def waiting(count: int):
    return [
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"劳模{number}") for number in range(count)
    ]


def count(applications, action: str) -> list[int]:
    return [Event.objects.filter(stream=one.stream, action=action, at=AT).count() for one in applications]


def test_a_batch_sent_twice_at_once_decides_each_once() -> None:
    applications, who = waiting(20), make.cast()
    items = [Item(one, one.version, "同意推荐。") for one in applications]

    def decide():
        return carry_out("recommend", items, by=who.district_decider, at=AT)

    first, second = race(decide, decide)
    done = [one[1].done + other[1].done for one, other in zip(first, second, strict=True)]
    assert done == [1] * 20
    assert all(came.done or came.refusal for _item, came in [*first, *second])
    assert count(applications, "recommend") == [1] * 20


def test_two_batches_of_different_works_share_the_last_places_of_the_quota() -> None:
    applications, who = waiting(20), make.cast()
    other = make.member(who.district, "review", "decide", username="second")
    Quota.objects.update(places=7)

    def decide(part, by):
        return carry_out("recommend", [Item(one, one.version, "同意。") for one in part], by=by, at=AT)

    results = race(
        lambda: decide(applications[:10], who.district_decider),
        lambda: decide(list(reversed(applications[10:])), other),
    )
    tried = [came for result in results for _item, came in result]
    assert sum(came.done for came in tried) == 7
    assert all(isinstance(came.refusal, NotReady) for came in tried if not came.done)
    assert Quota.objects.get().used == 7


def test_a_plan_spread_twice_at_once_hands_each_out_once_and_a_claim_is_respected() -> None:
    applications, who = waiting(20), make.cast()
    manager = make.member(who.district, "manage", username="manager")
    moves = spreading.plan(who.district, AT).moves

    def spread():
        return spreading.spread(moves, by=manager, at=AT)

    def claim():
        made = []
        for one in reversed(applications):
            try:
                made.append(tasks.claim(one, by=who.district_reviewer, at=AT))
            except Refused as refusal:
                made.append(refusal)
        return made

    race(spread, spread, claim)
    works = [one.tasks.get(closed_at=None) for one in applications]
    assert all(work.assignee is not None for work in works)
    handed = [
        assigned + claimed
        for assigned, claimed in zip(count(applications, "assign"), count(applications, "claim"), strict=True)
    ]
    assert handed == [1] * 20


def test_of_two_searches_kept_at_once_the_last_place_takes_one() -> None:
    user = make.cast().district_decider
    for number in range(MOST - 1):
        save_search(by=user, name=f"第{number}", query="show=mine")

    def save(name: str):
        try:
            return save_search(by=user, name=name, query="show=free")
        except NotReady as refusal:
            return refusal

    results = race(lambda: save("甲"), lambda: save("乙"))
    assert sorted(isinstance(one, NotReady) for one in results) == [False, True]
    assert user.saved_searches.count() == MOST
