"""The city's meeting: the list it reads, its decisions shown before they are signed, and the record of it."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Meeting
from accreditation.queries.event_words import sentence
from accreditation.queries.judging import discussion_of
from accreditation.queries.meeting_record import minutes_of, reason_in, taken
from accreditation.queries.meetings import balance, candidates
from accreditation.services import meetings, panel, review, tasks
from accreditation.services.meetings import Resolution, foresee, hold_meeting, retry
from accreditation.services.ranking import rank
from accreditation.states import State
from tests.accreditation.office.conftest import browser_of, cost_of
from tests.crowd import applications_in
from tests.factories import AT, application_in, cast, cycle, fresh, full_marks, member, quota
from workflows.ledger.chain import first_broken
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, WrongState

pytestmark = pytest.mark.django_db

LIST = "/cycles/2026/meeting/"
NEW = "/cycles/2026/meeting/new/"
MEETING = UUID(int=1)
LATER = AT + timedelta(days=3)


@pytest.fixture(autouse=True)
def _now(clock: Any) -> None:
    clock(LATER)


def judged(leader_name: str, share: str = "1", who: Any = None) -> Application:
    """Return an application that the panel has given this share of the judged points."""
    who = who or cast()
    application = application_in(State.PANEL_SCORING, who=who, leader_name=leader_name)
    marks = {
        code: (points * Decimal(share) * 2).to_integral_value() / 2 for code, points in full_marks().items()
    }
    comments = dict.fromkeys(marks, "依据材料。")
    for expert in who.experts:
        panel.score(
            application,
            by=expert,
            at=AT,
            expected_version=application.version,
            judged=marks,
            comments=comments,
        )
    panel.conclude(fresh(application), by=who.city_decider, at=AT, expected_version=application.version)
    return fresh(application)


def form(*decided: tuple[Application, str], **changed: Any) -> dict[str, Any]:
    """Return what the page sends: the meeting, and a decision with its version for each of these."""
    sent: dict[str, Any] = {
        "meeting": str(MEETING),
        "title": "2026年度批次审定会",
        "held_on": "2026-09-03",
        "people": "陈立言、周敏、何秋",
        "reason": "会议审定，符合条件。",
        "act": "preview",
    }
    for application, decision in decided:
        sent[f"decision-{application.public_id}"] = decision
        sent[f"version-{application.public_id}"] = application.version
    return sent | changed


def resolution(application: Application, decision: str, reason: str = "会议审定。") -> Resolution:
    return Resolution(application, decision, application.version, reason)


def hold(*resolutions: Resolution, **changed: Any) -> Any:
    given: dict[str, Any] = {
        "public_id": MEETING,
        "title": "审定会",
        "held_on": AT.date(),
        "people": "陈立言",
        "by": cast().city_decider,
        "at": LATER,
    }
    return hold_meeting(cycle(), list(resolutions), **given | changed)


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_has_ranks_the_order_of_the_districts_and_what_is_decided_already(at_city: Client):
    low, high = judged("王金山", "0.5"), judged("周亚平")
    other = judged("张毅", "0.75", cast("other"))
    rank(
        cycle(), cast().district, [low.public_id, high.public_id],
        by=cast().district_decider, at=AT, expected_version=0,
    )  # fmt: skip
    review.approve(high, by=cast().city_decider, at=AT, expected_version=high.version, reason="达标。")
    shown = at_city.get(LIST).context["candidates"]
    assert [(row.ranked.number, row.application.pk, row.place, row.is_open, row.passes) for row in shown] == [
        (1, high.pk, 2, False, True),
        (2, other.pk, 1, True, True),
        (3, low.pk, 1, True, False),
    ]


def test_the_list_is_sorted_by_links(at_city: Client):
    low, high, other = judged("王金山", "0.5"), judged("周亚平"), judged("张毅", who=cast("other"))
    rank(
        cycle(), cast().district, [low.public_id, high.public_id],
        by=cast().district_decider, at=AT, expected_version=0,
    )  # fmt: skip

    def shown(sort: str) -> list[int]:
        return [row.application.pk for row in at_city.get(f"{LIST}?sort={sort}").context["candidates"]]

    assert shown("district") == [low.pk, high.pk, other.pk]
    assert shown("name") == sorted([low.pk, high.pk, other.pk], key=fresh_name)
    assert shown("anything") == shown("total") == [high.pk, other.pk, low.pk]


def fresh_name(pk: int) -> str:
    return Application.objects.select_related("studio").get(pk=pk).studio.name


def test_the_balance_counts_places_candidates_and_what_would_be_listed():
    listed, passing, _failing = judged("王金山"), judged("周亚平"), judged("张毅", "0.5")
    judged("张永忠", "0.5", cast("other"))
    quota(cycle(), cast().district, 5)
    review.approve(listed, by=cast().city_decider, at=AT, expected_version=listed.version, reason="达标。")
    rows = balance(cycle(), candidates(cycle()), [passing.pk, listed.pk])
    assert [
        (row.organisation.code, row.places, row.used, row.candidates, row.decided, row.proposed)
        for row in rows
    ] == [("YB", 5, 3, 3, 1, 1), ("other-YB", 1000, 1, 1, 0, 0)]
    assert [count for _look, count, _word in rows[0].units] == [1, 1, 1]


def test_cards_far_from_the_others_are_marked(at_city: Client):
    application = application_in(State.PANEL_SCORING)
    who = cast()
    for expert, share in zip(who.experts, (1, 1, 0), strict=True):
        panel.score(
            application, by=expert, at=AT, expected_version=application.version,
            judged={code: points * share for code, points in full_marks().items()},
            comments=dict.fromkeys(full_marks(), "依据材料。"),
        )  # fmt: skip
    panel.discuss(
        fresh(application), by=who.city_decider, at=AT, expected_version=application.version,
        finding="三张评分卡依据不同，已核对材料。",
        cards=[one.card.public_id for one in discussion_of(fresh(application)).marked],
    )  # fmt: skip
    panel.conclude(fresh(application), by=who.city_decider, at=AT, expected_version=application.version)
    assert "3张差异较大，已合议" in at_city.get(LIST).text


def test_the_list_and_the_entry_cost_the_same_for_1_and_30(at_city: Client):
    judged("王金山")
    few = [cost_of(at_city, address) for address in (LIST, NEW, f"{NEW}?propose=approve")]
    applications_in(State.CITY_DECISION, [f"候选{number}" for number in range(29)])
    assert [cost_of(at_city, address) for address in (LIST, NEW, f"{NEW}?propose=approve")] == few
    assert len(at_city.get(LIST).context["candidates"]) == 30


def test_an_empty_list_says_when_somebody_will_be_on_it(at_city: Client):
    cast()
    assert "还没有候选" in at_city.get(LIST).text
    assert "没有待审定的候选" in at_city.get(NEW).text


# ── Entering and reading before signing ──────────────────────────────────────────────────────────────────


def test_the_entry_proposes_nothing_unless_asked_to_list_all_above_the_lines(at_city: Client):
    high, low = judged("王金山"), judged("周亚平", "0.5")
    assert "selected" not in at_city.get(NEW).text.replace('value="" selected', "")
    page = at_city.get(f"{NEW}?propose=approve")
    shown = {row["application"].pk: row["fields"]["decision"].value() for row in page.context["rows"]}
    assert shown == {high.pk: "approve", low.pk: ""}


def test_the_preview_shows_item_by_item_what_will_happen_and_what_will_not(at_city: Client):
    high, low, back, skipped = (
        judged("王金山"), judged("周亚平", "0.5"), judged("张毅"), judged("张永忠"),
    )  # fmt: skip
    page = at_city.post(NEW, form((high, "approve"), (low, "approve"), (back, "send_back"), (skipped, "")))
    assert [(one.application.pk, one.event.to_state) for one in page.context["possible"]] == [
        (high.pk, "listed"),
        (back.pk, "returned_by_city"),
    ]
    assert [(one["application"].pk, one["title"]) for one in page.context["refused"]] == [
        (low.pk, "还不能办理")
    ]
    assert "未达80分" in page.context["refused"][0]["text"]
    assert (page.context["counts"], page.context["left"]) == ({"approve": 1, "send_back": 1}, 1)
    assert "签署会议决定，2件" in page.text


def test_the_preview_writes_nothing(at_city: Client):
    application = judged("王金山")
    before = Event.objects.count()
    at_city.post(NEW, form((application, "approve")))
    assert (Event.objects.count(), Meeting.objects.count()) == (before, 0)
    assert fresh(application).state == State.CITY_DECISION
    assert application.tasks.filter(closed_at=None).count() == 1


def test_going_back_keeps_what_was_typed(at_city: Client):
    one, two = judged("王金山"), judged("周亚平")
    page = at_city.post(NEW, form((one, "reject"), **{f"reason-{one.public_id}": "成果不实。"}, act="back"))
    assert page.status_code == 200
    assert page.context["form"]["people"].value() == "陈立言、周敏、何秋"
    assert {
        row["application"].pk: (row["fields"]["decision"].value(), row["fields"]["reason"].value())
        for row in page.context["rows"]
    } == {one.pk: ("reject", "成果不实。"), two.pk: (None, None)}


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"title": ""}, {"title": ["填写会议名称"]}),
        ({"held_on": ""}, {"held_on": ["填写会议日期"]}),
        ({"people": ""}, {"people": ["填写参会人员"]}),
        ({"reason": ""}, {"reason": ["写明共同的理由，或者为每一件写明理由"]}),
        ({"meeting": "x"}, {"meeting": ["重新打开这一页，再录入"]}),
    ],
)
def test_what_is_missing_is_told_at_its_field(
    at_city: Client, changed: dict[str, Any], errors: dict[str, list[str]]
):
    answer = at_city.post(NEW, form((judged("王金山"), "approve"), **changed))
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)


def test_a_meeting_decides_on_something_and_not_in_the_future(at_city: Client):
    application = judged("王金山")
    nothing = at_city.post(NEW, form((application, "")))
    assert nothing.context["form"].non_field_errors() == ["至少对一个工作室作出决定"]
    future = at_city.post(NEW, form((application, "approve"), held_on="2026-09-05", act="sign"))
    assert future.context["form"].errors == {"held_on": ["会议日期不晚于今天。"]}
    assert Meeting.objects.count() == 0


def test_a_decision_that_there_is_not_is_refused(at_city: Client):
    answer = at_city.post(NEW, form((judged("王金山"), "publish"), act="sign"))
    assert (answer.status_code, Meeting.objects.count()) == (422, 0)


# ── Signing ──────────────────────────────────────────────────────────────────────────────────────────────


def test_signing_enters_the_meeting_and_takes_each_decision_by_itself(at_city: Client, chief: Any):
    high, back, out = judged("王金山"), judged("周亚平"), judged("张毅")
    own = {f"reason-{out.public_id}": "成果归属不清。"}
    answer = at_city.post(
        NEW, form((high, "approve"), (back, "send_back"), (out, "reject"), act="sign", **own)
    )
    meeting = Meeting.objects.get()
    assert answer.headers["Location"] == reverse("meeting", args=["2026", meeting.public_id])
    assert [fresh(one).state for one in (high, back, out)] == ["listed", "returned_by_city", "rejected"]
    assert (meeting.public_id, meeting.title, meeting.people, meeting.entered_by) == (
        MEETING, "2026年度批次审定会", "陈立言、周敏、何秋", chief,
    )  # fmt: skip
    assert [(row.decision, row.reason, row.event.actor) for row in taken(meeting)] == [
        ("approve", "会议审定，符合条件。", chief),
        ("send_back", "会议审定，符合条件。", chief),
        ("reject", "成果归属不清。", chief),
    ]


def test_the_event_of_the_meeting_and_those_of_its_decisions_name_it():
    application = judged("王金山")
    meeting, outcomes = hold(resolution(application, "approve"), reason="会议审定。")
    held = Event.objects.get(action="hold_meeting")
    assert (held.stream, held.role, held.office) == (cycle().stream, "decide", cast().city)
    assert json.loads(held.body)["facts"] == {
        "meeting": str(MEETING),
        "title": "审定会",
        "held_on": "2026-09-01",
        "decisions": [
            {
                "application": str(application.public_id),
                "decision": "approve",
                "revision": 1,
                "document": application.revisions.get().sha256,
            }
        ],
    }
    facts = json.loads(outcomes[0].event.body)["facts"]
    assert facts["meeting"] == str(meeting.public_id)
    assert sentence(fresh(application), outcomes[0].event, facts, sees_panel=True) == (
        "会议决定：列入拟公示名单，依据第1版。"
    )
    assert first_broken(Event.objects.filter(stream=cycle().stream).order_by("sequence")) is None


def test_what_was_refused_in_the_preview_is_left_out_when_signing(at_city: Client):
    high, low = judged("王金山"), judged("周亚平", "0.5")
    at_city.post(NEW, form((high, "approve"), (low, "approve"), act="sign", left=[str(low.public_id)]))
    assert [row.application.pk for row in taken(Meeting.objects.get())] == [high.pk]


def test_one_that_fails_stops_no_other_and_is_told(at_city: Client):
    taken_away, high = judged("王金山"), judged("周亚平")
    by = cast().city_decider
    review.reject(taken_away, by=by, at=AT, expected_version=taken_away.version, reason="不符。")
    page = at_city.post(NEW, form((taken_away, "approve"), (high, "approve"), act="sign"), follow=True)
    assert [fresh(one).state for one in (taken_away, high)] == ["rejected", "listed"]
    assert "已写入1件会议决定" in page.text
    assert "王金山劳模创新工作室未办：这一件已由姓名city_decider于" in page.text
    assert [(row.application.pk, row.event is None, row.can_be_retried) for row in page.context["rows"]] == [
        (taken_away.pk, True, False),
        (high.pk, False, False),
    ]


def test_what_was_claimed_by_somebody_else_can_be_tried_again_with_its_reason(at_city: Client):
    held, free = judged("王金山"), judged("周亚平")
    holder = cast().city_decider
    tasks.claim(held, by=holder, at=AT)
    own = {f"reason-{held.public_id}": "两项专利\n均已转化。"}
    at_city.post(NEW, form((held, "approve"), (free, "approve"), act="sign", **own))
    page = at_city.get(reverse("meeting", args=["2026", MEETING]))
    assert [(row.application.pk, row.reason) for row in page.context["again"]] == [
        (held.pk, "两项专利 均已转化。")
    ]
    tasks.release(held, by=holder, at=LATER)
    again = {"applications": f"{held.public_id}:{held.version}", f"reason-{held.public_id}": "均已转化。"}
    address = reverse("meeting-retry", args=["2026", MEETING])
    assert at_city.post(address, again).status_code == 302
    assert fresh(held).state == "listed"
    assert [row.reason for row in taken(Meeting.objects.get())] == ["均已转化。", "会议审定，符合条件。"]
    assert at_city.post(address, again).status_code == 409
    assert Event.objects.filter(action="approve").count() == 2


def test_only_what_the_meeting_decided_can_be_tried_again():
    held, other = judged("王金山"), judged("周亚平")
    tasks.claim(held, by=member(cast().city, "decide"), at=AT)
    meeting, outcomes = hold(resolution(held, "approve"))
    assert outcomes[0].refusal is not None
    for wrong in (resolution(other, "approve"), resolution(held, "reject")):
        with pytest.raises(WrongState):
            retry(meeting, [wrong], by=cast().city_decider, at=LATER)
    with pytest.raises(NotReady):
        retry(meeting, [], by=cast().city_decider, at=LATER)


def test_a_double_click_enters_one_meeting_and_decides_once(at_city: Client):
    application = judged("王金山")
    sent = form((application, "approve"), act="sign")
    at_city.post(NEW, sent)
    again = at_city.post(NEW, sent, follow=True)
    assert "这次会议已经录入过" in again.text
    assert (Meeting.objects.count(), Event.objects.filter(action="approve").count()) == (1, 1)
    assert Event.objects.filter(action="hold_meeting").count() == 1


def test_an_error_in_one_is_its_outcome_and_the_log_has_it(monkeypatch: Any, caplog: Any):
    one, two = judged("王金山"), judged("周亚平")
    plain = meetings.decide

    def breaking(application: Any, *args: Any, **facts: Any) -> Any:
        if application.pk == one.pk:
            raise RuntimeError("a fault")
        return plain(application, *args, **facts)

    monkeypatch.setattr(meetings, "decide", breaking)
    _meeting, outcomes = hold(resolution(one, "approve"), resolution(two, "approve"))
    assert [(outcome.event is None, outcome.refusal) for outcome in outcomes] == [(True, None), (False, None)]
    assert fresh(two).state == "listed"
    assert "a fault" in caplog.text


def test_foreseeing_tells_of_each_what_signing_would_do():
    high, low = judged("王金山"), judged("周亚平", "0.5")
    outcomes = foresee(
        [resolution(high, "approve"), resolution(low, "approve"), resolution(high, "reject")],
        by=cast().city_decider, at=LATER,
    )  # fmt: skip
    assert [outcome.event is not None for outcome in outcomes] == [True, False, True]
    assert fresh(high).state == "city_decision"


# ── The record ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_record_stands_on_the_list_and_tells_what_came_of_it_later(at_city: Client):
    application = judged("王金山")
    meeting, _outcomes = hold(resolution(application, "approve"))
    assert reverse("meeting", args=["2026", meeting.public_id]) in at_city.get(LIST).text
    page = at_city.get(reverse("meeting", args=["2026", meeting.public_id]))
    assert "审定会" in page.text
    assert "列入1件" in page.text


def test_the_record_costs_the_same_for_1_and_30(at_city: Client):
    few, many = uuid4(), uuid4()
    hold(resolution(judged("王金山"), "approve"), public_id=few)
    candidates = applications_in(State.CITY_DECISION, [f"候选{number}" for number in range(30)])
    hold(*(resolution(one, "approve") for one in candidates), public_id=many)
    costs = [cost_of(at_city, reverse("meeting", args=["2026", one])) for one in (few, many)]
    assert costs[0] == costs[1]


def test_the_reasons_of_a_meeting_are_one_text_that_gives_each_its_own():
    minutes = minutes_of("会议审定，\n符合条件。", {"2026-0002": "成果\n不实。"})
    assert minutes == "会议审定，\n符合条件。\n2026-0002：成果 不实。"
    assert reason_in(minutes, "2026-0002") == "成果 不实。"
    assert reason_in(minutes, "2026-0001") == "会议审定，\n符合条件。"
    assert reason_in("", "2026-0001") == ""


# ── Who may ──────────────────────────────────────────────────────────────────────────────────────────────


def test_meetings_are_the_citys_alone(at_city: Client):
    application = judged("王金山")
    meeting, _outcomes = hold(resolution(application, "approve"))
    record = reverse("meeting", args=["2026", meeting.public_id])
    who = cast()
    strangers = [who.district_decider, who.union_decider, who.applicant, who.experts[0]]
    strangers += [member(who.city, "manage"), member(who.city, "audit")]
    for stranger in strangers:
        client = browser_of(stranger)
        assert [client.get(address).status_code for address in (LIST, NEW, record)] == [404] * 3
        assert client.post(NEW, form((application, "approve"), act="sign")).status_code == 404
        assert client.post(f"{record}retry/", {}).status_code == 404
        with pytest.raises(NotPermitted):
            hold(resolution(application, "approve"), public_id=uuid4(), by=stranger)
    assert at_city.get(f"/cycles/2026/meeting/{uuid4()}/").status_code == 404
    assert Client().get(LIST).status_code == 302


def test_whoever_keeps_out_of_one_still_enters_the_others(at_city: Client, chief: Any):
    own, other = judged("王金山"), judged("张毅", who=cast("other"))
    member(cast().enterprise, username="chief")
    page = at_city.post(NEW, form((own, "approve"), (other, "approve")))
    assert [one.application.pk for one in page.context["possible"]] == [other.pk]
    assert "须回避" in page.context["refused"][0]["text"]


def test_an_application_of_another_cycle_is_not_there(at_city: Client):
    application = judged("王金山")
    cycle("2027")
    page = at_city.post("/cycles/2027/meeting/new/", form((application, "approve"), act="sign"))
    assert page.status_code == 422
    assert fresh(application).state == "city_decision"
