"""As it stood: whatever the rows said at a moment, the events tell of that moment for ever after."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accreditation.models import Application
from accreditation.queries.replay import replay
from accreditation.services import (
    applications,
    copies,
    escalation,
    naming,
    notice,
    offices,
    panel,
    recusals,
    review,
    signing,
    substitutions,
    tasks,
)
from accreditation.states import State
from accreditation.work import acting_as
from tests import factories as make
from tests.accreditation.audit.rows import as_the_events_say, as_the_rows_say
from tests.append_only import tampering
from tests.page import parse
from workflows.actors import SYSTEM
from workflows.ledger.chain import canonical
from workflows.models import Event
from workflows.signing import Plan, Terms

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Played:
    """A long way of one application; after each act it notes what the rows say, by the moment of the act."""

    def __init__(self) -> None:
        self.who, self.at = make.cast(), make.AT
        place = self.who.district
        self.one, self.two = (
            make.member(place, "review", "decide", username=name) for name in ("one", "two")
        )
        self.three = make.member(place, "review", "manage", username="three")
        self.application = make.complete_draft()
        self.noted = {self.application.created_at: as_the_rows_say(self.application)}

    def act(self, service, *args, **kwargs):
        """Let something be done to the application as it now is, an hour later."""
        self.at += HOUR
        if service in VERSIONED:
            kwargs["expected_version"] = make.fresh(self.application).version
        result = service(make.fresh(self.application), *args, at=self.at, **kwargs)
        self.application = make.fresh(self.application)
        self.noted[self.at] = as_the_rows_say(self.application)
        return result

    def events(self):
        return list(
            Event.objects.filter(stream=self.application.stream)
            .select_related("payload", "office", "actor")
            .order_by("sequence")
        )


VERSIONED = (
    applications.submit, review.recommend, review.send_back, review.return_to_level, review.recall,
    review.approve, review.reject, panel.convene, panel.score, panel.conclude,
    notice.dismiss_objection, notice.uphold_objection, signing.decide,
)  # fmt: skip


def _within_the_district(play: Played) -> None:
    one, two, three = play.one, play.two, play.three
    play.act(tasks.claim, by=one)
    play.act(tasks.transfer, by=one, to=two, note="熟悉这一行业。")
    play.act(tasks.take_back, by=one)
    play.act(tasks.assign, by=three, to=two, seen=one)
    play.act(tasks.delegate, by=two, to=one, question="场地属实吗？")
    play.act(tasks.advise, by=one, opinion="属实。")
    play.act(copies.copy_to, by=two, people=[three])
    round_ = play.act(
        signing.open_round, by=two, plan=Plan([one, three], "before", Terms("all"), in_order=True)
    )
    play.act(signing.sign, round_, by=one, verdict="agree")
    play.act(signing.sign, round_, by=three, verdict="disagree", opinion="效益没有凭证。")
    play.act(review.return_to_level, by=two, level="enterprise", reason="核实效益。")
    play.act(review.recall, by=two)
    again = play.act(signing.open_round, by=two, plan=Plan([one], "after", Terms("any")))
    play.act(signing.decide, "recommend", by=two, reason="符合条件。")
    play.act(signing.sign, again, by=one, verdict="agree")


def _at_the_city(play: Played) -> None:
    who = play.who
    play.act(review.send_back, by=who.city_decider, reason="补充成果。", fields=["leader.results"])
    play.act(review.recall, by=who.city_decider)
    play.act(review.return_to_level, by=who.city_decider, level="district", reason="再核。")
    play.at += timedelta(days=20)
    play.act(lambda _application, at: escalation.escalate_overdue(at))
    play.act(tasks.release, by=play.one)
    substitutions.substitute(
        who.district, principal=play.one, substitute=play.two, starts_on=play.at.date(),
        ends_on=play.at.date() + timedelta(days=3), by=play.one, at=play.at,
    )  # fmt: skip
    play.act(tasks.claim, by=play.one)
    play.act(tasks.release, by=acting_as(play.two, play.application, play.at))
    play.act(recusals.recuse, by=play.three, reason="亲属。")
    play.act(review.send_back, by=play.one, reason="改面积。", fields=["studio.area"])
    Application.objects.filter(pk=play.application.pk).update(address="新街2号")
    play.act(applications.submit, by=who.applicant)
    play.act(review.recommend, by=play.one, reason="已改。")
    fourth = make.expert(username="fourth")
    play.act(panel.convene, by=who.city_decider, experts=who.experts)
    play.act(panel.convene, by=who.city_decider, experts=[fourth])
    play.act(recusals.recuse, by=fourth, reason="师徒关系。")
    marks = {"judged": make.full_marks(), "comments": {}}
    for expert in who.experts:
        play.act(panel.score, by=expert, **marks)
    play.act(panel.conclude, by=who.city_decider)
    play.act(review.approve, by=who.city_decider, reason="达标。")


def _to_the_end(play: Played) -> None:
    who = play.who

    def publish(application, at):
        notice.publish_notice(
            cycle=who.cycle,
            applications=[application],
            title="公示",
            contact="023",
            by=who.city_decider,
            at=at,
        )

    def name(application, at):
        naming.name_studios(
            cycle=who.cycle, applications=[application], number="渝工发〔2026〕1号", title="决定",
            signed_on=at.date(), by=who.city_decider, at=at,
        )  # fmt: skip

    play.act(publish)
    play.act(notice.file_objection, name="赵敏", contact="138", grounds="成果有出入。")
    play.act(notice.file_objection, name="吴建国", contact="139", grounds="发明人有出入。")
    play.act(notice.dismiss_objection, by=who.city_decider, reason="查无实据。")
    play.at += timedelta(days=30)
    play.act(lambda _application, at: notice.end_due_notices(at))
    play.act(name)


@pytest.fixture
def play():
    """Return the whole way from the draft to the name, with everything on it that people do with a work."""
    play = Played()
    escalation.set_escalation(play.who.district, play.one, by=play.three, at=make.AT)
    play.act(applications.submit, by=play.who.applicant)
    play.act(review.recommend, by=play.who.union_decider, reason="符合条件。")
    _within_the_district(play)
    _at_the_city(play)
    _to_the_end(play)
    return play


def test_at_the_time_of_each_event_the_events_tell_what_the_rows_then_said(play):
    events = play.events()
    assert play.application.state == State.NAMED
    assert {event.at for event in events} == play.noted.keys()
    for at, rows in play.noted.items():
        told = replay(events, at)
        assert told.unread == []
        assert (at, as_the_events_say(told, play.application)) == (at, rows)
        assert as_the_events_say(replay(events, at + HOUR / 2), play.application) == rows
    assert replay(events, make.AT - HOUR).sequence == 0


@pytest.fixture
def client(signed_in, clock):
    """Return a function that signs an auditor in after it all."""

    def at_the_end(moment):
        clock(moment)
        return signed_in(make.member(make.city(), "audit", username="auditor"))

    return at_the_end


def stood(client, application, query=""):
    answer = client.get(f"{reverse('as-it-stood', args=[application.public_id])}{query}")
    assert answer.status_code == 200
    return parse(answer)


def facts(page):
    """Return the facts of a page by their words."""
    lists = page.all("dl")
    return {
        term.words: fact.words
        for one in lists
        for term, fact in zip(one.all("dt"), one.all("dd"), strict=True)
    }


def _holders(play, auditor, events):
    opened = next(event for event in events if event.action == "open_signing")
    said = facts(stood(auditor, play.application, f"?event={opened.sequence}"))
    assert said["状态"].startswith("区县或产业工会审核")
    assert said["持有人"].startswith("姓名two 渝北区总工会")
    assert "由姓名three交来" in said["持有人"]
    assert (
        "等待签署（会签，全部同意才通过，按次序签署） 姓名one 未签 姓名three 未签，还没有轮到"
        in said["持有人"]
    )
    assert said["已抄送"] == "姓名three"
    refused = next(event for event in events if event.action == "sign" and event.facts["result"] == "refused")
    assert "会签未通过" in facts(stood(auditor, play.application, f"?event={refused.sequence}"))["持有人"]
    proposed = next(event for event in events if event.action == "propose")
    assert (
        "拟作决定：推荐，签署通过后生效。"
        in facts(stood(auditor, play.application, f"?event={proposed.sequence}"))["持有人"]
    )
    asked = next(event for event in events if event.action == "delegate")
    assert (
        "等待姓名one的委派意见"
        in facts(stood(auditor, play.application, f"?event={asked.sequence}"))["持有人"]
    )
    returned = next(event for event in events if event.action == "return_to_level" and event.role == "decide")
    said = facts(stood(auditor, play.application, f"?event={returned.sequence}"))
    assert said["答复后"] == "直接回到重庆市总工会"


def _panel(play, auditor, events):
    scores = [event for event in events if event.action == "score"]
    concluded = next(event for event in events if event.action == "conclude")
    pages = [
        stood(auditor, play.application, f"?event={one.sequence}")
        for one in (scores[0], scores[2], concluded)
    ]
    said = [page.one("[aria-labelledby=panel]").words for page in pages]
    assert "专家4人，已交评分卡1张，法定3张。" in said[0]
    assert "各专家只能看自己的评分卡" in said[0]
    assert "交了卡的专家可以互相看" in said[1]
    assert "总分100" in said[2]
    assert "评分已结束，审定人员和评过分的专家可以看各卡。" in said[2]
    assert [len(page.all("[aria-labelledby=panel] th a")) for page in pages] == [1, 3, 3]
    before = stood(auditor, play.application, f"?event={scores[0].sequence - 4}")
    assert "第2版当时还没有专家评分。" in before.words


def _notice(play, auditor, events):

    def said(action, number=0):
        named = [event for event in events if event.action == action][number]
        return facts(stood(auditor, play.application, f"?event={named.sequence}"))

    first = said("file_objection")
    assert "赵敏 成果有出入。 当时还没有处理" in first["异议"]
    assert "暂停" in first["公示"]
    assert "吴建国" not in str(first)
    ruled = said("dismiss_objection")
    assert "异议不成立" in ruled["异议"]
    assert "查无实据。" in ruled["异议"]
    named = said("name_studio")
    assert named["命名"].startswith("渝工发〔2026〕1号")
    assert named["证书"] == "当时还没有登记"
    assert named["办结"] == "已经办结，没有待办。"
    assert "命名" not in said("publish")


def _many_ways_to_ask(play, auditor, events):
    submitted = timezone.localtime(events[1].at)  # 11:00

    def last(typed):
        answer = auditor.get(reverse("as-it-stood", args=[play.application.public_id]), {"at": typed})
        return answer.context["then"].now.sequence

    day = f"{submitted:%Y-%m-%d}"
    assert {typed: last(typed) for typed in (
        f"{day}T10:59", f"{day} 11:00", f"{day.replace('-', '/')} 11:00", f"{submitted:%Y年%m月%d日}11:00",
        f"{day} 11：00", f"{day} 10:59:59", submitted.isoformat(), "2026-08-31",
    )} == {
        f"{day}T10:59": 1, f"{day} 11:00": 2, f"{day.replace('-', '/')} 11:00": 2,
        f"{submitted:%Y年%m月%d日}11:00": 2, f"{day} 11：00": 2, f"{day} 10:59:59": 1,
        submitted.isoformat(): 2, "2026-08-31": 0,
    }  # fmt: skip
    assert last("") == len(events)
    assert last(day) == len([one for one in events if timezone.localdate(one.at) <= submitted.date()])


def _same_cost(play, auditor, events):
    def cost(number):
        address = f"{reverse('as-it-stood', args=[play.application.public_id])}?event={number}"
        auditor.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert auditor.get(address).status_code == 200
        return len(caught)

    assert cost(3) < cost(len(events)) + 5 < 45


def test_the_page_tells_holders_panel_notice_and_naming_only_as_they_were_known(play, client):
    auditor, events = client(play.at + HOUR), play.events()
    for look in (_holders, _panel, _notice, _many_ways_to_ask, _same_cost):
        look(play, auditor, events)


@pytest.mark.parametrize(
    "typed",
    ["x", "2026-13-01", "2026-09-31 10:00", "0000-01-01", "2999-12-31T23:59", "2026-09-01 25:00", "１" * 9],
)
def test_what_is_no_moment_or_not_yet_is_refused_in_words_and_kept(client, typed):
    application = make.application_in(State.DISTRICT_REVIEW)
    page = stood(client(application.state_since + HOUR), application, f"?at={typed}")
    words = (
        "这一时刻还没有到，填写现在或者以前的时刻"
        if typed.startswith("2999")
        else "填写日期和时间，如2026-09-03 17:00"
    )
    assert (page.one(".w-bad").words, page.one("[name=at]")["value"]) == (words, typed)
    assert page.one("title").words.startswith("有误：")


def test_before_it_was_begun_and_while_it_was_a_draft(client):
    application = make.application_in(State.DISTRICT_REVIEW)
    auditor = client(application.state_since + HOUR)
    assert "当时还没有开始填写申报" in stood(auditor, application, "?at=2026-01-01").one(".w-empty").words
    draft = stood(auditor, application, "?event=1")
    assert facts(draft)["提交"] == "还没有提交。草稿的内容不留版本。"
    assert "当时还没有提交过版本。" in draft.words


def test_a_step_after_the_other(client):
    application = make.application_in(State.DISTRICT_REVIEW)
    auditor = client(application.state_since + HOUR)
    page = stood(auditor, application, "?event=2")
    assert [page.one(f"[rel={way}]")["href"] for way in ("prev", "next")] == ["?event=1", "?event=3"]
    assert "此后没有新的记录。" in stood(auditor, application).words


def test_only_auditors_of_the_branch_look_back(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    address = reverse("as-it-stood", args=[application.public_id])
    stranger = make.member(make.cast("other").district, "audit", username="stranger")
    reader = make.member(make.cast().district, "audit", username="reader")
    names = ("district_decider", "union_reviewer", "applicant", "city_decider", "expert1")
    assert [signed_in(make.user(name)).get(address).status_code for name in names] == [404] * 5
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(reader).get(address).status_code == 200
    assert signed_in(reader).get(f"{address}?event=99").status_code == 404
    assert signed_in(reader).post(address).status_code == 405


def test_a_record_that_was_tampered_with_is_replayed_as_far_as_it_can_be_read(client):
    application = make.application_in(State.CITY_DECISION)
    broken = Event.objects.get(stream=application.stream, action="conclude")
    with tampering():
        body = broken.body.replace(f'"total":"{broken.facts["total"]}"', '"total":"many"')
        Event.objects.filter(pk=broken.pk).update(body=body)
        application.revisions.update(document="nonsense")
    page = stood(client(application.state_since + HOUR), application)
    assert f"第{broken.sequence}条的内容不合其操作，没有算在内。" in page.words
    assert "第1版读不出来" in page.words


def test_somebody_who_left_is_called_by_the_name_of_that_time_and_grants_are_those_of_today(
    client, signed_in
):
    application = make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    tasks.claim(application, by=who.district_reviewer, at=application.state_since + HOUR)
    reader = make.member(who.district, "audit", username="reader")
    type(reader).objects.filter(pk=who.district_reviewer.pk).update(name="改名")
    auditor = client(application.state_since + 2 * HOUR)
    assert facts(stood(auditor, application))["持有人"].startswith("姓名district_reviewer")
    browser = signed_in(reader)
    offices.set_grants(who.district, reader, set(), by=SYSTEM, at=application.state_since)
    assert browser.get(reverse("as-it-stood", args=[application.public_id])).status_code == 404


JUNK = [None, 5, "x", [], {"x": []}, [[], {}, 5]]


def test_whatever_a_tampered_record_says_its_pages_are_shown_and_say_that_it_does_not_hold(play, client):
    auditor, rows = client(play.at + HOUR), Event.objects.filter(stream=play.application.stream)
    bodies = {event.pk: event.said for event in play.events()}
    for junk in JUNK:
        with tampering():
            for pk, said in bodies.items():
                facts = dict.fromkeys(said["facts"], junk)
                rows.filter(pk=pk).update(body=canonical(said | {"facts": facts}))
        answers = [
            auditor.get(reverse(name, args=[play.application.public_id]))
            for name in ("timeline", "as-it-stood")
        ]
        assert (junk, [one.status_code for one in answers]) == (junk, [200, 200])
        assert "第1条对不上" in answers[0].content.decode()
