"""Every pair of operations on a task at the same moment, on a real PostgreSQL: one consistent outcome each time."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from accreditation.models import Application, User
from accreditation.services import review, tasks
from accreditation.services.escalation import escalate_overdue, set_escalation
from accreditation.states import State
from tests import factories as make
from tests.accreditation.test_races import many, race, refusals
from tests.factories import AT
from workflows.models import Event, Task
from workflows.refusals import NotPermitted, NotReady, Refused, Stale, WrongState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 8
Call = Callable[[], Any]


@pytest.fixture
def people() -> list[User]:
    """Four of the district; the first decides."""
    who = make.cast()
    colleagues = [make.member(who.district, "review", username=f"worker{number}") for number in range(2)]
    return [who.district_decider, who.district_reviewer, *colleagues]


def rounds(held_by: User | None = None) -> Iterator[Application]:
    """Yield applications at the district, held by somebody or open."""
    for application in many("district_review", ROUNDS):
        if held_by is not None:
            tasks.claim(application, by=held_by, at=AT)
        yield application


def work_of(application: Application) -> Task:
    return Task.objects.get(object_id=application.pk, kind="work", closed_at=None)


def acts(application: Application) -> list[str]:
    events = Event.objects.filter(stream=application.stream).order_by("sequence")
    return list(events.values_list("action", flat=True))


def whole(application: Application) -> None:
    """The chain is unbroken, exactly one work is open, and it waits for advice just when one is open."""
    events = list(Event.objects.filter(stream=application.stream).order_by("sequence"))
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    work = work_of(application)
    parts = Task.objects.filter(object_id=application.pk, closed_at=None).exclude(kind="work")
    assert [part.part_of_id for part in parts] == ([work.pk] if work.hold else [])


def decide(application: Application, by: User, action: str = "send_back") -> Call:
    service = getattr(review, action)
    return lambda: service(application, by=by, at=AT, expected_version=application.version, reason="补正。")


def named(chosen: User) -> None:
    """The district's manager names who gets its overdue work."""
    place = make.cast().district
    set_escalation(place, chosen, by=make.member(place, "manage", username="manager"), at=AT)


def one_refused(results: Sequence[Any], *kinds: type[Refused]) -> None:
    assert len(refusals(results)) == 1
    assert refusals(results)[0] in kinds


def test_claim_and_claim(people: list[User]) -> None:
    for application in rounds():
        results = race(*(lambda by=by: tasks.claim(application, by=by, at=AT) for by in people[:2]))
        one_refused(results, Stale)
        whole(application)


def test_claim_and_assign(people: list[User]) -> None:
    decider, claimer, chosen, _last = people
    for application in rounds():
        results = race(
            lambda: tasks.claim(application, by=claimer, at=AT),
            lambda: tasks.assign(application, by=decider, to=chosen, seen=None, at=AT),
        )
        one_refused(results, Stale)
        claimed = not isinstance(results[0], Refused)
        assert work_of(application).assignee == (claimer if claimed else chosen)
        whole(application)


def test_transfer_and_release(people: list[User]) -> None:
    _decider, holder, chosen, _last = people
    for application in rounds(holder):
        results = race(
            lambda: tasks.transfer(application, by=holder, to=chosen, at=AT),
            lambda: tasks.release(application, by=holder, at=AT),
        )
        one_refused(results, NotPermitted)
        transferred = not isinstance(results[0], Refused)
        assert work_of(application).assignee == (chosen if transferred else None)
        whole(application)


def test_transfer_and_decide(people: list[User]) -> None:
    _decider, holder, chosen, _last = people
    for application in rounds(holder):
        results = race(
            lambda: tasks.transfer(application, by=holder, to=chosen, at=AT),
            decide(application, holder),
        )
        one_refused(results, NotPermitted, WrongState)
        decided = not isinstance(results[1], Refused)
        state = State.RETURNED_BY_DISTRICT if decided else State.DISTRICT_REVIEW
        assert make.fresh(application).state == state
        assert work_of(application).assignee == (None if decided else chosen)
        whole(application)


def test_delegate_and_decide(people: list[User]) -> None:
    _decider, holder, asked, _last = people
    for application in rounds(holder):
        results = race(
            lambda: tasks.delegate(application, by=holder, to=asked, at=AT, question="？"),
            decide(application, holder),
        )
        one_refused(results, NotPermitted, WrongState)
        decided = not isinstance(results[1], Refused)
        assert work_of(application).hold == ("" if decided else "advice")
        whole(application)


def test_advise_and_withdraw_delegation(people: list[User]) -> None:
    _decider, holder, asked, _last = people
    for application in rounds(holder):
        tasks.delegate(application, by=holder, to=asked, at=AT, question="？")
        results = race(
            lambda: tasks.advise(application, by=asked, at=AT, opinion="属实。"),
            lambda: tasks.withdraw_delegation(application, by=holder, at=AT),
        )
        one_refused(results, WrongState)
        advice = Task.objects.get(object_id=application.pk, kind="advice")
        advised = not isinstance(results[0], Refused)
        assert (advice.outcome, bool(advice.opinion)) == ("advised" if advised else "withdrawn", advised)
        whole(application)


def test_remind_and_remind(people: list[User]) -> None:
    who = make.cast()
    for application in rounds(people[1]):
        results = race(
            lambda: tasks.remind(application, by=who.applicant, at=AT),
            lambda: tasks.remind(application, by=who.union_reviewer, at=AT),
        )
        one_refused(results, WrongState)
        assert acts(application).count("remind") == 1
        whole(application)


def test_take_back_and_decide(people: list[User]) -> None:
    _decider, first, second, _last = people
    for application in rounds(first):
        tasks.transfer(application, by=first, to=second, at=AT)
        results = race(
            lambda: tasks.take_back(application, by=first, at=AT),
            decide(application, second),
        )
        one_refused(results, NotPermitted, WrongState)
        taken_back = not isinstance(results[0], Refused)
        assert work_of(application).assignee == (first if taken_back else None)
        assert acts(application)[-1] == ("take_back" if taken_back else "send_back")
        whole(application)


def test_escalate_and_decide(people: list[User]) -> None:
    """The duty passes over what somebody works on just now; then it is decided, or escalated by the next run."""
    decider, holder, _third, _last = people
    named(decider)
    for number in range(ROUNDS):
        application = make.application_in("district_review", leader_name=f"劳模{number}")
        tasks.claim(application, by=holder, at=AT)
        due = work_of(application).due_at
        escalated, decided = race(lambda: escalate_overdue(due), decide(application, holder))
        if isinstance(decided, Refused):
            assert (escalated, work_of(application).assignee) == (1, decider)
            decide(application, decider)()
        assert make.fresh(application).state == State.RETURNED_BY_DISTRICT
        assert acts(application).count("escalate") == escalated
        whole(application)


def test_two_runners_escalate_each_work_once(people: list[User]) -> None:
    named(people[0])
    overdue = list(rounds(people[1]))
    due = max(work_of(application).due_at for application in overdue)
    by_two = race(lambda: escalate_overdue(due), lambda: escalate_overdue(due))
    assert sum(by_two) + escalate_overdue(due) == ROUNDS
    for application in overdue:
        assert acts(application).count("escalate") == 1
        assert work_of(application).assignee == people[0]
        whole(application)


def test_assign_and_assign(people: list[User]) -> None:
    decider, holder, one, two = people
    manager = make.member(make.cast().district, "manage", username="manager")
    for application in rounds(holder):
        results = race(
            lambda: tasks.assign(application, by=decider, to=one, seen=holder, at=AT),
            lambda: tasks.assign(application, by=manager, to=two, seen=holder, at=AT),
        )
        one_refused(results, Stale)
        whole(application)


def test_transfer_and_transfer(people: list[User]) -> None:
    _decider, holder, one, two = people
    for application in rounds(holder):
        results = race(
            *(lambda to=to: tasks.transfer(application, by=holder, to=to, at=AT) for to in (one, two))
        )
        one_refused(results, NotPermitted)
        assert acts(application).count("transfer") == 1
        whole(application)


def test_claim_and_decide(people: list[User]) -> None:
    """Who decides need not have claimed; whoever comes second is told."""
    decider, claimer, _third, _last = people
    for application in rounds():
        results = race(
            lambda: tasks.claim(application, by=claimer, at=AT),
            decide(application, decider),
        )
        one_refused(results, NotPermitted, WrongState, Stale)
        whole(application)


def test_release_and_decide(people: list[User]) -> None:
    """Both can succeed, released first; never the other way round."""
    decider, holder, _third, _last = people
    for application in rounds(holder):
        results = race(
            lambda: tasks.release(application, by=holder, at=AT),
            decide(application, decider),
        )
        assert len(refusals(results)) <= 1
        if isinstance(results[0], Refused):
            raise AssertionError("somebody decided on what another held")
        whole(application)


def test_delegate_and_transfer(people: list[User]) -> None:
    """Transferred with the question out, it waits for the answer in its new hands; or the question is too late."""
    _decider, holder, one, two = people
    for application in rounds(holder):
        results = race(
            lambda: tasks.delegate(application, by=holder, to=one, at=AT, question="？"),
            lambda: tasks.transfer(application, by=holder, to=two, at=AT),
        )
        assert set(refusals(results)) <= {NotPermitted}
        assert work_of(application).assignee == two
        whole(application)


def test_a_transfer_and_the_end_of_the_receivers_grant(people: list[User]) -> None:
    """Revoked a moment before, they cannot be given it; a moment after, they hold what others can be assigned."""
    decider, holder, _third, _last = people
    for number, application in enumerate(rounds(holder)):
        chosen = make.member(make.cast().district, "review", username=f"chosen{number}")
        results = race(
            lambda: tasks.transfer(application, by=holder, to=chosen, at=AT),
            lambda: chosen.organisationuserobjectpermission_set.all().delete(),
        )
        assert set(refusals(results)) <= {NotReady}
        if not refusals(results):
            tasks.assign(application, by=decider, to=holder, seen=chosen, at=AT)
        assert work_of(application).assignee == holder
        whole(application)
