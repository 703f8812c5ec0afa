"""Two at once, on a real PostgreSQL: a move against a decision, and taking back against going on."""

import pytest

from accreditation.services import review, tasks
from accreditation.services.versions import Target, move
from accreditation.states import State
from tests import factories as make
from tests.accreditation.test_races import many, race, refusals
from workflows.models import Event
from workflows.refusals import NotReady, Stale, WrongState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT = make.AT + 40 * make.STEP
ROUNDS = 8


def acts(application, *names):
    return Event.objects.filter(stream=application.stream, action__in=names).count()


def test_an_application_is_either_moved_or_approved_first_and_the_other_is_told():
    city = make.cast().city_decider
    for application in many(State.CITY_DECISION, ROUNDS):
        said = {"by": city, "at": AT, "expected_version": application.version, "reason": "理由。"}
        results = race(
            lambda: move(application, Target("2026-2"), **said), lambda: review.approve(application, **said)
        )
        assert refusals(results) == [Stale]
        assert acts(application, "move_version", "approve") == 1


def test_of_two_who_move_the_same_application_one_does():
    city = make.cast().city_decider
    for application in many(State.CITY_INTAKE, ROUNDS):
        said = {"by": city, "at": AT, "expected_version": application.version, "reason": "理由。"}
        results = race(*[lambda: move(application, Target("2026-2"), **said)] * 2)
        assert refusals(results) == [Stale]
        assert acts(application, "move_version") == 1


def test_a_decision_is_either_taken_back_or_the_next_level_goes_on():
    who = make.cast()
    for application in many(State.CITY_INTAKE, ROUNDS):
        said = {"at": AT, "expected_version": application.version, "reason": "理由。"}
        results = race(
            lambda: review.recall(application, by=who.district_decider, **said),
            lambda: review.send_back(application, by=who.city_decider, **said),
        )
        assert refusals(results) == [Stale]
        assert acts(application, "recall", "send_back") == 1
        assert make.fresh(application).tasks.filter(closed_at=None).count() == 1


def test_a_decision_is_either_taken_back_or_the_next_level_claims():
    who = make.cast()
    for application in many(State.CITY_INTAKE, ROUNDS):
        results = race(
            lambda: review.recall(
                application, by=who.district_decider, at=AT, expected_version=application.version
            ),
            lambda: tasks.claim(application, by=who.city_decider, at=AT),
        )
        (refusal,) = refusals(results)
        taken_back = make.fresh(application).state == State.DISTRICT_REVIEW
        assert taken_back == (refusal is not NotReady)
        assert acts(application, "recall", "claim") == 1


def test_of_two_presses_one_takes_back():
    who = make.cast()
    for application in many(State.CITY_INTAKE, ROUNDS):
        said = {"by": who.district_decider, "at": AT, "expected_version": application.version}
        results = race(*[lambda: review.recall(application, **said)] * 2)
        assert set(refusals(results)) <= {Stale, WrongState}
        assert acts(application, "recall") == 1
