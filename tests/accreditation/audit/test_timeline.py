"""The timeline: what each reader is told, and whether the record holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.models import Revision, Scorecard
from accreditation.queries.proof import check
from accreditation.queries.rail import rail
from accreditation.queries.timeline import entries, opinions
from accreditation.services import review, tasks
from accreditation.states import State
from tests import factories as make
from tests.accreditation.audit.conftest import NOW
from tests.append_only import tampering
from workflows.erasing import erase
from workflows.models import Event, EventPayload

pytestmark = pytest.mark.django_db


def auditor(place=None):
    return make.member(place or make.city(), "audit", username="auditor")


def told(application, user):
    return [entry.text for entry in entries(application, user)]


def test_an_auditor_is_told_everything_in_sentences():
    application = make.application_in(State.NAMED)
    assert told(application, auditor()) == [
        "开始填写申报。",
        "提交申报，成为第1版。",
        "推荐，依据第1版。",
        "推荐，依据第1版。",
        "组成专家组3人，评第1版。",
        "交评分卡，依据第1版。",
        "交评分卡，依据第1版。",
        "交评分卡，依据第1版。",
        "结束评分，共3张评分卡，平均100分。",
        "列入拟公示名单，依据第1版。",
        "公示，至2026年9月7日。",
        "公示期满，没有未处理的异议。",
        f"命名，文号渝工发〔2026〕{application.pk}号。",
    ]


def test_the_applicant_is_told_neither_experts_nor_marks_nor_claims():
    application = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(application, by=make.user("district_decider"), at=NOW)
    make.BEFORE[State.CITY_INTAKE][1](make.fresh(application), make.cast(), NOW)
    make._convene(make.fresh(application), make.cast(), NOW)
    make._conclude(make.fresh(application), make.cast(), NOW)
    known = entries(make.fresh(application), make.user("applicant"))
    assert [(entry.actor, entry.text) for entry in known] == [
        ("姓名applicant", "开始填写申报。"),
        ("姓名applicant", "提交申报，成为第1版。"),
        ("姓名union_decider", "推荐，依据第1版。"),
        ("姓名district_decider", "推荐，依据第1版。"),
        ("姓名city_decider", "受理，交专家组评分。"),
        ("姓名city_decider", "专家评分结束。"),
    ]
    assert [entry.cards for entry in known] == [()] * 6
    assert "认领。" in told(make.fresh(application), make.user("district_reviewer"))


def test_a_return_names_the_parts_and_the_way_back():
    application = make.application_in(State.DISTRICT_REVIEW)
    review.send_back(
        application, by=make.user("district_decider"), at=NOW, expected_version=application.version,
        reason="请补交成立文件。", steps=["functions", "topics"],
    )  # fmt: skip
    make._submit(make.fresh(application), make.cast(), NOW + make.STEP)
    last, again = entries(make.fresh(application), make.user("applicant"))[-2:]
    assert (last.text, last.said, last.steps, last.office, last.role) == (
        "退回补正，依据第1版，标明2处：设好工作职能、定好创新课题。",
        "请补交成立文件。",
        ("functions", "topics"),
        "渝北区总工会",
        "审核",
    )
    assert again.text == "补正后重新提交，成为第2版，直接回到渝北区总工会。"


def test_an_erased_reason_is_said_to_be_erased_by_whom_and_by_whose_order_and_the_record_holds(signed_in):
    application, who = make.application_in(State.REJECTED), make.cast()
    event = Event.objects.get(stream=application.stream, action="reject")
    erase(
        application.stream,
        {event.sequence: ["reason", "actor"]},
        by=who.city_decider,
        at=NOW,
        order="渝工法〔2026〕3号",
        office=who.city,
    )
    rejected, erased = entries(make.fresh(application), auditor())[-2:]
    assert (rejected.erased_words, rejected.said, rejected.actor) == ("姓名和理由", "", "")
    assert (rejected.office, rejected.erasure.by, rejected.erasure.order, rejected.erasure.sequence) == (
        "渝北区总工会", "姓名city_decider", "渝工法〔2026〕3号", erased.sequence,
    )  # fmt: skip
    assert check(make.fresh(application)).holds
    page = signed_in(auditor()).get(reverse("timeline", args=[application.public_id])).content.decode()
    assert "姓名和理由已删除：姓名city_decider于9月2日12:00依渝工法〔2026〕3号执行" in page
    assert "符合条件。" not in page.split(f'id="e{event.sequence}"')[1]


def test_text_that_is_gone_without_an_order_is_found(signed_in):
    application = make.application_in(State.REJECTED)
    event = Event.objects.get(stream=application.stream, action="reject")
    with tampering():
        EventPayload.objects.filter(event=event).delete()
    assert check(application).broken == event.sequence
    page = signed_in(auditor()).get(reverse("timeline", args=[application.public_id])).content.decode()
    assert "姓名和理由被删去，没有删除记录。" in page
    assert "对不上：文字被删去，没有删除记录" in page


def test_the_proof_finds_the_first_event_that_was_altered(signed_in):
    application = make.application_in(State.CITY_DECISION)
    assert check(application).holds
    event = Event.objects.get(stream=application.stream, action="recommend", office=make.cast().district)
    with tampering():
        Event.objects.filter(pk=event.pk).update(body=event.body.replace("recommend", "reject"))
    proof = check(application)
    assert (proof.holds, proof.broken) == (False, 4)
    response = signed_in(auditor()).get(reverse("timeline", args=[application.public_id]))
    page = response.content.decode()
    assert "第4条对不上" in page
    assert "对不上：正文与摘要不符" in page
    assert page.count("无从证明") == len(entries(application, auditor())) - 4


@pytest.mark.parametrize(
    "change",
    [{"body": "not JSON"}, {"body": '{"facts":[]}'}, {"action": "conclude"}, {"to_state": "nowhere"}],
)
def test_an_event_that_makes_no_sense_any_more_is_shown_as_the_broken_one(signed_in, change):
    application = make.application_in(State.CITY_DECISION)
    event = Event.objects.get(stream=application.stream, action="recommend", office=make.cast().district)
    with tampering():
        Event.objects.filter(pk=event.pk).update(**change)
    assert check(application).broken == 4
    response = signed_in(auditor()).get(reverse("timeline", args=[application.public_id]))
    assert (response.status_code, "第4条对不上" in response.content.decode()) == (200, True)


def test_the_opinions_are_what_offices_decided_the_latest_first():
    application = make.application_in(State.NAMED)
    known = opinions(entries(application, make.user("applicant")))
    assert [(entry.action, entry.office) for entry in known] == [
        ("approve", "重庆市总工会"),
        ("recommend", "渝北区总工会"),
        ("recommend", "金山科技工会"),
    ]


def test_the_proof_finds_events_that_were_cut_off():
    application = make.application_in(State.CITY_DECISION)
    last = Event.objects.filter(stream=application.stream).latest("sequence")
    with tampering():
        EventPayload.objects.filter(event=last).delete()
        Event.objects.filter(pk=last.pk).delete()
    assert check(application).broken == last.sequence


def test_the_proof_finds_an_altered_revision_and_an_altered_card():
    application = make.application_in(State.CITY_DECISION)
    with tampering():
        Revision.objects.filter(application=application).update(document='{"schema":1}')
        Scorecard.objects.filter(application=application, expert=make.user("expert1")).update(document="{}")
    proof = check(application)
    assert (proof.broken, proof.bad_revisions, proof.bad_cards, proof.holds) == (None, [1], 2, False)
    assert (proof.revisions, proof.cards) == (1, 3)


def test_the_timeline_links_revisions_and_cards_and_costs_the_same_for_any_length(signed_in):
    client, application = signed_in(auditor()), make.application_in(State.CITY_DECISION)

    def cost(one):
        address = reverse("timeline", args=[one.public_id])
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            page = client.get(address)
        return len(caught), page.content.decode()

    long, page = cost(application)
    for card in application.scorecards.all():
        assert reverse("card", args=[application.public_id, card.public_id]) in page
        assert card.sha256 in page
    assert reverse("revision", args=[application.public_id, 1]) in page
    short, _page = cost(make.application_in(State.ENTERPRISE_REVIEW, leader_name="张毅"))
    assert short == long


def test_who_may_open_the_timeline(signed_in):
    application = make.application_in(State.CITY_DECISION)
    other = make.cast("other")
    address = reverse("timeline", args=[application.public_id])
    allowed = {
        "district_decider": 200, "union_reviewer": 200, "city_decider": 200, "expert1": 200,
        "applicant": 404, "other-district_decider": 404, "other-applicant": 404,
    }  # fmt: skip
    assert {name: signed_in(make.user(name)).get(address).status_code for name in allowed} == allowed
    assert signed_in(auditor(make.cast().district)).get(address).status_code == 200
    stranger = make.member(other.district, "audit", username="stranger")
    assert signed_in(stranger).get(address).status_code == 404


def test_an_auditor_reads_submitted_cards_but_not_open_ones(signed_in):
    application = make.application_in(State.PANEL_SCORING)
    make.score_by_all(application, make.cast().experts[:1], NOW)
    cards = {card.expert.username: card for card in application.scorecards.all()}
    client = signed_in(auditor())
    statuses = {
        name: client.get(reverse("card", args=[application.public_id, card.public_id])).status_code
        for name, card in cards.items()
    }
    assert statuses == {"expert1": 200, "expert2": 404, "expert3": 404}


def test_auditors_cannot_act(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    client = signed_in(auditor())
    assert client.post(reverse("timeline", args=[application.public_id])).status_code == 405
    assert client.post(reverse("claim", args=[application.public_id])).status_code == 404


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (State.DRAFT, ["now", "ahead", "ahead", "ahead", "ahead", "ahead"]),
        (State.ENTERPRISE_REVIEW, ["done", "now", "ahead", "ahead", "ahead", "ahead"]),
        (State.RETURNED_BY_DISTRICT, ["done", "done", "back", "ahead", "ahead", "ahead"]),
        (State.REJECTED, ["done", "done", "stopped", "ahead", "ahead", "ahead"]),
        (State.WITHDRAWN, ["done", "done", "stopped", "ahead", "ahead", "ahead"]),
        (State.PANEL_SCORING, ["done", "done", "done", "now", "ahead", "ahead"]),
        (State.OBJECTION, ["done", "done", "done", "done", "now", "ahead"]),
        (State.NAMED, ["done", "done", "done", "done", "done", "done"]),
    ],
)
def test_the_rail_shows_how_far_it_has_come(state, standing):
    application = make.application_in(state)
    steps = rail(application, entries(application, make.user("applicant")))
    assert [step.standing for step in steps] == standing


def test_the_rail_notes_the_last_step_out_of_each_level():
    application = make.application_in(State.NAMED)
    steps = rail(application, entries(application, auditor()))
    assert [(step.name, step.note) for step in steps] == [
        ("申报", "9月1日提交"),
        ("金山科技工会", "9月1日推荐"),
        ("渝北区总工会", "9月1日推荐"),
        ("市级评审", "9月1日列入拟公示名单"),
        ("公示", "9月15日公示期满"),
        ("命名", "9月15日命名"),
    ]
