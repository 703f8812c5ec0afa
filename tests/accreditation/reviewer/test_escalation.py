"""超时升级: to whom, when, once; what happens where nobody can have it."""

from datetime import timedelta

import pytest
from django.conf import settings

from accreditation.queries.timeline import entries
from accreditation.services import offices, tasks
from accreditation.services.escalation import escalate_overdue, set_escalation
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.test_tasks import text, work_of
from workflows.actors import SYSTEM
from workflows.models import Event, Task
from workflows.refusals import NotPermitted, NotReady

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    return make.application_in(State.DISTRICT_REVIEW)


@pytest.fixture
def boss():
    """The manager of the district names who decides there."""
    who = make.cast()
    make.member(who.district, "manage", username="manager")
    chosen = make.user("district_decider")
    set_escalation(who.district, chosen, by=make.user("manager"), at=NOW)
    return chosen


def test_run_due_escalates_before_anybody_is_told():
    duties = settings.DUE_WORK
    mine = duties.index("accreditation.services.escalation.escalate_overdue")
    assert mine < duties.index("workflows.notifications.fan_out.fan_out")


def test_overdue_work_is_handed_once_to_whom_the_office_names(application, boss):
    holder = make.user("district_reviewer")
    tasks.claim(application, by=holder, at=NOW)
    due = work_of(application).due_at
    assert escalate_overdue(due - timedelta(seconds=1)) == 0
    assert escalate_overdue(due) == 1
    assert escalate_overdue(due) == 0
    work = work_of(application)
    assert (work.assignee, work.handed_by, work.escalated_at) == (boss, None, due)
    told = entries(application, holder)[-1]
    assert (told.actor, told.text) == ("", f"逾期未办，升级给{boss.name}。")
    tasks.transfer(application, by=boss, to=holder, at=due)
    assert escalate_overdue(due + timedelta(days=9)) == 0


def test_an_office_that_names_nobody_is_left_alone_until_it_does(application):
    due = work_of(application).due_at
    assert escalate_overdue(due) == 0
    assert work_of(application).escalated_at is None
    who = make.cast()
    make.member(who.district, "manage", username="manager")
    set_escalation(who.district, who.district_decider, by=make.user("manager"), at=due)
    assert escalate_overdue(due) == 1


def test_who_must_keep_out_does_not_get_it_and_the_timeline_says_so(application, boss):
    make.member(make.cast().enterprise, username="district_decider")
    due = work_of(application).due_at
    assert escalate_overdue(due) == 0
    assert (work_of(application).assignee, work_of(application).escalated_at) == (None, due)
    said = entries(application, make.user("district_reviewer"))[-1].text
    assert said == f"逾期未办，{boss.name}不能办理这一件，由管理人指派。"
    assert escalate_overdue(due) == 0
    assert Event.objects.filter(action="escalate").count() == 1


def test_what_they_hold_already_stays_with_them(application, boss):
    tasks.claim(application, by=boss, at=NOW)
    assert escalate_overdue(work_of(application).due_at) == 0
    said = entries(application, boss)[-1].text
    assert said == f"逾期未办，已由负责超时事项的{boss.name}持有。"


@pytest.mark.parametrize("state", [State.PANEL_SCORING, State.RETURNED_BY_DISTRICT])
def test_experts_cards_and_what_the_applicant_has_are_never_escalated(state):
    application = make.application_in(state)
    who = make.cast()
    make.member(who.city, "manage", username="manager")
    set_escalation(who.city, who.city_decider, by=make.user("manager"), at=NOW)
    before = list(Task.objects.filter(object_id=application.pk).values_list("assignee", "escalated_at"))
    assert escalate_overdue(NOW + timedelta(days=90)) == 0
    after = list(Task.objects.filter(object_id=application.pk).values_list("assignee", "escalated_at"))
    assert after == before


def test_only_a_member_who_decides_can_be_named_and_only_by_a_manager():
    who = make.cast()
    manager = make.member(who.district, "manage", username="manager")
    for person in (who.district_reviewer, who.union_decider):
        with pytest.raises(NotReady, match=f"{person.name}不是本组织有决定权限的成员。"):
            set_escalation(who.district, person, by=manager, at=NOW)
    with pytest.raises(NotPermitted):
        set_escalation(who.district, who.district_decider, by=who.district_decider, at=NOW)
    offices.set_grants(who.district, manager, set(), by=SYSTEM, at=NOW)
    with pytest.raises(NotPermitted):
        set_escalation(who.district, who.district_decider, by=manager, at=NOW)


def test_the_page_names_somebody_and_takes_it_back(signed_in):
    who = make.cast()
    client = signed_in(make.member(who.district, "manage", username="manager"))
    address = f"/office/{who.district.code}/escalation/"
    shown = client.get(address)
    assert make.user("district_decider").name in text(shown)
    assert make.user("district_reviewer").name not in text(shown)
    decider = who.district_decider
    assert client.post(address, {"person": decider.public_id}).status_code == 302
    who.district.refresh_from_db()
    assert who.district.escalates_to == decider
    assert f"指定{decider.name}接收逾期事项" in text(client.get(f"/office/{who.district.code}/"))
    assert client.post(address, {"person": who.union_decider.public_id}).status_code == 422
    assert client.post(address, {"person": ""}).status_code == 302
    who.district.refresh_from_db()
    assert who.district.escalates_to is None
    assert "取消逾期事项的接收人" in text(client.get(f"/office/{who.district.code}/"))


def test_nobody_else_has_the_page(signed_in):
    who, other = make.cast(), make.cast("other")
    manager = make.member(other.district, "manage", username="other-manager")
    for user in (who.district_decider, manager, who.applicant):
        client = signed_in(user)
        assert client.get(f"/office/{who.district.code}/escalation/").status_code == 404
        assert client.post(f"/office/{who.district.code}/escalation/", {"person": ""}).status_code == 404
