"""Erasing somebody while others work with them, on a real PostgreSQL: their name is nowhere afterwards."""

from collections.abc import Callable
from typing import Any

import pytest

from accreditation.models import User
from accreditation.services import copies, tasks
from accreditation.services.erasure import Order, erase_by_order
from accreditation.services.journals import evidence_read
from tests import factories as make
from tests.accreditation.test_races import many, race, refusals
from tests.factories import AT
from workflows.ledger.chain import first_broken
from workflows.models import Event, EventPayload, Task
from workflows.refusals import NotReady

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS, NAME = 4, "罗秀兰"


def test_whoever_is_given_work_while_they_are_erased_has_it_or_is_gone_without_a_trace() -> None:
    who = make.cast()
    manager = make.member(who.city, "manage", username="manager")
    for number, application in enumerate(many("district_review", ROUNDS)):
        person = make.member(who.district, "review", "decide", username=f"luo{number}", name=NAME)
        tasks.claim(application, by=who.district_decider, at=AT)

        def erase(person: User = person) -> Any:
            return erase_by_order(Order(ground="一号", person=person), by=manager, at=AT)

        acts: list[Callable[[], Any]] = [
            erase,
            lambda: tasks.transfer(application, by=who.district_decider, to=person, at=AT),
            lambda: copies.copy_to(application, by=who.district_decider, people=[person], at=AT),
            lambda: evidence_read(application, by=person, at=AT, sha256="0" * 64, kind="honour"),
        ]
        results = race(*acts)
        if refusals(results[:1]) == [NotReady]:  # the work came first, or just in between
            tasks.take_back(application, by=who.district_decider, at=AT)
            erase()
        assert not Task.objects.filter(assignee=person, closed_at=None).exists()
        assert not EventPayload.objects.filter(content__contains=NAME).exists()
        events = (
            Event.objects.filter(stream=application.stream).select_related("payload").order_by("sequence")
        )
        assert first_broken(events) is None


def test_two_erasures_at_once_say_once_what_went() -> None:
    who = make.cast()
    manager = make.member(who.city, "manage", username="manager")
    for number, application in enumerate(many("district_review", ROUNDS)):
        person = make.member(who.district, "review", username=f"luo{number}", name=NAME)
        tasks.claim(application, by=person, at=AT)
        tasks.release(application, by=person, at=AT)

        def erase(person: User = person) -> Any:
            return erase_by_order(Order(ground="一号", person=person), by=manager, at=AT)

        race(erase, erase)
        erasures = Event.objects.filter(action="erase", stream=application.stream)
        said = [one for event in erasures for one in event.facts["events"]]
        assert len(said) == len({sequence for sequence, _fields in said}) == 2
        assert not EventPayload.objects.filter(content__contains=NAME).exists()
