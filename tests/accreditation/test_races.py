"""Two at once, on a real PostgreSQL: one wins, the other is told, and nothing is done twice. 100 of 100."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accreditation.models import Application, Designation, NamingDecision, Quota
from accreditation.permissions import grants_on
from accreditation.services import applications, naming, notice, panel, review, tasks
from tests import factories
from tests.factories import AT
from workflows.models import Event, Task
from workflows.refusals import NotPermitted, NotReady, Refused, Stale

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 100


def race(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each on its own connection; return their results or refusals."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def refusals(results: Sequence[Any]) -> list[type]:
    return [type(result) for result in results if isinstance(result, Refused)]


def many(state: str, count: int = ROUNDS) -> list[Application]:
    """Return applications of one enterprise in this state, ready to be raced over."""
    return [factories.application_in(state, leader_name=f"劳模{number}") for number in range(count)]


def test_of_two_who_decide_one_wins() -> None:
    who = factories.cast()
    one, two = who.union_decider, factories.member(who.union, "review", "decide")
    for application in many("enterprise_review"):
        decision = {"at": AT, "expected_version": application.version}
        results = race(
            lambda: review.recommend(application, by=one, reason="同意推荐", **decision),
            lambda: review.reject(application, by=two, reason="材料不实", **decision),
        )
        assert refusals(results) == [Stale]
        assert (
            Event.objects.filter(stream=application.stream, action__in=["recommend", "reject"]).count() == 1
        )


def test_of_a_decision_and_a_withdrawal_one_wins() -> None:
    who = factories.cast()
    decider = who.union_decider
    for application in many("enterprise_review"):
        decision = {"at": AT, "expected_version": application.version}
        results = race(
            lambda: review.recommend(application, by=decider, reason="同意推荐", **decision),
            lambda: applications.withdraw(application, by=who.applicant, **decision),
        )
        assert refusals(results) == [Stale]


def test_a_double_submit_makes_one_revision() -> None:
    who = factories.cast()
    for application in many("draft"):

        def submit() -> Event:
            return applications.submit(application, by=who.applicant, at=AT, expected_version=0)

        assert refusals(race(submit, submit)) == [Stale]
        assert application.revisions.count() == 1
    numbers = Application.objects.values_list("number", flat=True)
    assert len(set(numbers)) == ROUNDS


def test_of_two_who_claim_one_holds_it() -> None:
    who = factories.cast()
    one, two = who.union_reviewer, who.union_decider
    for application in many("enterprise_review", 30):
        results = race(*(lambda who=who: tasks.claim(application, by=who, at=AT) for who in (one, two)))
        assert refusals(results) == [Stale]


def test_the_last_place_of_a_quota_is_taken_once() -> None:
    who = factories.cast()
    waiting = many("district_review", 40)
    for used, pair in enumerate(zip(waiting[::2], waiting[1::2], strict=True)):
        factories.quota(who.cycle, who.district, places=used + 1)
        results = race(
            *(
                lambda each=each: review.recommend(
                    each, by=who.district_decider, at=AT, expected_version=each.version, reason="同意推荐"
                )
                for each in pair
            )
        )
        assert refusals(results) == [NotReady]
        assert Quota.objects.get(organisation=who.district).used == used + 1


def test_an_expert_who_clicks_twice_hands_in_one_card() -> None:
    who = factories.cast()
    for application in many("panel_scoring", 20):
        expert = who.experts[0]

        def score() -> Event:
            return panel.score(
                application,
                by=expert,
                at=AT,
                expected_version=application.version,
                judged=factories.full_marks(),
                comments={},
            )

        assert refusals(race(score, score)) == [NotPermitted]
        assert Event.objects.filter(stream=application.stream, actor=expert, action="score").count() == 1


def test_two_runners_end_a_notice_and_issue_a_certificate_once() -> None:
    application = factories.application_in("public_notice")
    late = AT.replace(year=AT.year + 1)

    assert sorted(race(lambda: notice.end_due_notices(late), lambda: notice.end_due_notices(late))) == [0, 1]

    application.refresh_from_db()
    decision = {
        "cycle": application.cycle,
        "applications": [application],
        "title": "关于命名的决定",
        "signed_on": late.date(),
        "by": factories.cast().city_decider,
        "at": late,
    }
    results = race(
        lambda: naming.name_studios(number="渝工发〔2027〕1号", **decision),
        lambda: naming.name_studios(number="渝工发〔2027〕2号", **decision),
    )
    assert refusals(results) == [Stale]
    assert (NamingDecision.objects.count(), Designation.objects.count()) == (1, 1)

    issued = race(lambda: naming.issue_due_certificates(late), lambda: naming.issue_due_certificates(late))
    assert sorted(issued) == [0, 1]


def test_a_grant_revoked_at_the_same_moment_leaves_no_half_decision() -> None:
    who = factories.cast()
    for application in many("enterprise_review", 30):
        decider = factories.member(who.union, "decide")
        results = race(
            lambda: review.recommend(
                application, by=decider, at=AT, expected_version=application.version, reason="同意推荐"
            ),
            lambda: grants_on(decider.pk, ["decide"], application.union_id).delete(),
        )
        application.refresh_from_db()
        decided = not refusals(results)
        assert application.state == ("district_review" if decided else "enterprise_review")
        assert Task.objects.filter(object_id=application.pk, closed_at=None).count() == 1
