"""The pages of versions: what a cycle names, and moving what is on its way, with what changes for whom first."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accreditation.models import Cycle
from accreditation.services.versions import Target, move
from accreditation.states import State
from tests import factories as make
from tests.accreditation.test_versions import stricter
from tests.crowd import applications_in
from tests.page import parse
from workflows.models import Event

pytestmark = pytest.mark.django_db
PAGE, SETTINGS = "/cycles/2026/versions/", "/cycles/2026/settings/"
NOW: datetime = make.AT + 60 * make.STEP


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def city():
    client = Client()
    client.force_login(make.cast().city_decider, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pick(*applications):
    return [f"{one.public_id}:{one.version}" for one in applications]


def send(*applications, act="preview", **changes):
    said = {"applications": pick(*applications), "process": "2026-2", "rubric": "", "reason": "考察前置。"}
    return said | {"act": act} | changes


def test_the_settings_name_the_versions_of_what_is_submitted_from_now_on(city):
    stricter()
    shown = parse(city.get(SETTINGS))
    assert [one["value"] for one in shown.all('input[name="process"][checked]')] == ["2026-1"]
    sent = {"part": "versions", "process": "2026-2", "rubric": "2027-1"}
    assert city.post(SETTINGS, sent).status_code == 302
    cycle = Cycle.objects.get()
    assert (cycle.process_version, cycle.rubric.version) == ("2026-2", "2027-1")
    assert city.post(SETTINGS, sent | {"process": "x"}).status_code == 422


def test_the_list_says_how_many_follow_which_version_and_can_be_narrowed(city):
    make.application_in(State.CITY_DECISION, leader_name="王金山")
    moved = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    make.application_in(State.REJECTED, leader_name="周亚平")
    make.complete_draft(leader_name="庞宇来")
    move(
        moved,
        Target("2026-2"),
        by=make.cast().city_decider,
        at=NOW,
        expected_version=moved.version,
        reason="移。",
    )
    response = city.get(PAGE)
    assert [(one.process, one.rubric, one.state, one.count) for one in response.context["groups"]] == [
        ("2026-1", "2026-1", "city_decision", 1),
        ("2026-2", "2026-1", "district_review", 1),
    ]

    def listed(**search):
        rows = city.get(PAGE, search).context["rows"]
        return {row["application"].studio.leader_name for row in rows}

    assert listed() == {"王金山", "张毅"}
    assert listed(process="2026-2") == listed(state="district_review") == {"张毅"}
    assert listed(rubric="2026-1", process="2026-1") == {"王金山"}
    assert listed(state="x", rubric="x") == {"王金山", "张毅"}
    assert "没有符合的申报" in parse(city.get(PAGE, {"state": "listed"})).words


def test_an_empty_cycle_says_so(city):
    assert "没有办理中的申报" in parse(city.get(PAGE)).words


def test_the_preview_shows_each_application_and_the_second_press_moves(city):
    first = make.application_in(State.CITY_DECISION, leader_name="王金山")
    ended = make.application_in(State.REJECTED, leader_name="张毅")
    events = Event.objects.count()
    preview = city.post(PAGE, send(first, ended))
    words = parse(preview).words
    assert (preview.status_code, Event.objects.count()) == (200, events)
    assert "移动1件。 1件不能移动，保持原来的版本。".replace(" ", "") in words.replace(" ", "")
    assert "“列入拟公示名单”新增条件：有实地考察记录。" in words
    assert "已经办结，不再改用其他版本。" in words
    assert "流程2026-1→2026-2" in words
    form = next(one for one in parse(preview).all("main form") if "签署" in one.words)
    sent = {field["name"]: field.get("value") or "" for field in form.all('input[type="hidden"]')}
    response = city.post(PAGE, sent | {"act": "move"}, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    assert "已移动1件" in parse(response).words
    assert (make.fresh(first).process_version, make.fresh(ended).process_version) == ("2026-2", "2026-1")


def test_back_from_the_preview_everything_stands_as_it_was_sent(city):
    application = make.application_in(State.CITY_DECISION)
    shown = parse(city.post(PAGE, send(application, act="back")))
    assert [one["value"] for one in shown.all('input[name="applications"][checked]')] == pick(application)
    assert shown.one('textarea[name="reason"]').words == "考察前置。"
    assert shown.one("#id_process option[selected]")["value"] == "2026-2"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"applications": []}, "选择要移动的申报"),
        ({"process": ""}, "选择改用的流程或评审标准"),
        ({"reason": ""}, "写明理由"),
        ({"rubric": "x"}, "选择评审标准"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(city, changes, said):
    application = make.application_in(State.CITY_DECISION)
    response = city.post(PAGE, send(application, **changes))
    assert response.status_code == 422
    assert said in parse(response).words
    assert make.fresh(application).process_version == "2026-1"


def test_when_one_of_several_fails_the_outcome_is_listed_one_by_one(city):
    fine = make.application_in(State.CITY_DECISION, leader_name="王金山")
    late = make.application_in(State.CITY_DECISION, leader_name="张毅")
    sent = send(fine, late, act="move")
    move(
        late,
        Target("2026-2"),
        by=make.cast().city_decider,
        at=NOW,
        expected_version=late.version,
        reason="移。",
    )
    response = city.post(PAGE, sent)
    assert response.status_code == 409
    assert [bool(one.refusal) for one in response.context["outcomes"]] == [False, True]
    assert "已移动1件，1件没有移动" in parse(response).words.replace(" ", "")


def test_nobody_but_who_decides_for_the_city_has_the_page(city):
    application = make.application_in(State.CITY_DECISION)
    who = make.cast()
    for user in (who.district_decider, who.experts[0], who.applicant, make.member(who.city, "manage")):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answers = [client.get(PAGE), client.post(PAGE, send(application, act="move"))]
        assert [one.status_code for one in answers] == [404, 404]
    assert make.fresh(application).process_version == "2026-1"


def test_what_is_in_another_cycle_or_a_draft_is_not_there(city):
    draft = make.complete_draft()
    assert city.post(PAGE, send(draft)).status_code == 404
    assert city.post("/cycles/2025/versions/", send(draft)).status_code == 404


def test_list_and_preview_cost_the_same_for_one_and_for_many(city):
    def cost(ask):
        with CaptureQueriesContext(connection) as queries:
            ask()
        return len(queries)

    applications = [make.application_in(State.CITY_INTAKE, leader_name="王金山")]
    city.get(PAGE)
    one = [cost(lambda: city.get(PAGE)), cost(lambda: city.post(PAGE, send(applications[0])))]
    applications += applications_in(State.CITY_INTAKE, [f"王{number}" for number in range(29)])
    assert [cost(lambda: city.get(PAGE)), cost(lambda: city.post(PAGE, send(*applications)))] == one
