"""Convening a panel: who is proposed, who is barred, and that no mark is seen before the scoring ends."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.models import Application
from accreditation.queries.panel import candidates, seats
from accreditation.services import cycles, panel
from accreditation.states import State
from tests.accreditation.office.conftest import browser_of
from tests.factories import AT, application_in, cast, expert, fresh, full_marks, member, score_by_all, user
from workflows.actors import SYSTEM

pytestmark = pytest.mark.django_db


def address(application: Application) -> str:
    """Return the panel's page."""
    return reverse("panel", args=[application.public_id])


def form(application: Application, *usernames: str, **changed: Any) -> dict[str, Any]:
    """Return the form that seats these experts."""
    experts = [str(user(username).public_id) for username in usernames]
    return {"version": application.version, "experts": experts} | changed


def barred(application: Application) -> dict[str, str]:
    """Return why each of the barred cannot be chosen."""
    return {one.user.username: one.barred for one in candidates(application) if one.barred}


def test_the_cycles_experts_are_proposed_and_the_barred_say_why(at_city: Client) -> None:
    application = application_in(State.CITY_INTAKE)
    people = cast()
    cycles.set_experts(people.cycle, [*people.experts[:2], expert(username="expert4")], by=SYSTEM, at=AT)
    member(people.union, username="expert4")
    member(people.city, "review", username="district_decider")
    assert [one.user.username for one in candidates(application) if one.is_chosen] == ["expert1", "expert2"]
    assert barred(application) == {
        "expert4": "是申报单位的人员，须回避",
        "district_decider": "已在另一级审核过这一件",
    }
    assert at_city.get(address(application)).text.count(" disabled>") == 2


def test_experts_are_seated_with_a_card_each(at_city: Client) -> None:
    application = application_in(State.CITY_INTAKE)
    answer = at_city.post(address(application), form(application, "expert1", "expert2", "expert3"))
    assert answer.headers["Location"] == address(application)
    seated = fresh(application)
    assert seated.state == State.PANEL_SCORING
    assert sorted((seat.user.username, seat.handed_in) for seat in seats(seated)) == [
        ("expert1", None),
        ("expert2", None),
        ("expert3", None),
    ]


def test_the_barred_stay_barred_when_the_form_is_forged(at_city: Client) -> None:
    application = application_in(State.CITY_INTAKE)
    member(cast().enterprise, username="expert3")
    answer = at_city.post(address(application), form(application, "expert1", "expert2", "expert3"))
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["姓名expert3是申报单位的人员，须回避。"]
    assert fresh(application).state == State.CITY_INTAKE


def test_fewer_than_the_quorum_are_no_panel(at_city: Client) -> None:
    application = application_in(State.CITY_INTAKE)
    answer = at_city.post(address(application), form(application, "expert1"))
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["专家组至少3人，现有1人。"]
    none = at_city.post(address(application), form(application))
    assert none.context["form"].errors == {"experts": ["选择专家"]}


def test_two_who_convene_at_once_one_reads_who_was_first(at_city: Client) -> None:
    application = application_in(State.CITY_INTAKE)
    sent = form(application, "expert1", "expert2", "expert3")
    second = browser_of(cast().city_decider)
    assert second.post(address(application), sent).status_code == 302
    answer = at_city.post(address(application), sent)
    assert answer.status_code == 409
    assert "姓名city_decider" in answer.context["title"]
    assert len(seats(fresh(application))) == 3


def test_experts_are_added_while_the_scoring_runs(at_city: Client) -> None:
    application = application_in(State.PANEL_SCORING)
    expert(username="expert4")
    assert at_city.post(address(application), form(application, "expert4")).status_code == 302
    assert [seat.user.username for seat in seats(application)][3:] == ["expert4"]


def test_progress_tells_who_handed_in_and_no_mark(at_city: Client) -> None:
    application = application_in(State.PANEL_SCORING)
    panel.score(
        application,
        by=user("expert2"),
        at=AT,
        expected_version=application.version,
        judged=full_marks(),
        comments={},
    )
    shown = at_city.get(address(application))
    assert [seat.handed_in for seat in shown.context["seats"]] == [None, AT, None]
    card = application.scorecards.get(expert=user("expert2"))
    assert [part for part in (card.sha256, f"{card.total}", "100分") if part in shown.text] == []
    assert shown.context["has_quorum"] is False


def test_the_scoring_ends_with_the_quorum_and_not_before(
    at_city: Client, clock: Callable[[datetime], None]
) -> None:
    clock(AT)
    application = application_in(State.PANEL_SCORING)
    conclude = reverse("panel-conclude", args=[application.public_id])
    early = at_city.post(conclude, {"version": application.version})
    assert (early.status_code, early.context["text"]) == (422, "法定3张评分卡，已交0张。")
    score_by_all(application, cast().experts, AT)
    answer = at_city.post(conclude, {"version": application.version})
    assert answer.headers["Location"] == reverse("cycle", args=["2026"])
    assert fresh(application).state == State.CITY_DECISION
    again = at_city.post(conclude, {"version": application.version})
    assert (again.status_code, again.context["title"]) == (409, "这一件您已于9月1日10:00结束评分")


@pytest.mark.parametrize("username", ["expert1", "district_decider", "applicant", "union_decider"])
def test_nobody_else_convenes_or_ends(username: str) -> None:
    application = application_in(State.PANEL_SCORING)
    browser = browser_of(user(username))
    conclude = reverse("panel-conclude", args=[application.public_id])
    answers = [
        browser.get(address(application)),
        browser.post(address(application), form(application, "expert1")),
        browser.post(conclude, {"version": application.version}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_a_draft_has_no_panel(at_city: Client) -> None:
    assert at_city.get(address(application_in(State.DRAFT))).status_code == 404


@pytest.mark.parametrize("state", [State.DISTRICT_REVIEW, State.CITY_DECISION, State.REJECTED])
def test_away_from_the_panel_the_page_only_tells(at_city: Client, state: State) -> None:
    application = application_in(state)
    shown = at_city.get(address(application))
    assert (shown.status_code, shown.context["is_at_panel"]) == (200, False)
    assert '<form class="w-form"' not in shown.text
