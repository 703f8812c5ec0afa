"""The operations on tasks as the engine has them, without a word of studios: holders, holds, handing back."""

from typing import Any

import pytest

from accreditation.versions import process_of
from accreditation.work import may_work
from tests import factories as make
from tests.factories import AT, STEP
from workflows import asking, held, tasks
from workflows.models import Event, Task
from workflows.refusals import NotPermitted, NotReady, Stale, Verdict, WrongState

pytestmark = pytest.mark.django_db
NO = Verdict(False, "不行。")


def yes(_subject: Any, _by: Any) -> Verdict:
    return Verdict(True)


def no(_subject: Any, _by: Any) -> Verdict:
    return NO


@pytest.fixture
def process() -> Any:
    return process_of(make.application_in("district_review"))


@pytest.fixture
def people(process: Any) -> list[Any]:
    place = make.cast().district
    return [make.member(place, "review", username=f"worker{number}") for number in range(3)]


def doing(by: Any, **more: Any) -> dict[str, Any]:
    return {"by": by, "at": AT + STEP, "role": "review", "may": yes} | more


def work_of(process: Any) -> Task:
    return Task.objects.get(object_id=process.subject.pk, kind="work", closed_at=None)


def test_claiming_twice_is_one_event_and_another_is_told_who_holds_it(process: Any, people: Any) -> None:
    one, two, _three = people
    tasks.claim(process, **doing(one))
    tasks.claim(process, **doing(one))
    assert work_of(process).assignee == one
    with pytest.raises(Stale, match=f"这一件已由{one.name}认领。"):
        tasks.claim(process, **doing(two))
    assert Event.objects.filter(stream=process.subject.stream, action="claim").count() == 1


@pytest.mark.parametrize("operation", [tasks.claim, tasks.release, tasks.take_back, tasks.unassign])
def test_permission_is_asked_inside_the_lock_and_its_words_are_the_refusal(
    process: Any, people: Any, operation: Any
) -> None:
    with pytest.raises(NotPermitted, match="不行。"):
        operation(process, **doing(people[0], may=no))


def test_a_transfer_hands_over_and_can_be_taken_back_until_the_new_holder_acts(
    process: Any, people: Any
) -> None:
    one, two, three = people
    tasks.claim(process, **doing(one))
    tasks.transfer(process, **doing(one, to=two, able=yes, note="我出差。"))
    assert (work_of(process).assignee, work_of(process).handed_by, work_of(process).note) == (
        two, one, "我出差。",
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        tasks.take_back(process, **doing(three))
    tasks.take_back(process, **doing(one))
    assert (work_of(process).assignee, work_of(process).handed_by, work_of(process).note) == (one, None, "")

    tasks.transfer(process, **doing(one, to=two, able=yes))
    asking.delegate(process, **doing(two, to=three, able=yes, question="产权属实吗？"))
    assert held.has_begun(process.subject, two)
    with pytest.raises(WrongState, match=f"{two.name}已经开始办理"):
        tasks.take_back(process, **doing(one))


def test_what_was_handed_on_once_more_cannot_be_taken_back_by_the_first(process: Any, people: Any) -> None:
    one, two, three = people
    tasks.claim(process, **doing(one))
    tasks.transfer(process, **doing(one, to=two, able=yes))
    tasks.transfer(process, **doing(two, to=three, able=yes))
    with pytest.raises(NotPermitted):
        tasks.take_back(process, **doing(one))
    tasks.take_back(process, **doing(two))
    assert work_of(process).assignee == two


def test_a_transfer_is_undone_by_take_back_only_and_an_assignment_by_unassign_only(
    process: Any, people: Any
) -> None:
    one, two, _three = people
    tasks.claim(process, **doing(one))
    tasks.transfer(process, **doing(one, to=two, able=yes))
    with pytest.raises(NotPermitted):
        tasks.unassign(process, **doing(one))
    tasks.assign(process, **doing(two, to=one, seen=two, able=yes))
    with pytest.raises(NotPermitted):
        tasks.take_back(process, **doing(two))
    tasks.unassign(process, **doing(two))
    assert work_of(process).assignee is None


def test_who_cannot_have_the_work_is_refused_beside_the_field(process: Any, people: Any) -> None:
    one, two, _three = people
    tasks.claim(process, **doing(one))
    for to, able, words in ((two, no, "不行。"), (one, yes, "不能转办给自己。")):
        with pytest.raises(NotReady) as refused:
            tasks.transfer(process, **doing(one, to=to, able=able))
        assert [(problem.field, problem.message) for problem in refused.value.problems] == [("to", words)]
    assert work_of(process).assignee == one


def test_only_the_holder_hands_on(process: Any, people: Any) -> None:
    one, two, three = people
    with pytest.raises(NotPermitted, match="先认领"):
        tasks.transfer(process, **doing(one, to=two, able=yes))
    tasks.claim(process, **doing(one))
    with pytest.raises(NotPermitted, match=f"由{one.name}持有"):
        tasks.transfer(process, **doing(two, to=three, able=yes))
    with pytest.raises(NotPermitted, match=f"由{one.name}持有"):
        asking.delegate(process, **doing(two, to=three, able=yes, question="？"))


def test_an_assignment_decided_on_an_old_page_is_refused(process: Any, people: Any) -> None:
    one, two, three = people
    tasks.claim(process, **doing(one))
    with pytest.raises(Stale, match=f"现在由{one.name}持有"):
        tasks.assign(process, **doing(three, to=two, seen=None, able=yes))
    tasks.release(process, **doing(one))
    with pytest.raises(Stale, match="没有人持有"):
        tasks.assign(process, **doing(three, to=two, seen=one, able=yes))
    tasks.assign(process, **doing(three, to=two, seen=None, able=yes))
    with pytest.raises(NotReady, match=f"已经由{two.name}持有"):
        tasks.assign(process, **doing(three, to=two, seen=two, able=yes))


def test_advice_is_asked_of_one_and_comes_back_to_the_holder(process: Any, people: Any) -> None:
    one, two, three = people
    tasks.claim(process, **doing(one))
    advice = asking.delegate(process, **doing(one, to=two, able=yes, question="产权属实吗？"))
    work = work_of(process)
    assert (work.assignee, work.hold, advice.part_of, advice.due_at) == (one, "advice", work, work.due_at)
    with pytest.raises(WrongState):
        asking.delegate(process, **doing(one, to=three, able=yes, question="？"))
    with pytest.raises(WrongState):
        tasks.release(process, **doing(one))
    with pytest.raises(WrongState):
        asking.advise(process, **doing(three, opinion="属实。"))
    with pytest.raises(NotReady):
        asking.advise(process, **doing(two, opinion="  "))
    asking.advise(process, **doing(two, opinion="属实。"))
    advice.refresh_from_db()
    assert (advice.outcome, advice.opinion, advice.closed_by) == ("advised", "属实。", two)
    assert work_of(process).hold == ""


def test_withdrawn_advice_can_no_longer_be_given(process: Any, people: Any) -> None:
    one, two, _three = people
    tasks.claim(process, **doing(one))
    advice = asking.delegate(process, **doing(one, to=two, able=yes, question="？"))
    with pytest.raises(NotPermitted):
        asking.withdraw_delegation(process, **doing(two))
    asking.withdraw_delegation(process, **doing(one))
    advice.refresh_from_db()
    assert (advice.outcome, work_of(process).hold) == ("withdrawn", "")
    with pytest.raises(WrongState, match="可能已经收回"):
        asking.advise(process, **doing(two, opinion="属实。"))
    with pytest.raises(WrongState):
        asking.withdraw_delegation(process, **doing(one))


def test_advice_is_refused_to_oneself_without_a_question_and_from_who_cannot_give_it(
    process: Any, people: Any
) -> None:
    one, two, _three = people
    tasks.claim(process, **doing(one))
    for to, able, question, fields in ((one, yes, "", ["to", "note"]), (two, no, "？", ["to"])):
        with pytest.raises(NotReady) as refused:
            asking.delegate(process, **doing(one, to=to, able=able, question=question))
        assert [problem.field for problem in refused.value.problems] == fields
    assert work_of(process).hold == ""


def test_a_reminder_goes_once_a_day_to_whom_the_subject_waits_for(process: Any, people: Any) -> None:
    one, two, three = people
    office = make.cast().union
    tasks.claim(process, **doing(one))
    with pytest.raises(WrongState, match="由您自己持有"):
        asking.remind(process, **doing(one, office=office))
    assert asking.remind(process, **doing(three, office=office)) == 1
    with pytest.raises(WrongState, match="今日已催办"):
        asking.remind(process, **doing(three, office=office))

    advice = asking.delegate(process, **doing(one, to=two, able=yes, question="？"))
    assert asking.remind(process, **doing(one, office=office)) == 1
    advice.refresh_from_db()
    assert advice.reminded_on == (AT + STEP).date()
    tomorrow = AT.replace(hour=0, minute=30, day=AT.day + 1)
    assert asking.remind(process, **doing(one, office=office, at=tomorrow)) == 1


def test_overdue_work_is_escalated_once(process: Any, people: Any) -> None:
    one, two, _three = people
    tasks.claim(process, **doing(one))
    due = work_of(process).due_at
    assert not tasks.escalate(process, to=two, at=due - STEP, able=yes)
    assert work_of(process).escalated_at is None
    assert tasks.escalate(process, to=two, at=due, able=yes)
    assert not tasks.escalate(process, to=one, at=due + STEP, able=yes)
    assert (work_of(process).assignee, work_of(process).escalated_at) == (two, due)
    told = Event.objects.filter(stream=process.subject.stream, action="escalate")
    assert [(event.actor, '"handed":true' in event.body) for event in told] == [(None, True)]


def test_escalation_leaves_the_work_where_it_is_if_who_is_named_must_keep_out(
    process: Any, people: Any
) -> None:
    one, two, _three = people
    tasks.claim(process, **doing(one))
    due = work_of(process).due_at
    assert not tasks.escalate(process, to=two, at=due, able=no)
    assert (work_of(process).assignee, work_of(process).escalated_at) == (one, due)
    assert '"handed":false' in Event.objects.get(stream=process.subject.stream, action="escalate").body


def test_nothing_can_be_done_where_nothing_is_open() -> None:
    application = make.application_in("public_notice")
    process, by = process_of(application), make.cast().city_decider
    for operation in (tasks.claim, tasks.release, tasks.unassign, tasks.take_back):
        with pytest.raises(WrongState):
            operation(process, **doing(by))
    with pytest.raises(WrongState):
        asking.remind(process, **doing(by, office=application.city))
    assert not may_work(application, by)
