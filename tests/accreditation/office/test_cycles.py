"""Cycles: who looks, who changes, and what the overview says."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.models import Cycle, Quota, User
from accreditation.queries import cycle_overview as overview
from accreditation.services import offices, panel
from accreditation.states import State
from tests.accreditation.office.conftest import browser_of, cost_of
from tests.crowd import applications_in
from tests.factories import (
    AT,
    application_in,
    cast,
    city,
    cycle,
    district,
    draft,
    expert,
    fresh,
    full_marks,
    member,
    quota,
    rubric_row,
    user,
)
from workflows.actors import SYSTEM
from workflows.models import Event
from workflows.working_days import SHANGHAI

pytestmark = pytest.mark.django_db

CYCLE = "/cycles/2026/"
FOR_WHO_RUNS_IT = [
    "/cycles/new/",
    "/cycles/2026/settings/",
    "/cycles/2026/notice/",
    "/cycles/2026/rulings/",
    "/cycles/2026/naming/",
]


def changes(of: Cycle) -> list[tuple[str, dict[str, Any]]]:
    """Return what was recorded of a cycle."""
    rows = Event.objects.filter(stream=of.stream).order_by("sequence")
    return [(event.action, json.loads(event.body)["facts"]) for event in rows]


def test_who_runs_the_cycle_sees_everything(at_city: Client) -> None:
    assert [at_city.get(address).status_code for address in [CYCLE, *FOR_WHO_RUNS_IT]] == [200] * 6


@pytest.mark.parametrize(
    "username", ["applicant", "union_decider", "district_reviewer", "district_decider", "expert1"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_can_change_it(username: str, method: str) -> None:
    cast()
    browser = browser_of(user(username))
    addresses = [one for one in FOR_WHO_RUNS_IT if method == "get" or "rulings" not in one]
    assert {getattr(browser, method)(address).status_code for address in addresses} == {404}


@pytest.mark.parametrize("username", ["applicant", "union_decider", "district_reviewer", "expert1"])
def test_below_the_deciders_of_districts_nobody_sees_it(username: str) -> None:
    cast()
    browser = browser_of(user(username))
    assert browser.get(CYCLE).status_code == 404
    assert browser.get("/cycles/").context["page"].paginator.count == 0


def test_a_district_sees_its_own_row_and_no_marks() -> None:
    application_in(State.CITY_DECISION)
    application_in(State.CITY_DECISION, cast("other"))
    shown = browser_of(user("district_decider")).get(CYCLE)
    assert [row.organisation.code for row in shown.context["quotas"]] == ["YB"]
    assert "ranked" not in shown.context
    assert "panel" not in shown.context


def test_a_manager_at_the_city_sees_the_quotas_and_no_marks() -> None:
    application_in(State.CITY_DECISION)
    shown = browser_of(member(city(), "manage")).get(CYCLE)
    assert [row.organisation.code for row in shown.context["quotas"]] == ["YB"]
    assert "ranked" not in shown.context


def test_a_quota_shows_its_arithmetic() -> None:
    application_in(State.CITY_INTAKE)
    application_in(State.REJECTED, leader_name="何立群")
    application_in(State.RETURNED_BY_DISTRICT, leader_name="冯德伦")
    application_in(State.WITHDRAWN, leader_name="彭建军")
    draft(leader_name="余海燕")
    (row,) = overview.quota_rows(cycle())
    assert (row.received, row.used, row.returned, row.rejected) == (3, 1, 1, 1)
    assert row.left == (row.places or 0) - 1


def test_a_union_without_a_quota_is_listed_with_what_it_received() -> None:
    application_in(State.DISTRICT_REVIEW)
    Quota.objects.all().delete()
    assert [(row.places, row.received) for row in overview.quota_rows(cycle())] == [(None, 1)]


def test_the_stages_follow_where_the_applications_are() -> None:
    application_in(State.NAMED)
    application_in(State.PANEL_SCORING, leader_name="何立群")
    closed = datetime(2027, 1, 1, tzinfo=SHANGHAI)
    stages = overview.stages(cycle(), overview.count_by_state(cycle()), closed)
    assert [(stage.code, stage.standing, stage.share, stage.waiting) for stage in stages] == [
        ("apply", "done", 100, 0),
        ("recommend", "done", 100, 0),
        ("review", "now", 50, 1),
        ("notice", "now", 100, 0),
        ("naming", "now", 100, 0),
    ]
    before = overview.stages(cycle(), {}, datetime(2026, 6, 1, tzinfo=SHANGHAI))
    assert {stage.standing for stage in before} == {"ahead"}


def test_the_ranking_gives_every_mark_and_the_trimmed_mean() -> None:
    people = cast()
    experts = [*people.experts, expert(username="expert4"), expert(username="expert5")]
    application = application_in(State.CITY_INTAKE)
    panel.convene(
        application, by=people.city_decider, at=AT, expected_version=application.version, experts=experts
    )
    application = fresh(application)
    for lost, one in enumerate(experts):
        marks = full_marks()
        first = next(iter(marks))
        marks[first] -= Decimal(lost) / 2
        panel.score(
            application, by=one, at=AT, expected_version=application.version, judged=marks,
            comments=dict.fromkeys(marks, "有待加强。"),
        )  # fmt: skip
    panel.conclude(fresh(application), by=people.city_decider, at=AT, expected_version=application.version)
    (row,) = overview.ranked(cycle(), overview.judged(cycle()), 1)
    assert row.scores == [Decimal(98), Decimal("98.5"), Decimal(99), Decimal("99.5"), Decimal(100)]
    assert (row.result.total, row.result.trimmed, row.dropped) == (
        Decimal("99.00"),
        True,
        (Decimal(100), Decimal(98)),
    )
    assert row.application.total == row.result.total


def test_no_mark_is_in_the_overview_before_the_scoring_ends(at_city: Client) -> None:
    people = cast()
    application = application_in(State.PANEL_SCORING)
    panel.score(
        application, by=people.experts[0], at=AT, expected_version=application.version, judged=full_marks(), comments={}
    )  # fmt: skip
    shown = at_city.get(CYCLE)
    assert shown.context["ranked"] == []
    assert [(row.seats, row.handed) for row in shown.context["panel"]] == [(3, 1)]


def settings(**changed: Any) -> dict[str, Any]:
    """Return the form of the dates as it stands, with changes."""
    return {
        "part": "dates",
        "title": "2026年度批次",
        "opens_at": "2026-07-01T00:00",
        "closes_at": "2027-01-01T00:00",
        "quorum": "3",
        "review_days": "10",
        "notice_days": "5",
    } | changed


def test_dates_and_numbers_are_changed_and_recorded(at_city: Client) -> None:
    answer = at_city.post("/cycles/2026/settings/", settings(notice_days="7", closes_at="2026-12-01T18:00"))
    assert answer.headers["Location"] == "/cycles/2026/settings/"
    changed = cycle()
    assert (changed.notice_days, changed.closes_at) == (7, datetime(2026, 12, 1, 18, tzinfo=SHANGHAI))
    action, facts = changes(changed)[-1]
    assert (action, set(facts)) == ("change_cycle", {"notice_days", "closes_at"})


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"closes_at": "2026-06-01T00:00"}, "closes_at", "截止时间应晚于开始时间。"),
        ({"quorum": "0"}, "quorum", "填写不小于1的整数"),
        ({"notice_days": "五"}, "notice_days", "填写整数"),
        ({"title": " "}, "title", "填写名称"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    at_city: Client, changed: dict[str, str], field: str, message: str
) -> None:
    answer = at_city.post("/cycles/2026/settings/", settings(**changed))
    assert answer.status_code == 422
    assert answer.context["dates"].errors == {field: [message]}


def test_quotas_are_given_together_and_each_change_is_an_event(at_city: Client) -> None:
    district("NA", "南岸区总工会")
    given = {"part": "quotas", "places-YB": "4", "places-NA": ""}
    assert at_city.post("/cycles/2026/settings/", given).status_code == 302
    assert list(Quota.objects.values_list("organisation__code", "places")) == [("YB", 4)]
    assert changes(cycle())[-1] == ("set_quota", {"organisation": "YB", "places": 4})


def test_a_quota_below_what_is_used_changes_nothing(at_city: Client) -> None:
    application_in(State.CITY_INTAKE)
    district("NA", "南岸区总工会")
    before = changes(cycle())
    answer = at_city.post("/cycles/2026/settings/", {"part": "quotas", "places-YB": "0", "places-NA": "2"})
    assert answer.status_code == 422
    assert answer.context["quotas"].errors == {"places-YB": ["渝北区总工会已推荐1，名额不能少于此数。"]}
    assert changes(cycle()) == before


def test_the_experts_of_the_cycle_are_chosen_among_the_citys_reviewers(at_city: Client) -> None:
    chosen = [str(user(name).public_id) for name in ("expert1", "expert3")]
    assert at_city.post("/cycles/2026/settings/", {"part": "experts", "experts": chosen}).status_code == 302
    assert {person.username for person in cycle().experts.all()} == {"expert1", "expert3"}
    stranger = {"part": "experts", "experts": [str(user("applicant").public_id)]}
    assert at_city.post("/cycles/2026/settings/", stranger).status_code == 422
    assert at_city.post("/cycles/2026/settings/", {"part": "other"}).status_code == 404


def test_a_cycle_is_opened_with_its_rubric(at_city: Client) -> None:
    given = settings(
        code="2027", title="2027年度市级劳模创新工作室", level="city", rubric=rubric_row().version,
        opens_at="2027-07-01T00:00", closes_at="2027-08-01T00:00",
    )  # fmt: skip
    assert at_city.post("/cycles/new/", given).headers["Location"] == "/cycles/2027/settings/"
    opened = Cycle.objects.get(code="2027")
    assert (opened.city, opened.level, opened.rubric, opened.quorum) == (city(), "city", rubric_row(), 3)
    assert changes(opened)[0][0] == "open_cycle"
    again = at_city.post("/cycles/new/", given)
    assert (again.status_code, again.context["form"].errors) == (
        422,
        {"code": ["代码2027已经用过，填写新的代码。"]},
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [("new", "代码要含四位年份，如2026"), ("二〇二七", "代码只用字母、数字、短横和下划线")],
)
def test_a_code_must_hold_its_year(at_city: Client, code: str, message: str) -> None:
    answer = at_city.post("/cycles/new/", settings(code=code, level="city", rubric=rubric_row().version))
    assert answer.context["form"].errors == {"code": [message]}


def test_the_overview_costs_the_same_for_1_and_30(at_city: Client, chief: User) -> None:
    application_in(State.CITY_DECISION)
    application_in(State.CITY_INTAKE, leader_name="何立群")
    quota(cycle(), district(), 200)
    few = cost_of(at_city, CYCLE)
    applications_in(State.CITY_DECISION, [f"评毕{number}" for number in range(30)])
    applications_in(State.CITY_INTAKE, [f"待评{number}" for number in range(30)])
    for number in range(30):
        quota(cycle(), district(f"D{number}", f"第{number}区总工会"), 2)
    assert cost_of(at_city, CYCLE) == few
    assert at_city.get(CYCLE).context["ranking"].paginator.count == 31


def test_the_list_of_cycles_costs_the_same_for_1_and_30(at_city: Client) -> None:
    few = cost_of(at_city, "/cycles/")
    for year in range(2030, 2060):
        opening, closing = datetime(year, 7, 1, tzinfo=SHANGHAI), datetime(year, 8, 1, tzinfo=SHANGHAI)
        cycle(str(year), opens_at=opening, closes_at=closing)
    assert cost_of(at_city, "/cycles/") == few
    assert reverse("cycle", args=["2059"]) in at_city.get("/cycles/").text


def test_a_grant_taken_away_ends_the_look(at_city: Client, chief: User) -> None:
    offices.set_grants(city(), chief, set(), by=SYSTEM, at=AT)
    assert at_city.get(CYCLE).status_code == 404
