"""Judging, two at once on a real PostgreSQL: no draft is lost unsaid, no card changes, nothing is recorded twice."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accreditation.models import Application, Scorecard, SiteVisit
from accreditation.queries.judging import discussion_of, seen_of
from accreditation.services import panel
from accreditation.services.site_visits import Content, add_visit
from accreditation.states import State
from tests import factories
from tests.accreditation.test_races import many, race, refusals
from tests.factories import AT
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Stale, WrongState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 8
LOW = factories.full_marks() | {"topics.patents": Decimal(0), "topics.benefit": Decimal(0)}
BLANK = seen_of({})


def saving(application: Application, skill: str) -> Callable[[], Any]:
    """A page, made from a blank card, that keeps full marks but for one."""
    marks = factories.full_marks() | {"leader.skill": Decimal(skill)}
    expert = factories.user("expert1")
    return lambda: panel.save_card(application, by=expert, at=AT, judged=marks, comments={}, seen=BLANK)


def scoring(application: Application, name: str, marks: dict[str, Decimal]) -> Callable[[], Any]:
    """Somebody who hands in their card."""
    comments = dict.fromkeys(marks, "见材料")
    expert, version = factories.user(name), application.version
    return lambda: panel.score(
        application, by=expert, at=AT, expected_version=version, judged=marks, comments=comments
    )


def test_of_two_pages_that_save_different_marks_one_is_told() -> None:
    for application in many("panel_scoring", ROUNDS):
        results = race(saving(application, "3"), saving(application, "2"))
        assert refusals(results) == [Stale]
        card = Scorecard.objects.get(application=application, expert__username="expert1")
        kept = next(one for one in results if isinstance(one, Scorecard))
        assert card.marks == kept.marks


def test_a_card_that_is_handed_in_while_another_page_saves_stays_as_it_was_signed() -> None:
    for application in many("panel_scoring", ROUNDS):
        results = race(saving(application, "3"), scoring(application, "expert1", factories.full_marks()))
        assert refusals(results) in ([], [NotPermitted])
        card = Scorecard.objects.get(application=application, expert__username="expert1")
        assert (card.total, card.marks["leader.skill"]["points"]) == (Decimal(100), "4")


def test_the_scoring_never_ends_with_a_far_card_that_nobody_discussed() -> None:
    factories.cycle(quorum=2)
    decider = factories.cast().city_decider
    for application in many("panel_scoring", ROUNDS):
        for name in ("expert1", "expert2"):
            scoring(application, name, factories.full_marks())()
        version = application.version
        results = race(
            scoring(application, "expert3", LOW),
            lambda: panel.conclude(application, by=decider, at=AT, expected_version=version),
        )
        assert refusals(results) in ([NotReady], [Stale])
        cards = Scorecard.objects.filter(application=application).exclude(submitted_at=None).count()
        state = factories.fresh(application).state
        assert (cards, state) in {(3, State.PANEL_SCORING), (2, State.CITY_DECISION)}


def test_a_finding_that_is_sent_twice_is_recorded_once() -> None:
    factories.cycle(quorum=2)
    decider = factories.cast().city_decider
    for application in many("panel_scoring", ROUNDS):
        scoring(application, "expert1", factories.full_marks())()
        scoring(application, "expert2", LOW)()
        shown = [one.card.public_id for one in discussion_of(application).marked]

        def discuss() -> Event:
            return panel.discuss(
                application, by=decider, at=AT, expected_version=application.version,
                finding="理解不同。", cards=shown,
            )  # fmt: skip

        assert refusals(race(discuss, discuss)) == [WrongState]


def test_a_visit_that_is_sent_twice_is_recorded_once() -> None:
    decider = factories.cast().city_decider
    content = Content(AT.date(), "陈丽妍、宋洁", "场地、设备与材料相符。")
    for application in many("city_intake", ROUNDS):

        def record() -> SiteVisit:
            return add_visit(application, content, by=decider, at=AT)

        assert refusals(race(record, record)) == [WrongState]
        assert application.site_visits.count() == 1
