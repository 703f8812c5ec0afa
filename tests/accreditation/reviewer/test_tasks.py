"""Handing tasks about on the pages: who may, who cannot, what the timeline says of it, what is never shown."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.models import Declaration, Interest
from accreditation.queries.task_block import advisers, workers
from accreditation.queries.task_rights import able_to_advise, able_to_work
from accreditation.queries.timeline import entries
from accreditation.services import offices, review, tasks
from accreditation.states import State
from accreditation.work import may_work
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from workflows.actors import SYSTEM
from workflows.models import Event, Recusal, Substitution, Task
from workflows.refusals import NotPermitted, NotReady, WrongState

pytestmark = pytest.mark.django_db


def text(response):
    """The page as it is read: no tags, no blanks."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", response.content.decode())))


def page(application, act=""):
    return f"/review/{application.public_id}/{act}"


def work_of(application):
    return Task.objects.get(object_id=application.pk, kind="work", closed_at=None)


def told(application, viewer):
    return [entry.text for entry in entries(application, viewer)]


def offered(response):
    return [operation.name for operation in response.context["operations"]]


@pytest.fixture
def held():
    """An application that the district's reviewer holds."""
    application = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(application, by=make.user("district_reviewer"), at=NOW)
    return application


@pytest.fixture
def third():
    """Somebody else who reviews for the district."""
    return make.member(make.cast().district, "review", username="third", name="何秋")


# ── What the page offers ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("user", "operations"),
    [
        ("district_reviewer", ["claim", "signing-new", "copy", "recuse"]),
        ("district_decider", ["claim", "signing-new", "assign", "copy", "recuse"]),
        ("union_reviewer", ["remind"]),
        ("city_decider", []),
    ],
)
def test_the_page_offers_exactly_what_can_be_done_with_open_work(signed_in, user, operations):
    application = make.application_in(State.DISTRICT_REVIEW)
    response = signed_in(make.user(user)).get(page(application))
    assert offered(response) == operations
    assert "渝北区总工会待办，未认领" in text(response)


def test_the_page_offers_exactly_what_can_be_done_with_held_work(signed_in, held):
    mine = signed_in(make.user("district_reviewer")).get(page(held))
    assert offered(mine) == ["release", "transfer", "delegate", "signing-new", "copy", "recuse"]
    assert "由您持有" in text(mine)
    other = signed_in(make.user("district_decider")).get(page(held))
    assert offered(other) == ["assign", "remind", "copy", "recuse"]
    assert f"由{make.user('district_reviewer').name}持有" in text(other)


def test_every_operation_offered_stands_as_a_button_or_a_link(signed_in, held):
    content = signed_in(make.user("district_reviewer")).get(page(held)).content.decode()
    for act in ("release", "transfer", "delegate", "signing/new", "copy", "recuse"):
        assert f'"{page(held, act)}/"' in content


def test_while_experts_score_there_is_nothing_to_hand_on_and_no_name_of_theirs(signed_in):
    application = make.application_in(State.PANEL_SCORING)
    expert, decider = make.user("expert1"), make.user("city_decider")
    assert offered(signed_in(expert).get(page(application))) == ["recuse"]
    response = signed_in(decider).get(page(application))
    assert offered(response) == ["remind", "copy", "recuse"]
    assert "专家组评分中" in text(response)
    below = signed_in(make.user("district_reviewer")).get(page(application))
    assert all(one.name not in text(below) for one in make.cast().experts)
    for user in (expert, decider):
        for act in (tasks.claim, tasks.release, tasks.take_back, tasks.unassign):
            with pytest.raises(WrongState):
                act(application, by=user, at=NOW)
        with pytest.raises(WrongState):
            tasks.transfer(application, by=user, to=make.user("expert2"), at=NOW)
        with pytest.raises(WrongState):
            tasks.assign(application, by=user, to=make.user("expert2"), seen=expert, at=NOW)
        with pytest.raises(WrongState):
            tasks.delegate(application, by=user, to=make.user("expert2"), at=NOW, question="？")


def test_what_is_with_the_applicant_can_only_be_reminded_of(signed_in):
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    client = signed_in(make.user("district_decider"))
    assert offered(client.get(page(application))) == ["remind", "copy", "recuse"]
    for act in ("assign", "transfer", "delegate"):
        assert client.get(page(application, f"{act}/")).status_code == 409
    for act in ("claim", "release", "take-back", "assign/withdraw", "withdraw-delegation"):
        assert client.post(page(application, f"{act}/")).status_code == 409
    assert client.post(page(application, "remind/")).status_code == 302
    assert told(application, make.user("applicant"))[-1] == "催办重庆金山科技公司。"


# ── 指派 ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_decides_assigns_and_takes_it_back(signed_in, third):
    application = make.application_in(State.DISTRICT_REVIEW)
    decider = make.user("district_decider")
    client = signed_in(decider)
    shown = client.get(page(application, "assign/"))
    assert "现在没有人持有" in text(shown)
    response = client.post(
        page(application, "assign/"), {"to": third.public_id, "holder": "", "note": "请本周办完。"}
    )
    assert (response.status_code, work_of(application).assignee) == (302, third)
    assert told(application, decider)[-1] == "指派给何秋。"
    mine = signed_in(third).get(page(application))
    assert f"来自{decider.name}请本周办完。" in text(mine)
    assert "unassign" in offered(client.get(page(application)))
    assert client.post(page(application, "assign/withdraw/")).status_code == 302
    assert work_of(application).assignee is None
    assert told(application, decider)[-1] == "收回给何秋的指派，放回待办。"


def test_a_manager_without_another_grant_assigns_but_does_not_read(signed_in, held, third):
    manager = make.member(make.cast().district, "manage", username="manager")
    client = signed_in(manager)
    assert client.get(page(held)).status_code == 404
    shown = client.get(page(held, "assign/"))
    assert (shown.status_code, "王金山劳模创新工作室" in text(shown)) == (200, True)
    holder = make.user("district_reviewer")
    response = client.post(page(held, "assign/"), {"to": third.public_id, "holder": holder.public_id})
    assert (response.status_code, work_of(held).assignee) == (302, third)
    event = Event.objects.get(stream=held.stream, action="assign")
    assert (event.actor, event.role) == (manager, "manage")
    assert client.post(page(held, "assign/withdraw/")).status_code == 302
    assert work_of(held).assignee is None


def test_an_assignment_made_on_an_old_page_is_refused_and_keeps_the_note(signed_in, held, third):
    response = signed_in(make.user("district_decider")).post(
        page(held, "assign/"), {"to": third.public_id, "holder": "", "note": "请本周办完。"}
    )
    assert response.status_code == 409
    assert f"这一件现在由{make.user('district_reviewer').name}持有" in text(response)
    assert "请本周办完。</textarea>" in response.content.decode()


def test_a_reviewer_without_the_grant_cannot_assign(signed_in, held, third):
    client = signed_in(third)
    assert client.get(page(held, "assign/")).status_code == 403
    assert client.post(page(held, "assign/"), {"to": third.public_id}).status_code == 403


def test_who_must_keep_out_does_not_say_whose_it_shall_be(third):
    application = make.application_in(State.DISTRICT_REVIEW)
    manager = make.member(make.cast().district, "manage", username="manager")
    make.member(make.cast().enterprise, username="manager")
    with pytest.raises(NotPermitted, match="本单位"):
        tasks.assign(application, by=manager, to=third, seen=None, at=NOW)


def test_the_work_of_somebody_deactivated_is_given_to_another_and_nothing_is_lost(held, third):
    gone = make.user("district_reviewer")
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    with pytest.raises(NotPermitted):
        tasks.release(held, by=gone, at=NOW)
    decider = make.user("district_decider")
    assert [candidate.user for candidate in workers(held)] == [third, decider]
    tasks.assign(held, by=decider, to=third, seen=gone, at=NOW)
    assert work_of(held).assignee == third
    assert (entries(held, decider)[-2].actor, entries(held, decider)[-2].text) == (gone.name, "认领。")


# ── 转办 ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_transfer_is_theirs_then_and_can_be_taken_back(signed_in, held, third):
    holder = make.user("district_reviewer")
    client = signed_in(holder)
    assert client.get(page(held, "transfer/")).status_code == 200
    response = client.post(page(held, "transfer/"), {"to": third.public_id, "note": "我出差。"}, follow=True)
    assert "已转办给何秋对方动手以前，您可以收回：王金山劳模创新工作室" in text(response)
    assert (work_of(held).assignee, told(held, holder)[-1]) == (third, "转办给何秋。")
    shown = client.get(page(held))
    assert "take-back" in offered(shown)
    assert "transfer" not in offered(shown)
    assert client.post(page(held, "take-back/")).status_code == 302
    assert (work_of(held).assignee, told(held, holder)[-1]) == (holder, "从何秋处收回转办。")


def test_the_new_holder_may_hand_on_or_release(held, third):
    decider = make.user("district_decider")
    tasks.transfer(held, by=make.user("district_reviewer"), to=third, at=NOW)
    tasks.transfer(held, by=third, to=decider, at=NOW)
    assert work_of(held).assignee == decider
    tasks.release(held, by=decider, at=NOW)
    assert (work_of(held).assignee, work_of(held).handed_by) == (None, None)


def test_a_transfer_to_oneself_to_somebody_barred_or_without_a_grant_is_refused_in_words(signed_in, held):
    holder, who = make.user("district_reviewer"), make.cast()
    barred = make.member(who.district, "review", username="barred", name="唐莉")
    make.member(who.enterprise, username="barred")
    stranger = make.member(who.district, username="stranger", name="路人")
    client = signed_in(holder)
    for person, words in ((holder, "不能转办给自己。"), (barred, "唐莉是申报单位的人员，须回避。")):
        response = client.post(page(held, "transfer/"), {"to": person.public_id, "note": "我出差。"})
        assert (response.status_code, words in text(response)) == (422, True)
        assert "我出差。</textarea>" in response.content.decode()
    assert client.post(page(held, "transfer/"), {"to": stranger.public_id}).status_code == 422
    with pytest.raises(NotReady, match="路人没有办理这一件的权限。"):
        tasks.transfer(held, by=holder, to=stranger, at=NOW)
    assert work_of(held).assignee == holder


def test_the_list_keeps_out_exactly_whom_the_act_refuses(held):
    who = make.cast()
    names = ("own", "interested", "recused", "undeclared", "decided", "free")
    people = {name: make.member(who.district, "review", username=name) for name in names}
    make.member(who.union, "review", "decide", username="decided")
    make.member(who.enterprise, username="own")
    declaration = Declaration.objects.get(user=people["interested"])
    Interest.objects.create(declaration=declaration, enterprise=who.enterprise)
    Recusal.objects.create(subject=held, user=people["recused"], office=who.district, at=NOW)
    Declaration.objects.filter(user=people["undeclared"]).delete()
    for listed, able in ((workers(held), able_to_work), (advisers(held), able_to_advise)):
        assert {one.user for one in listed} >= set(people.values())
        for one in listed:
            assert bool(one.bar) == (not able(held, one.user)), one.user.username
    assert not may_work(held, people["own"])


# ── 委派 ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_delegation_holds_the_decision_until_the_advice_is_in(signed_in, held, third):
    holder = make.user("district_reviewer")
    client = signed_in(holder)
    response = client.post(page(held, "delegate/"), {"to": third.public_id, "note": "产权属实吗？"})
    assert (response.status_code, work_of(held).hold) == (302, "advice")
    waiting = client.get(page(held))
    assert "等待何秋的委派意见" in text(waiting)
    assert offered(waiting) == ["transfer", "withdraw-delegation", "remind", "copy", "recuse"]
    with pytest.raises(NotPermitted, match="何秋的委派意见"):
        review.send_back(held, by=holder, at=NOW, expected_version=held.version, reason="请补正。")

    asked = signed_in(third)
    shown = asked.get(page(held))
    assert "advise" in offered(shown)
    assert f"{holder.name}请您提意见产权属实吗？" in text(shown)
    assert asked.post(page(held, "advise/"), {"opinion": " "}).status_code == 422
    assert asked.post(page(held, "advise/"), {"opinion": "产权属实。"}).status_code == 302
    assert work_of(held).hold == ""
    assert told(held, third)[-2:] == ["委派何秋提意见。", f"向{holder.name}提交委派意见。"]
    review.send_back(held, by=holder, at=NOW, expected_version=held.version, reason="请补正。")


def test_the_advice_stands_beside_the_decision_for_the_office_and_auditors_only(signed_in, held, third):
    tasks.delegate(held, by=make.user("district_reviewer"), to=third, at=NOW, question="产权属实吗？")
    tasks.advise(held, by=third, at=NOW, opinion="产权存疑。")
    auditor = make.member(make.cast().city, "audit", username="auditor")
    assert "委派意见" in text(signed_in(make.user("district_decider")).get(page(held)))
    assert "产权存疑。" in text(signed_in(make.user("district_decider")).get(page(held)))
    tasks.delegate(held, by=make.user("district_reviewer"), to=third, at=NOW, question="产权属实吗？")
    for user in ("union_decider", "city_decider"):
        shown = text(signed_in(make.user(user)).get(page(held)))
        assert ("产权" in shown, "委派" in shown) == (False, False)
    assert "产权存疑。" in [entry.said for entry in entries(held, auditor)]
    for user in ("applicant", "union_decider", "city_decider"):
        assert all("委派" not in entry.text for entry in entries(held, make.user(user)))


def test_a_withdrawn_delegation_lets_the_holder_decide_and_the_adviser_reads_why(signed_in, held, third):
    holder = make.user("district_reviewer")
    tasks.delegate(held, by=holder, to=third, at=NOW, question="产权属实吗？")
    assert signed_in(holder).post(page(held, "withdraw-delegation/")).status_code == 302
    assert told(held, third)[-1] == "收回给何秋的委派。"
    late = signed_in(third).post(page(held, "advise/"), {"opinion": "产权属实。"})
    assert (late.status_code, "可能已经收回" in text(late)) == (409, True)
    assert "产权属实。</textarea>" in late.content.decode()


def test_advice_is_asked_only_of_members_who_may_see_it_and_need_not_keep_out(held):
    who, holder = make.cast(), make.user("district_reviewer")
    silent = make.member(who.district, username="silent", name="路人")
    barred = make.member(who.district, "review", username="barred", name="唐莉")
    make.member(who.enterprise, username="barred")
    for person, words in (
        (silent, "路人没有办理这一件的权限。"),
        (make.user("union_decider"), "没有办理这一件的权限"),
        (barred, "唐莉是申报单位的人员，须回避。"),
        (holder, "不能委派给自己。"),
    ):
        with pytest.raises(NotReady, match=words):
            tasks.delegate(held, by=holder, to=person, at=NOW, question="？")


# ── 催办 ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_applicant_reminds_once_a_day(signed_in, held, clock):
    client = signed_in(make.user("applicant"))
    own = f"/applications/{held.public_id}/"
    assert client.get(own).context["may_remind"]
    assert client.post(f"{own}remind/").status_code == 302
    assert told(held, make.user("applicant"))[-1] == "催办渝北区总工会。"
    assert not client.get(own).context["may_remind"]
    again = client.post(f"{own}remind/")
    assert (again.status_code, "今日已催办" in text(again)) == (409, True)
    clock(NOW + timedelta(days=1))
    assert client.post(f"{own}remind/").status_code == 302


def test_whoever_sent_it_up_reminds_and_strangers_do_not(signed_in, held):
    assert signed_in(make.user("union_reviewer")).post(page(held, "remind/")).status_code == 302
    assert signed_in(make.user("city_decider")).post(page(held, "remind/")).status_code == 403
    event = Event.objects.get(stream=held.stream, action="remind")
    assert (event.office, event.role) == (make.cast().union, "review")


# ── Scope and grants ─────────────────────────────────────────────────────────────────────────────────────

PAGES = ("assign", "transfer", "delegate", "advise", "copy")
ACTS = ("claim", "release", "assign/withdraw", "take-back", "withdraw-delegation", "remind", *PAGES)


def test_another_districts_application_is_not_there_on_any_page_and_for_any_act(signed_in, held):
    other = make.cast("other")
    manager = make.member(other.district, "manage", username="other-manager")
    for user in (other.district_decider, other.union_decider, manager, other.applicant, make.user("expert1")):
        client = signed_in(user)
        assert {client.get(page(held, f"{act}/")).status_code for act in PAGES} == {404}
        assert {client.post(page(held, f"{act}/")).status_code for act in ACTS} == {404}
        assert client.post(f"/applications/{held.public_id}/remind/").status_code == 404
    assert Event.objects.filter(stream=held.stream).latest("sequence").action == "claim"


def test_the_applicant_has_none_of_the_reviewers_pages(signed_in, held):
    client = signed_in(make.user("applicant"))
    assert {client.get(page(held, f"{act}/")).status_code for act in PAGES} == {404}
    assert {client.post(page(held, f"{act}/")).status_code for act in ACTS} == {404}


def test_a_revoked_grant_stops_each_operation_already_on_screen(held, third):
    who, holder, decider = make.cast(), make.user("district_reviewer"), make.user("district_decider")
    tasks.delegate(held, by=holder, to=third, at=NOW, question="？")
    for user in (holder, decider, third, make.user("union_reviewer"), make.user("applicant")):
        for place in (who.district, who.union, who.enterprise):
            if place.memberships.filter(user=user, ended_at=None).exists():
                offices.set_grants(place, user, set(), by=SYSTEM, at=NOW)
    for operation in (
        lambda: tasks.claim(held, by=decider, at=NOW),
        lambda: tasks.release(held, by=holder, at=NOW),
        lambda: tasks.assign(held, by=decider, to=third, seen=holder, at=NOW),
        lambda: tasks.unassign(held, by=decider, at=NOW),
        lambda: tasks.transfer(held, by=holder, to=decider, at=NOW),
        lambda: tasks.take_back(held, by=decider, at=NOW),
        lambda: tasks.delegate(held, by=holder, to=decider, at=NOW, question="？"),
        lambda: tasks.advise(held, by=third, at=NOW, opinion="属实。"),
        lambda: tasks.withdraw_delegation(held, by=holder, at=NOW),
        lambda: tasks.remind(held, by=make.user("union_reviewer"), at=NOW),
        lambda: tasks.remind(held, by=make.user("applicant"), at=NOW),
    ):
        with pytest.raises(NotPermitted):
            operation()


@pytest.mark.parametrize("act", ["assign", "transfer", "delegate"])
def test_the_choice_of_people_costs_the_same_for_1_and_for_12(signed_in, held, act):
    user = make.user("district_decider" if act == "assign" else "district_reviewer")
    client = signed_in(user)

    def count():
        client.get(page(held, f"{act}/"))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page(held, f"{act}/")).status_code == 200
        return len(caught)

    few = count()
    for number in range(12):
        make.member(make.cast().district, "review", username=f"colleague{number}")
    assert count() == few


def test_what_a_substitute_takes_is_the_principals_and_both_pages_say_so(signed_in, third):
    application = make.application_in(State.DISTRICT_REVIEW)
    who, principal = make.cast(), make.user("district_reviewer")
    clerk = make.member(who.district, username="clerk", name="文静")
    Substitution.objects.create(
        office=who.district,
        principal=principal,
        substitute=clerk,
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=5),
        made_by=principal,
        made_at=NOW,
    )
    client = signed_in(clerk)
    assert client.post(page(application, "claim/")).status_code == 302
    assert work_of(application).assignee == principal
    shown = client.get(page(application))
    assert f"由您代{principal.name}持有" in text(shown)
    assert "transfer" in offered(shown)
    assert f"由{principal.name}持有，文静代" in text(signed_in(third).get(page(application)))
    assert client.post(page(application, "transfer/"), {"to": third.public_id}).status_code == 302
    assert (work_of(application).assignee, work_of(application).handed_by) == (third, principal)
