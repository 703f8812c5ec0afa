"""Panels for many at once: who would sit where is shown first, then each for itself; and many scorings are ended."""

import logging
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.models import Application
from accreditation.services import batch, cycles, panel, tasks
from accreditation.services.recusals import recuse
from accreditation.states import State
from tests.accreditation.office.conftest import browser_of
from tests.factories import (
    AT,
    application_in,
    cast,
    city,
    expert,
    fresh,
    full_marks,
    member,
    score_by_all,
    user,
)
from tests.page import parse
from workflows.actors import SYSTEM
from workflows.models import Event

pytestmark = pytest.mark.django_db
PANELS, CONCLUDE = "/cycles/2026/panels/", "/cycles/2026/panels/conclude/"


@pytest.fixture
def three() -> list[Application]:
    """Applications that wait for a panel."""
    return [application_in(State.CITY_INTAKE, leader_name=name) for name in ("王金山", "张毅", "周亚平")]


def sent(applications: Sequence[Application], *usernames: str, **changed: Any) -> dict[str, Any]:
    """Return what the page that chooses sends."""
    names = usernames or ("expert1", "expert2", "expert3")
    return {
        "applications": [f"{one.public_id}:{one.version}" for one in applications],
        "experts": [str(user(name).public_id) for name in names],
        "way": "all",
        "seats": "3",
        "act": "preview",
    } | changed


def shown(answer: Any) -> dict[str, list[str]]:
    """Return the panels of a preview: the leaders, and the experts' accounts."""
    rows = answer.context["rows"]
    return {one.application.studio.leader_name: [who.username for who in one.experts] for one, _value in rows}


def refused(answer: Any) -> dict[str, str]:
    """Return why the others have no panel."""
    return {one.application.studio.leader_name: one.why for one in answer.context["refused"]}


def signed(answer: Any) -> dict[str, Any]:
    """Return what the preview's form sends."""
    page = parse(answer)
    return {"act": "sign", "panels": [one["value"] for one in page.all("[name=panels]")]}


def leaders(answer: Any, part: str) -> list[str]:
    """Return what was done, or not, by the leaders' names."""
    return [row["application"].studio.leader_name for row in answer.context[part]]


def seated(application: Application) -> list[str]:
    """Return the accounts of who sits on a panel."""
    return sorted(application.scorecards.values_list("expert__username", flat=True))


def test_everybody_chosen_sits_on_each_and_nothing_is_written_before_it_is_signed(
    at_city: Client, three: list[Application]
) -> None:
    cycles.set_experts(cast().cycle, cast().experts, by=SYSTEM, at=AT)
    before = Event.objects.count()
    page = at_city.get(PANELS)
    assert [row["application"] for row in page.context["rows"]] == three
    assert {one["user"].username for one in page.context["experts"] if one["is_chosen"]} == {
        one.username for one in cast().experts
    }
    preview = at_city.post(PANELS, sent(three))
    everybody = ["expert1", "expert2", "expert3"]
    assert shown(preview) == dict.fromkeys(("王金山", "张毅", "周亚平"), everybody)
    assert [(who.username, now, then) for who, now, then in preview.context["experts"]] == [
        ("expert1", 0, 3),
        ("expert2", 0, 3),
        ("expert3", 0, 3),
    ]
    assert Event.objects.count() == before
    outcome = at_city.post(PANELS, signed(preview))
    assert (leaders(outcome, "done"), leaders(outcome, "again")) == (["王金山", "张毅", "周亚平"], [])
    assert [(fresh(one).state, len(seated(one))) for one in three] == [(State.PANEL_SCORING, 3)] * 3
    events = Event.objects.filter(action="convene", stream__in=[one.stream for one in three])
    assert [(event.actor, event.office, event.role) for event in events] == [
        (user("chief"), city(), "decide")
    ] * 3


def test_the_cards_are_spread_evenly_and_who_must_keep_out_is_passed_over(
    at_city: Client, three: list[Application]
) -> None:
    expert(username="expert4")
    three[1] = application_in(State.CITY_INTAKE, who=cast("other"), leader_name="张毅")
    member(cast("other").enterprise, username="expert4")
    member(city(), "review", username="district_decider")
    chosen = ("expert1", "expert2", "expert3", "expert4", "district_decider")
    preview = at_city.post(PANELS, sent(three, *chosen, way="spread"))
    panels = shown(preview)
    assert {len(who) for who in panels.values()} == {3}
    assert "expert4" not in panels["张毅"]
    assert [leader for leader, who in panels.items() if "district_decider" in who] == ["张毅"]
    cards = Counter(who for panel in panels.values() for who in panel)
    assert sorted(cards.values()) == [1, 2, 2, 2, 2]
    out = {one.application.studio.leader_name: list(one.out) for one, _value in preview.context["rows"]}
    assert out == {
        "王金山": ["姓名district_decider已在另一级审核过这一件"],
        "张毅": ["姓名expert4是申报单位的人员，须回避"],
        "周亚平": ["姓名district_decider已在另一级审核过这一件"],
    }
    again = shown(at_city.post(PANELS, sent(three, *chosen, way="spread")))
    assert again == panels
    assert leaders(at_city.post(PANELS, signed(preview)), "done") == ["王金山", "张毅", "周亚平"]
    assert {one.studio.leader_name: seated(one) for one in three} == {
        leader: sorted(who) for leader, who in panels.items()
    }


def test_too_few_who_may_judge_and_works_in_other_hands_are_said_beforehand(
    at_city: Client, three: list[Application]
) -> None:
    member(cast().enterprise, username="expert3")
    tasks.claim(three[0], by=cast().city_decider, at=AT)
    preview = at_city.post(PANELS, sent(three))
    few = "要3名专家，选定的只有2名可以评这一件。"
    assert refused(preview) == {"王金山": "由姓名city_decider持有。", "张毅": few, "周亚平": few}
    assert shown(preview) == {}
    assert "姓名expert3是申报单位的人员，须回避" in preview.text
    forged = ",".join(str(one.public_id) for one in cast().experts)
    values = [f"{one.public_id}:{one.version}:{forged}" for one in three]
    outcome = at_city.post(PANELS, {"act": "sign", "panels": values})
    assert leaders(outcome, "done") == []
    assert [fresh(one).state for one in three] == [State.CITY_INTAKE] * 3


def test_what_the_form_lacks_is_said_and_what_was_chosen_stays(
    at_city: Client, three: list[Application]
) -> None:
    nothing = at_city.post(PANELS, {"act": "preview"})
    assert nothing.status_code == 422
    assert nothing.context["form"].errors == {
        "applications": ["选择要组成专家组的工作室"],
        "experts": ["选择专家"],
        "way": ["选择怎样组成"],
    }
    few = at_city.post(PANELS, sent(three[:2], "expert1", "expert2"))
    assert few.context["form"].errors == {"experts": ["至少选3名，现在选了2名"]}
    assert [row["picked"] for row in few.context["rows"]] == [True, True, False]
    assert [one["is_chosen"] for one in few.context["experts"]] == [True, True, False]
    small = at_city.post(PANELS, sent(three, way="spread", seats="2"))
    assert small.context["form"].errors == {"seats": ["每件不少于法定的3名"]}
    large = at_city.post(PANELS, sent(three, way="spread", seats="4"))
    assert large.context["form"].errors == {"experts": ["每件4名，至少选这么多，现在选了3名"]}
    back = at_city.post(PANELS, sent(three[:1], act="back"))
    assert (back.status_code, [row["picked"] for row in back.context["rows"]]) == (200, [True, False, False])
    assert at_city.post(PANELS, {"act": "sign", "panels": ["x:1:y"]}).status_code == 422
    unknown = f"{three[0].public_id}:{three[0].version}:{UUID(int=1)}"
    assert at_city.post(PANELS, {"act": "sign", "panels": [unknown]}).status_code == 404


def test_the_preview_leads_back_to_what_was_chosen_and_asks_for_at_least_one(
    at_city: Client, three: list[Application]
) -> None:
    page = parse(at_city.post(PANELS, sent(three[1:], way="spread")))
    hidden: dict[str, Any] = {}
    for one in page.all("main input[type=hidden]"):
        hidden.setdefault(one["name"], []).append(one["value"])
    back = at_city.post(PANELS, hidden | {"act": "back"})
    assert [row["picked"] for row in back.context["rows"]] == [False, True, True]
    assert [one["is_chosen"] for one in back.context["experts"]] == [True] * 3
    assert (back.context["form"]["way"].value(), back.context["form"]["seats"].value()) == ("spread", "3")
    nothing = at_city.post(PANELS, hidden | {"act": "sign"})
    assert (nothing.status_code, nothing.context["signed"].errors) == (422, {"panels": ["至少留下一件"]})
    assert list(shown(nothing)) == ["张毅", "周亚平"]


def test_the_same_expert_twice_sits_once(at_city: Client, three: list[Application]) -> None:
    experts = [str(one.public_id) for one in cast().experts]
    value = f"{three[0].public_id}:{three[0].version}:{','.join([*experts, experts[0]])}"
    assert leaders(at_city.post(PANELS, {"act": "sign", "panels": [value]}), "done") == ["王金山"]
    assert seated(three[0]) == ["expert1", "expert2", "expert3"]


def test_one_that_fails_leaves_the_others_alone(
    at_city: Client,
    three: list[Application],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    values = signed(at_city.post(PANELS, sent(three)))
    panel.convene(
        three[0], by=cast().city_decider, at=AT, expected_version=three[0].version, experts=cast().experts
    )
    real = batch.PANELS["convene"]

    def breaks_once(application: Application, **said: Any) -> Any:
        if application.pk == three[1].pk:
            raise RuntimeError("the disk is full")
        return real(application, **said)

    monkeypatch.setitem(batch.PANELS, "convene", breaks_once)
    with caplog.at_level(logging.ERROR):
        outcome = at_city.post(PANELS, values)
    assert (leaders(outcome, "done"), leaders(outcome, "again")) == (["周亚平"], ["王金山", "张毅"])
    titles = [row["title"] for row in outcome.context["again"]]
    assert (titles[0].startswith("这一件已由姓名city_decider于"), titles[1]) == (True, "出了故障，没有写入")
    assert seated(three[1]) == []
    count = Event.objects.count()
    twice = at_city.post(PANELS, {"act": "sign", "panels": values["panels"][2:]})
    assert (leaders(twice, "done"), Event.objects.count()) == (["周亚平"], count)


def test_the_list_is_narrowed_by_body_and_by_words(at_city: Client, three: list[Application]) -> None:
    other = application_in(State.CITY_INTAKE, who=cast("other"), leader_name="张永忠")
    district = other.district.code
    page = at_city.get(PANELS, {"body": district})
    assert [row["application"] for row in page.context["rows"]] == [other]
    assert [row["application"] for row in at_city.get(PANELS, {"q": "张毅"}).context["rows"]] == [three[1]]
    assert "没有符合的申报" in at_city.get(PANELS, {"q": "没有"}).text


def test_another_cycles_application_is_not_there(at_city: Client, three: list[Application]) -> None:
    draft = application_in(State.DRAFT, leader_name="李秀兰")
    preview = at_city.post(PANELS, sent([three[0], draft]))
    assert (list(shown(preview)), preview.context["missing"]) == (["王金山"], 1)
    assert "李秀兰" not in preview.text


@pytest.mark.parametrize("username", ["expert1", "district_decider", "applicant", "union_decider"])
def test_nobody_else_has_the_pages(username: str, three: list[Application]) -> None:
    browser = browser_of(user(username))
    answers = [browser.get(PANELS), browser.post(PANELS, sent(three)), browser.get(CONCLUDE)]
    answers.append(browser.post(CONCLUDE, {"applications": [f"{three[0].public_id}:1"]}))
    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_revoked_grant_stops_panels_that_are_on_the_screen(
    at_city: Client, three: list[Application]
) -> None:
    values = signed(at_city.post(PANELS, sent(three)))
    member(city(), "manage", username="chief")
    assert at_city.post(PANELS, values).status_code == 404
    assert [fresh(one).state for one in three] == [State.CITY_INTAKE] * 3


# ── Ending many scorings ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def scored() -> list[Application]:
    """Applications with all cards, with the quorum but one card missing, with a card to be discussed."""
    people = [*cast().experts, expert(username="expert4")]
    found = [
        application_in(State.PANEL_SCORING, leader_name=name)
        for name in ("王金山", "张毅", "周亚平", "李秀兰")
    ]
    for one in found[1:2]:
        panel.convene(one, by=cast().city_decider, at=AT, expected_version=one.version, experts=people[3:])
    for one in found[:2]:
        score_by_all(one, cast().experts, AT)
    low = dict.fromkeys(full_marks(), Decimal(0))
    for number, who in enumerate(cast().experts):
        marks = low if number == 2 else full_marks()
        panel.score(
            found[2], by=who, at=AT, expected_version=found[2].version,
            judged=marks, comments=dict.fromkeys(marks, "没有材料。"),
        )  # fmt: skip
    return [fresh(one) for one in found]


def test_scorings_are_ended_together_and_what_cannot_be_says_why(
    at_city: Client, scored: list[Application]
) -> None:
    page = at_city.get(CONCLUDE)
    assert [(one.application, one.handed, one.missing) for one in page.context["rows"]] == [
        (scored[0], 3, 0),
        (scored[1], 3, 1),
    ]
    ticked = [one["value"] for one in parse(page).all("tbody input[checked]")]
    assert ticked == [f"{scored[0].public_id}:{scored[0].version}"]
    assert refused(page) == {"周亚平": "姓名expert1、姓名expert2、姓名expert3的评分卡待合议。"}
    values = [f"{one.public_id}:{one.version}" for one in scored]
    outcome = at_city.post(CONCLUDE, {"applications": values})
    assert (leaders(outcome, "done"), leaders(outcome, "again")) == (["王金山", "张毅"], ["周亚平", "李秀兰"])
    assert [fresh(one).state for one in scored] == [State.CITY_DECISION] * 2 + [State.PANEL_SCORING] * 2
    texts = [row["text"] for row in outcome.context["again"]]
    assert "合议" in texts[0]
    assert texts[1] == "法定3张评分卡，已交0张。"


def test_whoever_keeps_out_by_now_is_not_waited_for(at_city: Client, scored: list[Application]) -> None:
    recuse(scored[1], by=user("expert4"), at=AT, reason="亲属在该单位。")
    assert [(one.application, one.missing) for one in at_city.get(CONCLUDE).context["rows"]] == [
        (scored[0], 0),
        (scored[1], 0),
    ]


def test_nothing_chosen_says_so(at_city: Client, scored: list[Application]) -> None:
    answer = at_city.post(CONCLUDE, {})
    assert (answer.status_code, answer.context["form"].errors) == (
        422,
        {"applications": ["选择要结束评分的工作室"]},
    )


@pytest.mark.parametrize("page", ["choose", "preview", "conclude"])
def test_the_pages_cost_the_same_at_1_and_at_30_rows(at_city: Client, page: str) -> None:
    state = State.PANEL_SCORING if page == "conclude" else State.CITY_INTAKE
    listed: list[Application] = []

    def more(count: int) -> None:
        for _number in range(count):
            listed.append(application_in(state, leader_name=f"王{len(listed)}"))
            if page == "conclude":
                score_by_all(listed[-1], cast().experts, AT)

    def cost() -> int:
        def ask() -> Any:
            if page == "preview":
                return at_city.post(PANELS, sent(listed, way="spread"))
            return at_city.get(reverse("panels" if page == "choose" else "panels-conclude", args=["2026"]))

        ask()
        with CaptureQueriesContext(connection) as caught:
            answer = ask()
        assert len(answer.context["rows"]) == len(listed)
        return len(caught)

    more(1)
    one = cost()
    more(29)
    assert cost() == one


def test_more_than_a_batch_holds_stands_on_further_pages(
    at_city: Client, three: list[Application], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accreditation.views.panels.MOST", 2)
    pages = [at_city.get(PANELS, {"page": number}).context["rows"] for number in (1, 2)]
    assert [[row["application"] for row in rows] for rows in pages] == [three[:2], three[2:]]
    monkeypatch.setattr("accreditation.forms.panels.MOST", 2)
    answer = at_city.post(PANELS, sent(three))
    assert answer.context["form"].errors == {"applications": ["一次最多办理2件，选了3件，分几次办理"]}
