"""Every action has a word, a group and a sentence; those of organisations and cycles name who they speak of."""

from itertools import chain

import pytest

from accreditation.models import Organisation
from accreditation.process import ReviewProcess
from accreditation.queries.event_kinds import GROUPS, KINDS
from accreditation.queries.event_rows import rows_of
from accreditation.queries.event_words import SENTENCES, sentence
from accreditation.services import cycles, offices, webhooks
from accreditation.services.escalation import set_escalation
from accreditation.services.substitutions import end_substitution, substitute
from accreditation.states import ActionWord, State
from tests import factories as make
from tests.accreditation.at_work import NOW
from workflows.engine import record
from workflows.models import Event

pytestmark = pytest.mark.django_db


def test_every_action_has_a_word_a_sentence_and_a_place_in_one_group():
    grouped = [one.value for one in chain(*GROUPS.values())]
    steps = {step.slug for steps in ReviewProcess.state.get_transitions().values() for step in steps}
    assert sorted(grouped) == sorted(ActionWord.values)
    assert set(SENTENCES) | steps == set(ActionWord.values)
    assert set(SENTENCES) >= steps


def last(subject) -> str:
    """Return the sentence of the last thing that happened to an organisation or a cycle."""
    (row,) = rows_of([Event.objects.filter(stream=subject.stream).order_by("-sequence")[0]])
    return row.text


def test_what_happens_to_an_office_is_told_with_the_names_of_its_people(monkeypatch):
    monkeypatch.setattr(webhooks, "refuse_address", lambda url: None)
    who = make.cast()
    office, manager = who.district, make.member(who.district, "manage", username="manager")
    person = make.member(office, username="person", name="王芳")
    said = []

    def act(call, *args, **kwargs):
        made = call(*args, by=manager, at=NOW, **kwargs)
        said.append(last(office))
        return made

    act(offices.set_grants, office, person, {"review", "decide"})
    act(set_escalation, office, person)
    act(set_escalation, office, None)
    day = NOW.date()
    stand_in = act(
        substitute, office, principal=person, substitute=who.district_reviewer, starts_on=day, ends_on=day
    )
    act(end_substitution, stand_in)
    hook = act(webhooks.add_webhook, office, name="工作群", url="https://example.com/hook").webhook
    act(webhooks.try_webhook, hook)
    act(webhooks.end_webhook, hook)
    act(offices.end_membership, office, person)
    assert said == [
        "授予王芳“决定”权限。",
        "指定王芳接收逾期事项。",
        "取消逾期事项的接收人。",
        "设置姓名district_reviewer代王芳办理，2026年9月2日至2026年9月2日。",
        "结束姓名district_reviewer代王芳办理。",
        "添加推送地址“工作群”（example.com）。",
        "向推送地址“工作群”发送测试消息。",
        "停用推送地址“工作群”。",
        "结束王芳的成员身份。",
    ]


def test_what_happens_to_a_cycle_is_told_with_what_was_chosen():
    who = make.cast()
    cycle, by = who.cycle, who.city_decider
    said = [sentence_of(cycle, "open_cycle"), sentence_of(cycle, "set_quota")]
    settings = {name: getattr(cycle, name) for name in cycles.SETTINGS}
    cycles.change_cycle(cycle, by=by, at=NOW, **(settings | {"quorum": 5, "notice_days": 7}))
    said.append(last(cycle))
    cycles.set_experts(cycle, who.experts[:2], by=by, at=NOW)
    said.append(last(cycle))
    cycle.refresh_from_db()
    record(cycle, "declare", by=by, at=NOW, office=who.city, enterprises=["YB-E"], amended=False)
    said.append(last(cycle))
    record(
        cycle, "hold_meeting", by=by, at=NOW, office=who.city, meeting="x", title="审定会",
        held_on="2026-09-01", decisions=[{}, {}],
    )  # fmt: skip
    said.append(last(cycle))
    assert said == [
        "开设批次“2026年度批次”，申报级别市级。",
        "给渝北区总工会名额1000。",
        "更改批次设置：法定评分卡数、公示期（工作日）。",
        "选定专家：姓名expert1、姓名expert2。",
        "申明与1个申报单位有利害关系。",
        "录入2026年9月1日的会议“审定会”，决定2件。",
    ]


def sentence_of(subject, action: str) -> str:
    return next(
        row.text
        for row in rows_of(list(Event.objects.filter(stream=subject.stream)))
        if row.event.action == action
    )


def test_a_row_whose_record_says_nothing_readable_is_still_told():
    office = make.city()
    event = Event(stream=office.stream, sequence=9, action="grant", body="broken", at=NOW)
    strange = Event(stream="elsewhere/1", sequence=1, action="unheard_of", body="{}", at=NOW)
    told = [(row.text, row.action, row.about, row.actor) for row in rows_of([event, strange])]
    assert told == [
        ("授予权限。", "授予权限", office.name, ""),
        ("其他操作。", "其他操作", "", ""),
    ]


def test_every_kind_of_stream_that_there_is_has_a_word():
    make.application_in(State.NAMED)
    kinds = {stream.partition("/")[0] for stream in Event.objects.values_list("stream", flat=True)}
    assert kinds <= set(KINDS)
    assert Organisation.stream_kind in kinds
    assert sentence(None, Event(action="approve"), {}, sees_panel=True) == "列入拟公示名单，依据第0版。"
