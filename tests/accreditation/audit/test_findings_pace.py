"""疑点：很快作出决定. From when somebody could first have read what they decided on."""

from datetime import timedelta

import pytest

from accreditation.services import applications, batch, meetings, panel, review, tasks
from accreditation.services.journals import evidence_read
from accreditation.states import State
from tests import factories as make
from tests.accreditation.audit.looking import found_by, words
from workflows.models import Event

pytestmark = pytest.mark.django_db
READ = timedelta(seconds=41)


def recommended(application, by, at):
    review.recommend(application, by=by, at=at, expected_version=application.version, reason="同意推荐。")
    return make.fresh(application)


def opened(application, by, at):
    evidence_read(application, by=by, at=at, sha256="0" * 64, kind="honour", revision=1)


def test_a_decision_less_than_a_minute_after_the_first_file_was_opened_is_found():
    application = make.application_in(State.DISTRICT_REVIEW)
    who, at = make.cast(), application.state_since + make.STEP
    opened(application, who.district_decider, at)
    recommended(application, who.district_decider, at + READ)
    [finding] = found_by("quick")
    event = Event.objects.get(stream=application.stream, action="recommend", actor=who.district_decider)
    assert (finding.event, finding.person, finding.office) == (event, who.district_decider, who.district)
    assert (finding.application, finding.cycle, finding.happened_at) == (application, who.cycle, event.at)
    row = words(finding)
    assert row.headline == "打开附件后41秒作出决定"
    assert row.reason == "姓名district_decider于9月1日13:00:00首次打开这一版的附件，9月1日13:00:41作出决定。"


@pytest.mark.parametrize("earlier", [timedelta(minutes=1), timedelta(days=1)])
def test_who_had_opened_or_claimed_it_a_minute_before_had_time(earlier):
    for name, begin in (("王金山", opened), ("张毅", lambda one, by, at: tasks.claim(one, by=by, at=at))):
        application = make.application_in(State.DISTRICT_REVIEW, leader_name=name)
        who, at = make.cast(), application.state_since + timedelta(days=2)
        begin(application, who.district_decider, at - earlier)
        opened(application, who.district_decider, at - timedelta(seconds=5))
        recommended(application, who.district_decider, at)
    assert found_by("quick") == []


def test_without_any_trace_it_counts_from_the_arrival_and_from_the_claim_where_there_is_one():
    at_once = make.application_in(State.DISTRICT_REVIEW, leader_name="王金山")
    late = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    claimed = make.application_in(State.DISTRICT_REVIEW, leader_name="周亚平")
    by = make.user("district_decider")
    recommended(at_once, by, at_once.state_since + timedelta(seconds=59))
    recommended(late, by, late.state_since + timedelta(seconds=60))
    tasks.claim(claimed, by=by, at=claimed.state_since + make.STEP)
    recommended(claimed, by, claimed.state_since + make.STEP + timedelta(seconds=1))
    assert [(words(one).headline, one.application) for one in found_by("quick")] == [
        ("到达后59秒作出决定", at_once),
        ("认领后1秒作出决定", claimed),
    ]


def test_what_was_read_of_an_earlier_revision_does_not_count_for_the_next():
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    by = make.user("district_reviewer")  # who has returned it
    at = application.state_since + make.STEP
    applications.submit(application, by=make.user("applicant"), at=at, expected_version=application.version)
    application = make.fresh(application)
    review.send_back(
        application, by=by, at=at + READ, expected_version=application.version, reason="仍缺批复。"
    )
    assert [words(one).headline for one in found_by("quick")] == ["到达后41秒作出决定"]


def test_whoever_takes_a_decision_back_and_takes_another_has_read_it():
    application = make.application_in(State.DISTRICT_REVIEW)
    by, at = make.user("district_decider"), application.state_since + make.STEP
    application = recommended(application, by, at)
    review.recall(application, by=by, at=at + READ, expected_version=application.version)
    recommended(make.fresh(application), by, at + 2 * READ)
    assert found_by("quick") == []


def test_a_card_handed_in_at_once_is_found_and_that_of_a_colleague_who_took_an_hour_is_not():
    application = make.application_in(State.PANEL_SCORING)
    who, at = make.cast(), application.state_since + make.STEP
    quick, slow = who.experts[:2]
    for expert in (quick, slow):
        opened(application, expert, at)
    for expert, given_at in ((quick, at + READ), (slow, at + make.STEP)):
        panel.score(
            application, by=expert, at=given_at, expected_version=application.version,
            judged=make.full_marks(), comments={},
        )  # fmt: skip
    assert [(one.person, one.office) for one in found_by("quick")] == [(quick, who.city)]


def test_a_batch_is_measured_item_by_item_and_says_that_it_was_one():
    ones = [make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}") for number in range(3)]
    by, at = make.user("district_decider"), ones[0].state_since + make.STEP
    opened(ones[0], by, at - READ)
    opened(ones[1], by, at - make.STEP)
    batch.carry_out("recommend", [batch.Item(one, one.version, "同意推荐。") for one in ones], by=by, at=at)
    [finding] = found_by("quick")
    assert finding.application == ones[0]
    assert words(finding).reason.endswith("同一时刻还批量决定了另外2件。")


def test_what_a_meeting_decided_was_read_before_it_was_entered():
    application = make.application_in(State.CITY_DECISION)
    who, at = make.cast(), application.state_since + make.STEP
    second = make.member(who.city, "decide", username="second")
    opened(application, second, at - READ)
    meetings.hold_meeting(
        who.cycle,
        [meetings.Resolution(application, "approve", application.version, "总分达标。")],
        public_id=application.public_id, title="审定会", held_on=at.date(), people="全体", by=second, at=at,
    )  # fmt: skip
    assert make.fresh(application).state == State.LISTED
    assert found_by("quick") == []
