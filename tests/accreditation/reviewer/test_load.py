"""办理情况 and 均分: who has how much, how old it is, and spreading it evenly."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.queries import load as queries
from accreditation.services import review, spreading, tasks
from accreditation.services.recusals import recuse
from accreditation.services.substitutions import substitute
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.crowd import applications_in
from tests.page import parse
from workflows.models import Event, Task
from workflows.working_days import SHANGHAI

pytestmark = pytest.mark.django_db
LOADS, LOAD, SPREAD = "/load/", "/load/YB/", "/load/YB/spread/"


@pytest.fixture
def manager():
    return make.member(make.cast().district, "manage", username="manager", name="管事")


@pytest.fixture
def people():
    """The district's two, by names that sort."""
    who = make.cast()
    for user, name in ((who.district_decider, "甲"), (who.district_reviewer, "乙")):
        user.name = name
        user.save()
    return who.district_decider, who.district_reviewer


def waiting(number: int, **more):
    return [make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{n}", **more) for n in range(number)]


def holders(applications):
    return [one.tasks.get(closed_at=None).assignee for one in applications]


def moves(plan):
    return [(move.application.studio.name, move.to.name) for move in plan.moves]


# ── Who has how much ─────────────────────────────────────────────────────────────────────────────────────


def test_each_persons_load_is_counted(people, clock):
    first, second = people
    applications = waiting(4)
    for one in applications[:3]:
        tasks.claim(one, by=first, at=NOW)
    ids = [one.tasks.get(closed_at=None).pk for one in applications[:3]]
    Task.objects.filter(pk=ids[0]).update(due_at=NOW - timedelta(hours=1))
    Task.objects.filter(pk=ids[1]).update(due_at=NOW + timedelta(days=2))
    done = applications[3]
    review.send_back(done, by=second, at=NOW, expected_version=done.version, reason="请补正。")
    rows = queries.loads(make.cast().district, NOW + timedelta(hours=1))
    assert [(row.person.name, row.held, row.overdue, row.this_week, row.done) for row in rows] == [
        ("甲", 3, 1, 1, 0),
        ("乙", 0, 0, 0, 1),
    ]


def test_who_is_away_and_who_may_no_longer_work_is_said(people, manager, signed_in):
    first, second = people
    (application,) = waiting(1)
    tasks.claim(application, by=second, at=NOW)
    substitute(
        make.cast().district, principal=first, substitute=second, by=first, at=NOW,
        starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=3),
    )  # fmt: skip
    make.member(make.cast().district, username="district_reviewer")
    words = parse(signed_in(manager).get(LOAD)).one("main").words
    assert "由乙代理至9月5日" in words
    assert "已无本级权限" in words


def test_the_ages_are_counted_in_working_days_level_by_level():
    who = make.cast()
    applications = waiting(4)
    make.application_in(State.ENTERPRISE_REVIEW, leader_name="张毅")
    make.application_in(State.DISTRICT_REVIEW, who=make.cast("other"), leader_name="周亚平")
    days = {2: 0, 4: 1, 8: 2, 15: 3}  # from Wednesday 2 September back: 31 August, 27, 21, 12
    for one, back in zip(applications, days, strict=True):
        Task.objects.filter(object_id=one.pk, closed_at=None).update(opened_at=NOW - timedelta(days=back))
    levels = {age.name: age for age in queries.ages_by_level(who.district, NOW)}
    assert levels["district"].counts == (1, 1, 1, 1)
    assert levels["enterprise"].counts == (1, 0, 0, 0)
    below = [queries.age_of(row) for row in queries.ages_below(who.city, NOW)]
    assert [(age.name, age.whole) for age in below] == [
        ("渝北区总工会", 4), ("金山科技工会", 1), ("other渝北区总工会", 1),
    ]  # fmt: skip


def test_the_boundaries_of_an_age_leave_out_holidays():
    wednesday = NOW.astimezone(SHANGHAI).date()
    assert [(wednesday - queries.first_day_within(wednesday, days)).days for days in (0, 2, 3, 5, 10)] == [
        0, 2, 5, 7, 14,
    ]  # fmt: skip


def test_only_who_manages_the_office_sees_its_load(signed_in, manager):
    waiting(1)
    who, other = make.cast(), make.cast("other")
    assert signed_in(manager).get(LOADS).headers["Location"] == LOAD
    for user in (who.district_decider, who.union_decider, who.applicant, other.district_decider):
        assert [signed_in(user).get(one).status_code for one in (LOADS, LOAD, SPREAD)] == [404] * 3
        assert signed_in(user).post(SPREAD, {"moves": []}).status_code == 404
    assert signed_in(manager).get("/load/other-YB/").status_code == 404
    assert signed_in(who.city_decider).get("/load/CQ/").status_code == 200
    assert signed_in(who.city_decider).get(LOAD).status_code == 404
    both = make.member(other.district, "manage", username="manager")
    page = parse(signed_in(both).get(LOADS))
    assert [one["href"] for one in page.all("main li a")] == [LOAD, "/load/other-YB/"]


def test_the_page_costs_the_same_at_1_and_at_30_works(signed_in, manager, people):
    client = signed_in(manager)

    def cost(address):
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    applications = waiting(1)
    tasks.claim(applications[0], by=people[0], at=NOW)
    addresses = (LOAD, SPREAD, f"{SPREAD}?held=1")
    one = [cost(address) for address in addresses]
    applications += applications_in(State.DISTRICT_REVIEW, [f"张{n}" for n in range(29)])
    for application in applications[1:15]:
        tasks.claim(application, by=people[0], at=NOW)
    assert [cost(address) for address in addresses] == one


# ── Spreading ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_unclaimed_go_to_whoever_has_least_the_same_way_every_time(people):
    applications = waiting(5)
    tasks.claim(applications[0], by=people[0], at=NOW)
    plan = spreading.plan(make.cast().district, NOW)
    assert [(person.name, before, after) for person, before, after in plan.people] == [
        ("乙", 0, 3), ("甲", 1, 2),
    ]  # fmt: skip
    assert moves(plan) == moves(spreading.plan(make.cast().district, NOW))
    assert [to for _name, to in moves(plan)] == ["乙", "乙", "甲", "乙"]
    assert holders(applications) == [people[0], None, None, None, None]


def test_who_must_keep_out_has_not_declared_or_is_away_gets_nothing(people):
    first, second = people
    third = make.member(make.cast().district, "review", username="third", name="丙")
    one, two = waiting(2)
    recuse(one, by=first, at=NOW, reason="亲属在该单位。")
    second.declarations.all().delete()
    substitute(
        make.cast().district, principal=third, substitute=first, by=third, at=NOW,
        starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=3),
    )  # fmt: skip
    plan = spreading.plan(make.cast().district, NOW)
    assert moves(plan) == [(two.studio.name, "甲")]
    assert [(stuck.application, stuck.why) for stuck in plan.stuck] == [
        (one, "乙还没有申明利害关系；甲已对这一件回避。")
    ]
    assert [away.principal for away in plan.away] == [third]


def test_with_those_already_held_the_loads_become_even(people):
    first, second = people
    applications = waiting(5)
    for one in applications[:4]:
        tasks.claim(one, by=first, at=NOW)
    plan = spreading.plan(make.cast().district, NOW, with_held=True)
    assert [(person.name, after) for person, _before, after in plan.people] == [("乙", 2), ("甲", 3)]
    assert sorted((move.seen.name if move.seen else "", move.to.name) for move in plan.moves) == [
        ("", "乙"), ("甲", "乙"),
    ]  # fmt: skip
    tasks.delegate(applications[3], by=first, to=second, at=NOW, question="设备是否属实？")
    handed = [move.application for move in spreading.plan(make.cast().district, NOW, with_held=True).moves]
    assert applications[3] not in handed


def spread(client, address=SPREAD):
    page = parse(client.get(address))
    return client.post(SPREAD, {"moves": [one["value"] for one in page.all("main form [name=moves]")]})


def test_each_is_handed_out_with_its_own_event_and_can_be_taken_back(signed_in, manager, people):
    applications = waiting(3)
    client = signed_in(manager)
    answer = spread(client)
    assert [row["done"] for row in answer.context["done"]] == [True] * 3
    assert {one.name for one in holders(applications)} == {"甲", "乙"}
    events = [Event.objects.filter(stream=one.stream).latest("sequence") for one in applications]
    assert [(event.action, event.actor, event.role) for event in events] == [
        ("assign", manager, "manage")
    ] * 3
    form = parse(answer).one("form[action$='undo/']")
    undoing = [one["value"] for one in form.all("[name=moves]")]
    answer = client.post(form["action"], {"moves": undoing}, follow=True)
    assert "已收回3件" in answer.content.decode()
    assert holders(applications) == [None] * 3


def test_what_its_new_holder_has_begun_is_not_taken_back(signed_in, manager, people):
    applications = waiting(2)
    client = signed_in(manager)
    answer = spread(client)
    undoing = [one["value"] for one in parse(answer).one("form[action$='undo/']").all("[name=moves]")]
    begun = applications[0]
    holder = holders(applications)[0]
    review.send_back(begun, by=holder, at=NOW, expected_version=begun.version, reason="请补正。")
    answer = client.post(f"{SPREAD}undo/", {"moves": undoing})
    assert (answer.context["count"], [row["move"].application for row in answer.context["kept"]]) == (
        1,
        [begun],
    )
    assert f"{holder.name}已经开始办理，不能再收回" in answer.content.decode()
    assert holders(applications[1:]) == [None]
    assert make.fresh(begun).state == State.RETURNED_BY_DISTRICT


def test_what_somebody_took_meanwhile_is_refused_and_the_others_go_on(signed_in, manager, people):
    applications = waiting(2)
    client = signed_in(manager)
    page = parse(client.get(SPREAD))
    values = [one["value"] for one in page.all("[name=moves]")]
    planned = {value.partition(":")[0]: value for value in values}
    taken = applications[0]
    other = people[0] if str(people[1].public_id) in planned[str(taken.public_id)] else people[1]
    tasks.claim(taken, by=other, at=NOW)
    answer = client.post(SPREAD, {"moves": values})
    assert [row["title"] for row in answer.context["refused"]] == [f"这一件现在由{other.name}持有"]
    assert holders(applications)[0] == other
    assert holders(applications)[1] is not None


def test_works_of_another_office_are_not_handed_out(signed_in, manager, people):
    waiting(1)
    other = make.application_in(State.DISTRICT_REVIEW, who=make.cast("other"), leader_name="张永忠")
    value = f"{other.public_id}:{people[0].public_id}::"
    client = signed_in(manager)
    assert "张永忠" not in client.get(SPREAD).content.decode()
    answer = client.post(SPREAD, {"moves": [value]})
    assert (answer.context["done"], answer.context["refused"]) == ([], [])
    assert holders([other]) == [None]


def test_what_no_page_has_made_is_not_understood(signed_in, manager):
    client = signed_in(manager)
    for moves_ in ([], ["x"], ["1:2:3:4"]):
        assert client.post(SPREAD, {"moves": moves_}).headers["Location"] == SPREAD
    assert client.get(f"{SPREAD}undo/").status_code == 302
