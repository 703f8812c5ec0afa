"""Who is told of what, and who is not."""

from datetime import timedelta

import pytest

from accreditation.models import Declaration
from accreditation.queries.audience import OF_MEMBERS, SILENT, TELLS, TO_ASKER, TO_AUDITORS, WITHIN_OFFICE
from accreditation.services import applications, notice, offices, review, tasks
from accreditation.states import ActionWord, State
from tests import factories as make
from tests.accreditation.notifications.conftest import NOW, messages, told
from workflows.actors import Substitute
from workflows.models import Notification, Substitution
from workflows.notifications.fan_out import fan_out

pytestmark = pytest.mark.django_db


def decide(service, application, by, **facts):
    service(application, by=by, at=NOW, expected_version=application.version, reason="说明在此。", **facts)
    return make.fresh(application)


def test_every_action_is_told_to_somebody_or_said_to_be_silent():
    spoken = {*TELLS, *OF_MEMBERS, *TO_AUDITORS, *TO_ASKER}
    assert set(ActionWord.values) - spoken - SILENT == set()
    assert spoken & SILENT == set()
    assert set(TELLS) >= WITHIN_OFFICE


def test_new_work_is_told_to_the_people_of_the_office_and_not_to_who_sent_it():
    make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    assert told(who.union_reviewer) == [("submit", "work")]
    assert told(who.union_decider) == [("submit", "work")]
    assert told(who.district_reviewer) == [("recommend", "work")]
    assert told(who.applicant) == [("recommend", "own")]
    assert told(who.city_decider) == []
    assert told(make.cast("other").district_decider) == []


def test_who_must_keep_out_is_not_told_of_new_work_but_who_has_still_to_declare_is():
    who = make.cast()
    related = make.member(who.district, "review", username="related")
    make.member(who.enterprise, username="related")
    undeclared = make.member(who.district, "review", username="undeclared")
    Declaration.objects.filter(user=undeclared).delete()
    make.application_in(State.DISTRICT_REVIEW)
    assert told(related) == []
    assert told(undeclared) == [("recommend", "work")]


def test_a_return_is_told_to_the_applicant_and_to_who_had_passed_it_on():
    make.application_in(State.RETURNED_BY_DISTRICT)
    who = make.cast()
    assert told(who.applicant) == [("recommend", "own"), ("send_back", "own")]
    assert told(who.union_decider) == [("submit", "work"), ("send_back", "earlier")]
    assert told(who.union_reviewer) == [("submit", "work")]
    assert told(who.district_decider) == [("recommend", "work")]


def test_what_comes_back_corrected_is_new_work_where_it_was_returned():
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    who = make.cast()
    applications.submit(application, by=who.applicant, at=NOW, expected_version=application.version)
    assert told(who.district_reviewer)[-1] == ("resubmit", "work")


def test_experts_are_told_of_their_seats_and_the_city_when_the_quorum_is_in():
    application = make.application_in(State.PANEL_SCORING)
    who = make.cast()
    assert [told(one) for one in who.experts] == [[("convene", "yours")]] * 3
    make.score_by_all(application, who.experts[:2], NOW)
    assert told(who.city_decider)[-1] == ("recommend", "work")
    make.score_by_all(application, who.experts[2:], NOW + make.STEP)
    assert told(who.city_decider)[-1] == ("score", "work")
    assert [told(one) for one in who.experts] == [[("convene", "yours")]] * 3


def test_the_outcome_is_told_to_the_applicant_and_to_who_passed_it_on():
    make.application_in(State.NAMED)
    who = make.cast()
    assert [action for action, _why in told(who.applicant, NOW + timedelta(days=30))] == [
        "recommend", "recommend", "convene", "conclude", "approve", "publish", "end_notice", "name_studio",
    ]  # fmt: skip
    assert told(who.union_decider)[-1] == ("name_studio", "earlier")
    assert told(who.district_decider)[-1] == ("name_studio", "earlier")
    assert ("end_notice", "work") in told(who.city_decider)


def test_an_objection_is_told_to_the_city_and_the_applicant():
    make.application_in(State.OBJECTION)
    who = make.cast()
    assert told(who.city_decider)[-1] == ("file_objection", "work")
    assert told(who.applicant)[-1] == ("file_objection", "own")
    assert ("file_objection", "earlier") not in told(who.district_decider)


def test_a_withdrawal_is_told_to_who_held_it():
    application = make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    tasks.claim(application, by=who.district_reviewer, at=NOW)
    applications.withdraw(
        application, by=who.applicant, at=NOW + make.STEP, expected_version=application.version
    )
    assert told(who.district_reviewer)[-1] == ("withdraw", "yours")
    assert told(who.union_decider)[-1] == ("withdraw", "earlier")
    assert told(who.district_decider)[-1] == ("recommend", "work")


def test_handing_on_is_told_to_the_person_concerned_alone():
    application = make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    one, two = who.district_reviewer, who.district_decider
    before = {user: len(told(user)) for user in (one, two, who.applicant, who.union_decider)}
    tasks.claim(application, by=one, at=NOW)
    tasks.transfer(application, by=one, to=two, at=NOW, note="我去出差。")
    tasks.delegate(application, by=two, to=one, at=NOW + make.STEP, question="专利是否有效？")
    tasks.advise(application, by=one, at=NOW + 2 * make.STEP, opinion="有效。")
    assert told(two)[before[two] :] == [("transfer", "yours"), ("advise", "yours")]
    assert told(one)[before[one] :] == [("delegate", "yours")]
    assert [len(told(user)) - before[user] for user in (who.applicant, who.union_decider)] == [0, 0]


def test_a_reminder_is_told_to_the_holder_or_else_to_everybody_who_could_take_it():
    application = make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    tasks.remind(application, by=who.applicant, at=NOW)
    assert told(who.district_reviewer)[-1] == told(who.district_decider)[-1] == ("remind", "reminded")
    tasks.claim(application, by=who.district_reviewer, at=NOW)
    tasks.remind(application, by=who.applicant, at=NOW + timedelta(days=1))
    later = NOW + timedelta(days=2)
    assert [action for action, _why in told(who.district_reviewer, later)].count("remind") == 2
    assert [action for action, _why in told(who.district_decider, later)].count("remind") == 1


def test_a_decision_that_is_taken_back_is_told_to_who_was_told_of_it():
    application = make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    fan_out(NOW)
    review.recall(
        application, by=who.union_decider, at=NOW, expected_version=application.version, reason="漏了材料。"
    )
    assert told(who.district_reviewer) == [("recommend", "work"), ("recall", "recalled")]
    assert told(who.applicant)[-1] == ("recall", "recalled")


def stand_in(principal, substitute, office):
    return Substitution.objects.create(
        office=office,
        principal=principal,
        substitute=substitute,
        starts_at=NOW - timedelta(days=9),
        ends_at=NOW + timedelta(days=9),
        made_by=principal,
        made_at=NOW - timedelta(days=9),
    )


def test_who_stands_in_is_told_what_the_principal_is_told_and_for_whom():
    who = make.cast()
    helper = make.member(who.district, username="helper")
    stand_in(who.district_decider, helper, who.district)
    make.application_in(State.DISTRICT_REVIEW)
    assert told(helper) == [("recommend", "work")]
    assert messages(helper)[0].why == f"新到待办（代{who.district_decider.name}）"


def test_who_stands_in_and_must_keep_out_is_not_told():
    who = make.cast()
    helper = make.member(who.district, username="helper")
    make.member(who.enterprise, username="helper")
    stand_in(who.district_decider, helper, who.district)
    make.application_in(State.DISTRICT_REVIEW)
    assert told(helper) == []


def test_the_principal_is_told_what_was_done_in_their_place():
    who = make.cast()
    helper = make.member(who.district, username="helper")
    stand_in(who.district_decider, helper, who.district)
    application = make.application_in(State.DISTRICT_REVIEW)
    actor = Substitute(helper, who.district_decider, NOW)
    decide(review.send_back, application, actor)
    assert told(who.district_decider)[-1] == ("send_back", "for_you")
    assert (
        messages(who.district_decider)[0].who
        == f"渝北区总工会 {helper.name}（代{who.district_decider.name}）"
    )


def test_members_are_told_what_they_may_do_now_and_nothing_of_others():
    who = make.cast()
    manager = make.member(who.district, "manage", username="manager", name="秦岚")
    fan_out(NOW)
    assert not Notification.objects.exists()
    offices.set_grants(who.district, who.district_reviewer, {"review", "decide"}, by=manager, at=NOW)
    fan_out(NOW)
    assert [one.user for one in Notification.objects.all()] == [who.district_reviewer]
    assert [(one.title, one.text) for one in messages(who.district_reviewer)] == [
        ("渝北区总工会", f"秦岚授予{who.district_reviewer.name}“决定”权限。")
    ]


def test_who_has_left_is_told_nothing():
    who = make.cast()
    who.union_reviewer.is_active = False
    who.union_reviewer.save()
    make.application_in(State.ENTERPRISE_REVIEW)
    fan_out(NOW)
    assert not Notification.objects.filter(user=who.union_reviewer, event__action="submit").exists()


def test_nobody_is_told_twice_of_one_event_and_the_first_reason_counts():
    who = make.cast()
    both = make.member(who.district, "review", username="both")
    make.member(who.enterprise, "apply", username="both")
    make.application_in(State.DISTRICT_REVIEW)
    assert told(both) == [("recommend", "own")]


def test_a_dismissed_objection_is_told_to_the_applicant():
    application = make.application_in(State.OBJECTION)
    decide(notice.dismiss_objection, application, make.user("city_decider"))
    assert told(make.user("applicant"))[-1] == ("dismiss_objection", "own")
