"""退回: to the applicant or an earlier level, with what is marked; what became of the marks."""

import json

import pytest
from django.urls import reverse

from accreditation.models import Application
from accreditation.services import review
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.page import parse
from workflows.models import Event

pytestmark = pytest.mark.django_db
REASON = "成员3的出生年份与证件不符，补交表彰文件。"
MARKED = ["team.members.4", "studio.area", "leader.evidence-honour"]


def page(application, act=""):
    return f"/review/{application.public_id}/{act}"


def send(application, decision="send_back", **changes):
    return {"version": application.version, "decision": decision, "reason": REASON} | changes


def facts(application, action="send_back"):
    return json.loads(Event.objects.filter(stream=application.stream, action=action).latest("pk").body)[
        "facts"
    ]


def sent_back(fields=MARKED, steps=(), state=State.DISTRICT_REVIEW, by="district_decider"):
    """Return an application that was returned to the applicant with these marks."""
    application = make.application_in(state)
    review.send_back(
        application, by=make.user(by), at=NOW, expected_version=application.version, reason=REASON,
        steps=steps, fields=fields,
    )  # fmt: skip
    return make.fresh(application)


def resubmitted(application):
    make._submit(make.fresh(application), make.cast(), NOW)
    return make.fresh(application)


def told(response):
    comparison = response.context["comparison"]
    return comparison.told, [one.label for one in comparison.unchanged]


# ── The decision ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_return_records_the_fields_that_it_marks_and_the_steps_they_lie_in(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    response = signed_in(make.user("district_decider")).post(
        page(application, "decide/"), send(application, marked_fields=MARKED, steps=["mechanism"])
    )
    assert response.status_code == 302
    assert facts(application) == {
        "revision": 1, "document": application.revisions.get().sha256,
        "steps": ["studio", "leader", "team", "mechanism"], "fields": MARKED,
    }  # fmt: skip


def test_every_field_table_row_and_kind_of_file_can_be_marked(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    shown = parse(signed_in(make.user("district_decider")).get(page(application)))
    boxes = {box["value"] for box in shown.all('input[name="marked_fields"]')}
    assert boxes >= {*MARKED, "team.members", "mechanism.ledger", "contact.phone", "topics.topics.3"}
    assert boxes.isdisjoint({"enterprise.name", "studio.name", "team.members.11"})
    assert [box["value"] for box in shown.all('input[name="steps"]')] == [
        "enterprise", "studio", "leader", "team", "functions", "topics", "mechanism", "contact",
    ]  # fmt: skip


def test_what_was_marked_stays_marked_when_the_reason_is_missing(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    response = signed_in(make.user("district_decider")).post(
        page(application, "decide/"), send(application, reason="", marked_fields=MARKED)
    )
    assert response.status_code == 422
    ticked = {box["value"] for box in parse(response).all('input[name="marked_fields"][checked]')}
    assert ticked == set(MARKED)


@pytest.mark.parametrize(
    "wrong", [{"marked_fields": ["team.x"]}, {"steps": ["x"]}, {"marked_fields": ["team"]}]
)
def test_what_the_form_does_not_have_cannot_be_marked(signed_in, wrong):
    application = make.application_in(State.DISTRICT_REVIEW)
    response = signed_in(make.user("district_decider")).post(
        page(application, "decide/"), send(application, **wrong)
    )
    assert response.status_code == 422
    assert make.fresh(application).state == State.DISTRICT_REVIEW


@pytest.mark.parametrize(
    ("state", "user", "decision", "after"),
    [
        (State.DISTRICT_REVIEW, "district_reviewer", "return_to_enterprise", State.ENTERPRISE_REVIEW),
        (State.CITY_INTAKE, "city_decider", "return_to_district", State.DISTRICT_REVIEW),
        (State.CITY_INTAKE, "city_decider", "return_to_enterprise", State.ENTERPRISE_REVIEW),
        (State.LISTED, "city_decider", "return_to_enterprise", State.ENTERPRISE_REVIEW),
    ],
)
def test_a_return_goes_to_the_level_that_was_chosen(signed_in, state, user, decision, after):
    application = make.application_in(state)
    response = signed_in(make.user(user)).post(
        page(application, "decide/"), send(application, decision, marked_fields=["team.members"])
    )
    assert response.status_code == 302
    assert make.fresh(application).state == after
    assert (facts(application, "return_to_level")["level"], facts(application, "return_to_level")["fields"]) == (
        decision.removeprefix("return_to_"), ["team.members"],
    )  # fmt: skip


def test_below_the_district_there_is_no_level_to_return_to(signed_in):
    application = make.application_in(State.ENTERPRISE_REVIEW)
    response = signed_in(make.user("union_decider")).post(
        page(application, "decide/"), send(application, "return_to_enterprise")
    )
    assert response.status_code == 409
    assert make.fresh(application).state == State.ENTERPRISE_REVIEW


def test_each_return_says_where_it_leads(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    words = parse(signed_in(make.user("city_decider")).get(page(application))).words
    assert "由重庆金山科技公司补正，重新提交后直接回到重庆市总工会" in words
    assert "由渝北区总工会重新审核，推荐后直接回到重庆市总工会；申报内容不变" in words


# ── The level that it was returned to ────────────────────────────────────────────────────────────────────


def test_the_level_below_reads_why_what_is_marked_and_that_it_goes_straight_back(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    review.return_to_level(
        application, by=make.user("city_decider"), at=NOW, expected_version=application.version,
        reason=REASON, level="enterprise", fields=["team.members.4", "studio.area"],
    )  # fmt: skip
    client = signed_in(make.user("union_decider"))
    shown = client.get(page(application))
    assert shown.context["returned_marks"] == ["工作室概况：使用面积", "配好创新团队：第4名成员：成员3"]
    words = parse(shown).words
    assert "重庆市总工会于9月2日12:00退回" in words
    assert "办理后直接回到重庆市总工会。" in words
    assert "直接回到重庆市总工会，由其退回" in words
    application = make.fresh(application)
    client.post(page(application, "decide/"), send(application, "recommend"))
    assert make.fresh(application).state == State.CITY_INTAKE
    shown = signed_in(make.user("city_decider")).get(page(application))
    assert shown.context["returned"] is None


def test_a_return_that_was_taken_back_is_no_return(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    city = make.user("city_decider")
    review.return_to_level(
        application, by=city, at=NOW, expected_version=application.version, reason=REASON, level="district"
    )
    application = make.fresh(application)
    review.recall(application, by=city, at=NOW, expected_version=application.version)
    assert signed_in(city).get(page(application)).context["returned"] is None


# ── The applicant ────────────────────────────────────────────────────────────────────────────────────────


def test_the_applicant_reads_the_reason_and_is_led_to_each_mark(signed_in):
    application = sent_back()
    shown = parse(signed_in(make.user("applicant")).get(f"/applications/{application.public_id}/"))
    links = [link for link in shown.all(".w-note a") if "/step/" in link["href"]]
    step = f"/applications/{application.public_id}/step"
    assert [(link.words, link["href"]) for link in links][:3] == [
        ("工作室概况：使用面积", f"{step}/studio/#id_area"),
        ("选好领军人物：劳模证书或表彰文件", f"{step}/leader/#evidence-honour"),
        ("配好创新团队：第4名成员：成员3", f"{step}/team/#members"),
    ]
    assert REASON in shown.words


@pytest.mark.parametrize(
    ("step", "described"),
    [("studio", ["id_area"]), ("leader", ["id_file-honour"]), ("functions", [])],
)
def test_beside_each_marked_field_stands_the_reason(signed_in, step, described):
    application = sent_back()
    shown = parse(
        signed_in(make.user("applicant")).get(f"/applications/{application.public_id}/step/{step}/")
    )
    marked = {node["id"]: node.words for node in shown.all(".w-marked")}
    assert all("渝北区总工会要求补正：" + REASON in words for words in marked.values())
    tied = [
        control["id"]
        for control in shown.all("input, select, textarea")
        if any(word in marked for word in (control.get("aria-describedby") or "").split())
    ]
    assert tied == described


def test_a_marked_row_is_found_by_its_name_and_its_cells_name_the_reason(signed_in):
    application = sent_back()
    application.members.filter(name="成员0").delete()
    shown = parse(signed_in(make.user("applicant")).get(f"/applications/{application.public_id}/step/team/"))
    cells = [
        control["id"]
        for control in shown.all("#members input, #members select")
        if "members-2_mark" in (control.get("aria-describedby") or "")
    ]
    assert "id_members-2-name" in cells
    assert "第4名成员：成员3" in shown.one("#members_mark").words
    assert REASON in shown.one("#members-2_mark").words


def test_the_marks_are_gone_once_it_is_submitted_again(signed_in):
    application = resubmitted(sent_back())
    review.send_back(
        application,
        by=make.user("district_decider"),
        at=NOW,
        expected_version=application.version,
        reason="再改。",
    )
    shown = parse(
        signed_in(make.user("applicant")).get(f"/applications/{application.public_id}/step/studio/")
    )
    assert shown.all(".w-marked") == []
    assert REASON not in shown.words


def test_a_return_that_marked_whole_steps_still_works(signed_in):
    application = sent_back(fields=(), steps=["topics", "mechanism"])
    shown = parse(signed_in(make.user("applicant")).get(f"/applications/{application.public_id}/"))
    assert "标明2处" in shown.words
    assert f"/applications/{application.public_id}/step/topics/" in [
        a["href"] for a in shown.all(".w-note a")
    ]
    Application.objects.filter(pk=application.pk).update(plan="改过的计划。")
    response = signed_in(make.user("district_decider")).get(page(resubmitted(application)))
    assert told(response) == ("标明的2处中，1处已改。", ["定好创新课题"])


# ── What changed ─────────────────────────────────────────────────────────────────────────────────────────


def test_who_returned_it_sees_what_of_the_marked_was_not_changed(signed_in):
    application = sent_back()
    application.members.filter(name="成员3").update(birth_year=1990)
    application.area = 400
    application.save(update_fields=["area"])
    response = signed_in(make.user("district_decider")).get(page(resubmitted(application)))
    assert told(response) == ("标明的3处中，2处已改。", ["选好领军人物：劳模证书或表彰文件"])
    changes = {
        change.label: (change.removed, change.added, change.is_marked)
        for step in response.context["comparison"].steps
        for change in step.changes
    }
    assert changes == {
        "使用面积": (["320㎡"], ["400㎡"], True),
        "成员：成员3": (["出生年份：1983"], ["出生年份：1990"], True),
    }
    assert "标明的3处中，2处已改。" in parse(response).words


def test_all_or_nothing_of_the_marked_changed_is_said_too(signed_in):
    application = sent_back(fields=["studio.area"])
    nothing = signed_in(make.user("district_decider")).get(page(resubmitted(application)))
    assert told(nothing) == ("标明的1处没有改。", ["工作室概况：使用面积"]) or told(nothing)[1]
    assert "内容没有改动。" in parse(nothing).words


def test_the_changes_are_open_to_every_level_and_to_nobody_outside(signed_in):
    application = resubmitted(sent_back())
    address = reverse("revision-changes", args=[application.public_id, 2])
    for name in ("union_reviewer", "district_reviewer", "city_decider", "applicant"):
        assert signed_in(make.user(name)).get(address).status_code == 200
    assert signed_in(make.cast("other").district_decider).get(address).status_code == 404


@pytest.mark.parametrize("path", ["1/changes/", "3/changes/", "2/changes/?since=2", "2/changes/?since=0"])
def test_a_pair_of_revisions_that_is_none_is_not_there(signed_in, path):
    application = resubmitted(sent_back())
    client = signed_in(make.user("district_decider"))
    assert client.get(f"/revisions/{application.public_id}/{path}").status_code == 404


def test_any_two_revisions_can_be_compared(signed_in):
    application = resubmitted(sent_back())
    Application.objects.filter(pk=application.pk).update(address="渝北区新街2号")
    review.send_back(
        application,
        by=make.user("district_decider"),
        at=NOW,
        expected_version=application.version,
        reason="再改。",
    )
    application = resubmitted(application)
    client = signed_in(make.user("district_decider"))
    base = f"/revisions/{application.public_id}"
    both = [client.get(f"{base}/3/changes/"), client.get(f"{base}/3/changes/?since=1")]
    assert [(one.context["comparison"].before, one.context["comparison"].count) for one in both] == [
        (2, 1),
        (1, 1),
    ]
    compare = f"{base}/changes/"
    assert [
        client.get(compare, {"before": before, "after": after})["Location"]
        for before, after in ((2, 3), (3, 2), (3, 1))
    ] == [f"{base}/3/changes/", f"{base}/3/changes/", f"{base}/3/changes/?since=1"]
