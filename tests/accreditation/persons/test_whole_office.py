"""代理 for what is decided on many at once: rankings, panels, meetings, notices, namings; and what stays one's own."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Meeting, NamingDecision, Notice, User
from accreditation.queries.timeline import shown_as
from accreditation.services import panel
from accreditation.services.meetings import Resolution, hold_meeting
from accreditation.services.naming import name_studios
from accreditation.services.notice import publish_notice
from accreditation.services.offices import end_membership
from accreditation.services.ranking import rank
from accreditation.services.recusals import recuse
from accreditation.services.substitutions import end_substitution
from accreditation.states import State
from accreditation.work import acting_at
from tests.accreditation.persons.conftest import NOW, away, browser_of
from tests.factories import Cast, application_in, cast, city, fresh, full_marks, member, score_by_all
from workflows.actors import SYSTEM, Substitute
from workflows.models import Event
from workflows.refusals import NotPermitted

pytestmark = pytest.mark.django_db
SIGNED = "王芳（代姓名city_decider）"


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def standin(who: Cast) -> User:
    """A member of the city without any grant, in the place of who decides there."""
    found = member(who.city, username="standin", name="王芳")
    away(who.city_decider, found, who.city)
    return found


@pytest.fixture
def browser(standin: User) -> Client:
    return browser_of(standin)


def actor(user: User) -> Any:
    return acting_at(user, city(), NOW)


def last(stream: str, action: str) -> Event:
    return Event.objects.filter(stream=stream, action=action).latest("sequence")


def acted(event: Event, who: Cast) -> tuple[str, User | None, str]:
    """Return who acted, for whom, and as what."""
    return event.actor.username if event.actor else "", event.principal, event.role


def picks(*applications: Application) -> list[str]:
    return [f"{one.public_id}:{one.version}" for one in applications]


# ── What the substitute does ─────────────────────────────────────────────────────────────────────────────


def test_a_notice_is_published_in_the_principals_place(who: Cast, standin: User, browser: Client) -> None:
    listed = application_in(State.LISTED)
    form = {"applications": picks(listed), "title": "公示", "contact": "023-60000000"}
    assert browser.post("/cycles/2026/notice/", form).status_code == 302
    assert fresh(listed).state == State.PUBLIC_NOTICE
    assert acted(last(listed.stream, "publish"), who) == ("standin", who.city_decider, "decide")
    assert Notice.objects.get().published_by == standin


def test_studios_are_named_in_the_principals_place(who: Cast, standin: User, browser: Client) -> None:
    ended = application_in(State.NOTICE_ENDED)
    form = {
        "applications": picks(ended),
        "number": "渝工发〔2026〕18号",
        "title": "关于命名的决定",
        "signed_on": "2026-09-02",
        "act": "sign",
    }
    assert browser.post("/cycles/2026/naming/", form).status_code == 302
    assert fresh(ended).state == State.NAMED
    assert acted(last(ended.stream, "name_studio"), who) == ("standin", who.city_decider, "decide")
    assert NamingDecision.objects.get().signed_by == standin


def test_a_meeting_is_entered_in_the_principals_place_and_says_so(
    who: Cast, standin: User, browser: Client
) -> None:
    waiting = application_in(State.CITY_DECISION)
    form = {
        "meeting": str(UUID(int=1)),
        "title": "审定会",
        "held_on": "2026-09-02",
        "people": "王芳",
        "reason": "会议审定，符合条件。",
        f"decision-{waiting.public_id}": "approve",
        f"version-{waiting.public_id}": waiting.version,
    }
    preview = browser.post("/cycles/2026/meeting/new/", form | {"act": "preview"})
    assert [one.application for one in preview.context["possible"]] == [waiting]
    record = browser.post("/cycles/2026/meeting/new/", form | {"act": "sign"}, follow=True)
    assert fresh(waiting).state == State.LISTED
    assert acted(last(who.cycle.stream, "hold_meeting"), who) == ("standin", who.city_decider, "decide")
    assert acted(last(waiting.stream, "approve"), who) == ("standin", who.city_decider, "decide")
    assert Meeting.objects.get().entered_by == standin
    assert record.text.count(SIGNED) == 2
    assert f"{SIGNED}录入" in browser.get("/cycles/2026/meeting/").text


def test_panels_are_convened_and_ended_in_the_principals_place(who: Cast, browser: Client) -> None:
    intake = application_in(State.CITY_INTAKE)
    experts = ",".join(str(one.public_id) for one in who.experts)
    answer = browser.post(
        "/cycles/2026/panels/", {"act": "sign", "panels": [f"{picks(intake)[0]}:{experts}"]}
    )
    assert len(answer.context["done"]) == 1
    assert acted(last(intake.stream, "convene"), who) == ("standin", who.city_decider, "decide")
    score_by_all(fresh(intake), who.experts, NOW)
    answer = browser.post("/cycles/2026/panels/conclude/", {"applications": picks(fresh(intake))})
    assert len(answer.context["done"]) == 1
    assert acted(last(intake.stream, "conclude"), who) == ("standin", who.city_decider, "decide")


def test_a_discussion_is_written_down_in_the_principals_place(who: Cast, browser: Client) -> None:
    scoring = application_in(State.PANEL_SCORING)
    for number, expert in enumerate(who.experts):
        marks = full_marks() if number else dict.fromkeys(full_marks(), Decimal(0))
        panel.score(
            scoring, by=expert, at=NOW, expected_version=scoring.version,
            judged=marks, comments=dict.fromkeys(marks, "依据材料。"),
        )  # fmt: skip
    cards = [str(one.public_id) for one in scoring.scorecards.all()]
    form = {"version": scoring.version, "finding": "逐项核对，维持原分。", "card": cards}
    page = browser.post(reverse("panel-discuss", args=[scoring.public_id]), form, follow=True)
    assert SIGNED in page.text


def test_a_districts_candidates_are_put_in_order_in_the_principals_place(who: Cast) -> None:
    first, second = (application_in(State.DISTRICT_REVIEW, leader_name=name) for name in ("王金山", "张毅"))
    standing_in = member(who.district, username="standin", name="王芳")
    away(who.district_decider, standing_in, who.district)
    browser = browser_of(standing_in)
    page = browser.get("/cycles/2026/ranking/YB/")
    assert page.context["may_order"] is True
    assert page.context["reads_cycle"] is True
    order = {"order": [str(second.public_id), str(first.public_id)], "version": 0, "act": "save"}
    saved = browser.post("/cycles/2026/ranking/YB/", order, follow=True)
    assert acted(last(who.district.stream, "rank"), who) == ("standin", who.district_decider, "decide")
    assert "王芳（代姓名district_decider）" in saved.text
    assert "/cycles/2026/ranking/YB/" in browser.get("/desk/").text


def test_an_objection_is_ruled_on_in_the_principals_place(who: Cast, browser: Client) -> None:
    objected = application_in(State.OBJECTION)
    form = {"version": objected.version, "outcome": "dismiss", "reason": "查无实据。"}
    assert browser.post(reverse("ruling", args=[objected.public_id]), form).status_code == 302
    assert acted(last(objected.stream, "dismiss_objection"), who) == ("standin", who.city_decider, "decide")
    assert SIGNED in browser.get("/cycles/2026/rulings/").text


# ── What it does not get round ───────────────────────────────────────────────────────────────────────────


def refused_everywhere(by: Any, who: Cast, listed: Application, ended: Application) -> list[str]:
    """Try all that is decided on many at once; return why each was refused."""
    reasons = []
    about: dict[str, Any] = {"cycle": who.cycle, "by": by, "at": NOW}
    for act in (
        lambda: publish_notice(applications=[listed], title="公示", contact="电话", **about),
        lambda: name_studios(
            applications=[ended], number="1号", title="决定", signed_on=NOW.date(), **about
        ),
        lambda: hold_meeting(
            who.cycle, [Resolution(listed, "reject", listed.version, "不符。")], public_id=UUID(int=2),
            title="审定会", held_on=NOW.date(), people="王芳", by=by, at=NOW,
        ),
    ):  # fmt: skip
        with pytest.raises(NotPermitted) as refusal:
            act()
        reasons.append(refusal.value.reason)
    return reasons


def test_nobody_acts_for_whom_they_do_not_stand_in_for_or_no_longer(who: Cast, standin: User) -> None:
    listed, ended = application_in(State.LISTED), application_in(State.NOTICE_ENDED, leader_name="张毅")
    other = member(who.city, "decide", username="other_decider")
    claimed = Substitute(standin, other, NOW)
    assert refused_everywhere(claimed, who, listed, ended) == ["您没有办理这一环节的权限。"] * 3
    by = actor(standin)
    assert by == Substitute(standin, who.city_decider, NOW)
    end_substitution(who.city.substitutions.get(), by=standin, at=NOW)
    assert actor(standin) == standin
    assert refused_everywhere(by, who, listed, ended) == ["您没有办理这一环节的权限。"] * 3


def test_a_substitute_does_not_do_what_the_principal_no_longer_could(who: Cast, standin: User) -> None:
    listed, ended = application_in(State.LISTED), application_in(State.NOTICE_ENDED, leader_name="张毅")
    by = actor(standin)
    member(who.city, "review", username="city_decider")
    assert actor(standin) == standin
    assert refused_everywhere(by, who, listed, ended) == ["您没有办理这一环节的权限。"] * 3


def test_who_left_the_office_stands_in_for_nobody(who: Cast, standin: User, browser: Client) -> None:
    by = actor(standin)
    end_membership(who.city, standin, by=SYSTEM, at=NOW)
    listed, ended = application_in(State.LISTED), application_in(State.NOTICE_ENDED, leader_name="张毅")
    assert len(refused_everywhere(by, who, listed, ended)) == 3
    for page in ("", "notice/", "naming/", "meeting/", "meeting/new/", "panels/", "rulings/"):
        assert browser.get(f"/cycles/2026/{page}").status_code == 404


@pytest.mark.parametrize("barred", ["standin", "city_decider"])
def test_neither_who_has_an_interest_nor_a_substitute_of_theirs_publishes(
    who: Cast, standin: User, barred: str
) -> None:
    listed = application_in(State.LISTED)
    person = standin if barred == "standin" else who.city_decider
    member(who.enterprise, username=person.username)
    with pytest.raises(NotPermitted, match="本单位"):
        publish_notice(
            cycle=who.cycle, applications=[listed], title="公示", contact="电话", by=actor(standin), at=NOW
        )
    assert (fresh(listed).state, Notice.objects.count()) == (State.LISTED, 0)


@pytest.mark.parametrize("barred", ["standin", "district_decider"])
def test_neither_who_keeps_out_nor_a_substitute_of_theirs_ranks(who: Cast, barred: str) -> None:
    waiting = application_in(State.DISTRICT_REVIEW)
    standing_in = member(who.district, "review", username="standin", name="王芳")
    away(who.district_decider, standing_in, who.district)
    recuse(waiting, by=standing_in if barred == "standin" else who.district_decider, at=NOW, reason="亲属。")
    with pytest.raises(NotPermitted, match="在排序之中"):
        rank(
            who.cycle, who.district, [waiting.public_id], at=NOW, expected_version=0,
            by=acting_at(standing_in, who.district, NOW),
        )  # fmt: skip
    page = browser_of(standing_in).get("/cycles/2026/ranking/YB/")
    assert page.context["may_order"] is False
    words = "您已回避" if barred == "standin" else "您所代的人不能办理"
    assert [reason for _application, reason in page.context["barred"]] == [words]


# ── What stays with oneself ──────────────────────────────────────────────────────────────────────────────


def test_the_cycle_is_found_and_read_and_its_settings_are_refused_with_a_word(
    who: Cast, browser: Client
) -> None:
    assert "/cycles/" in browser.get("/desk/").text
    page = browser.get("/cycles/2026/")
    assert (page.context["is_running_it"], page.context["sets_it_up"]) == (True, False)
    for address in ("/cycles/2026/settings/", "/cycles/2026/versions/"):
        assert address not in page.text
        answer = browser.get(address)
        assert (answer.status_code, "代理人不能代为改动" in answer.text) == (403, True)
    assert browser.get("/cycles/new/").status_code == 404


def test_who_stands_in_for_a_districts_decider_reads_its_row_and_runs_nothing(who: Cast) -> None:
    standing_in = member(who.district, username="standin", name="王芳")
    away(who.district_decider, standing_in, who.district)
    browser = browser_of(standing_in)
    page = browser.get("/cycles/2026/")
    assert (page.context["is_city"], [row.organisation.code for row in page.context["quotas"]]) == (
        False,
        ["YB"],
    )
    for address in ("notice/", "naming/", "meeting/new/", "panels/", "settings/", "versions/"):
        assert browser.get(f"/cycles/2026/{address}").status_code == 404


def test_who_decides_in_person_does_not_act_for_anybody(who: Cast, standin: User) -> None:
    member(who.city, "decide", username="standin")
    assert actor(standin) == standin


def test_a_name_without_a_principal_stands_alone() -> None:
    assert (shown_as("王芳", ""), shown_as("王芳", "何秋")) == ("王芳", "王芳（代何秋）")
