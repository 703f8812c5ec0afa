"""Two who order at once, and orders beside recommendations, on a real PostgreSQL: no order is lost, no lock held."""

from uuid import UUID

import pytest

from accreditation.models import Application, Meeting, Quota, Rank
from accreditation.queries.ranking import ranking_of
from accreditation.services import applications, meetings, review
from accreditation.services.ranking import rank
from tests import factories
from tests.accreditation.test_races import many, race, refusals
from tests.factories import AT
from workflows.ledger.chain import first_broken
from workflows.models import Event
from workflows.refusals import NotReady, Stale

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


def ids(chosen: list[Application]) -> list[UUID]:
    return [one.public_id for one in chosen]


def saved() -> list[UUID]:
    who = factories.cast()
    return [one.application.public_id for one in ranking_of(who.cycle, who.district).candidates]


def version() -> int:
    return Quota.objects.get(organisation=factories.cast().district).ranking_version


def test_of_two_who_order_at_once_one_wins_and_the_other_is_told() -> None:
    who = factories.cast()
    other = factories.member(who.district, "decide")
    listed = many("district_review", 5)
    for number in range(ROUNDS):
        turn = number % 5
        one = ids(listed[turn:] + listed[:turn])
        two = list(reversed(one))
        seen = version()
        results = race(
            lambda: rank(who.cycle, who.district, one, by=who.district_decider, at=AT, expected_version=seen),
            lambda: rank(who.cycle, who.district, two, by=other, at=AT, expected_version=seen),
        )
        assert refusals(results) == [Stale]
        assert saved() == (two if isinstance(results[0], Stale) else one)
        assert version() == seen + 1
    positions = Rank.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == [1, 2, 3, 4, 5]
    assert Event.objects.filter(action="rank").count() == ROUNDS
    assert first_broken(Event.objects.filter(stream=who.district.stream).order_by("sequence")) is None


def test_an_order_and_recommendations_do_not_wait_for_each_other_and_the_quota_holds() -> None:
    who = factories.cast()
    listed = many("district_review", 24)
    for places, pair in enumerate(zip(listed[::2], listed[1::2], strict=True), start=1):
        factories.quota(who.cycle, who.district, places)
        seen, order = version(), list(reversed(saved()))
        results = race(
            *(
                lambda each=each: review.recommend(
                    each, by=who.district_decider, at=AT, expected_version=each.version, reason="同意推荐"
                )
                for each in pair
            ),
            lambda: rank(
                who.cycle, who.district, order, by=who.district_decider, at=AT, expected_version=seen
            ),
        )
        assert refusals(results) == [NotReady]
        assert Quota.objects.get(organisation=who.district).used == places
        assert saved() == order


def test_an_order_and_withdrawals_do_not_wait_for_each_other() -> None:
    who = factories.cast()
    for application in many("city_intake", 15):
        waiting = factories.application_in("district_review", leader_name=f"候选{application.pk}")
        seen, order = version(), [waiting.public_id, application.public_id]
        results = race(
            lambda: rank(
                who.cycle, who.district, order, by=who.district_decider, at=AT, expected_version=seen
            ),
            lambda: applications.withdraw(
                application, by=who.applicant, at=AT, expected_version=application.version
            ),
        )
        assert refusals(results) == []
        assert saved()[0] == waiting.public_id
        assert application.public_id not in saved()
    assert Quota.objects.get(organisation=who.district).used == 0


def test_a_meeting_sent_twice_at_once_is_held_once() -> None:
    who = factories.cast()
    for number, application in enumerate(many("city_decision", 10)):
        public_id = UUID(int=number + 1)
        decided = [meetings.Resolution(application, "approve", application.version, "达标。")]

        def hold() -> object:
            return meetings.hold_meeting(
                who.cycle,
                decided,
                public_id=public_id,
                title="审定会",
                held_on=AT.date(),
                people="陈立言",
                by=who.city_decider,
                at=AT,
            )

        assert sorted(len(outcomes) for _meeting, outcomes in race(hold, hold)) == [0, 1]
        assert factories.fresh(application).state == "listed"
    assert Meeting.objects.count() == 10
    assert first_broken(Event.objects.filter(stream=who.cycle.stream).order_by("sequence")) is None


def test_of_a_meeting_and_a_single_decision_one_wins() -> None:
    who = factories.cast()
    for number, application in enumerate(many("city_decision", 10)):
        decided = [meetings.Resolution(application, "approve", application.version, "达标。")]
        results = race(
            lambda: meetings.hold_meeting(
                who.cycle,
                decided,
                public_id=UUID(int=number + 1),
                title="审定会",
                held_on=AT.date(),
                people="陈立言",
                by=who.city_decider,
                at=AT,
            ),
            lambda: review.reject(
                application, by=who.city_decider, at=AT, expected_version=application.version, reason="不符。"
            ),
        )
        _meeting, outcomes = results[0]
        by_meeting = outcomes[0].event is not None
        assert isinstance(results[1], Stale) == by_meeting
        assert factories.fresh(application).state == ("listed" if by_meeting else "rejected")
