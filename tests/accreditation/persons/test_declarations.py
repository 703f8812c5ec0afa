"""利害关系申明: once a cycle, before anything else; what it keeps from whom."""

from dataclasses import replace

import pytest

from accreditation.models import Declaration
from accreditation.permissions import may_score
from accreditation.queries.declarations import declaring, enterprises, enterprises_declared, told, undeclared
from accreditation.services import panel, review, tasks
from accreditation.services.declarations import declare
from accreditation.states import State
from accreditation.work import may_work
from tests import factories as make
from tests.accreditation.persons.conftest import NOW, naming_of, work_of
from workflows.ledger.chain import written
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady

pytestmark = pytest.mark.django_db


@pytest.fixture
def who():
    cast = make.cast()
    Declaration.objects.all().delete()
    return cast


def declare_all(who):
    make.declare(
        [who.union_decider, who.district_decider, who.district_reviewer, who.city_decider, *who.experts],
        [who.cycle],
    )


def event_of(user):
    return Event.objects.filter(action="declare", actor=user).latest("sequence")


def test_nothing_is_claimed_decided_or_scored_before(who):
    declare_all(who)
    waiting = make.application_in(State.DISTRICT_REVIEW)
    scoring = make.application_in(State.PANEL_SCORING, leader_name="张毅")
    Declaration.objects.all().delete()
    expert, decider = who.experts[0], who.district_decider
    for refused in (
        lambda: tasks.claim(waiting, by=decider, at=NOW),
        lambda: review.recommend(
            waiting, by=decider, at=NOW, expected_version=waiting.version, reason="同意"
        ),
        lambda: panel.score(
            scoring, by=expert, at=NOW, expected_version=scoring.version,
            judged=make.full_marks(), comments={},
        ),
    ):  # fmt: skip
        with pytest.raises(NotPermitted) as refusal:
            refused()
        assert (refusal.value.code, refusal.value.reason) == ("undeclared", "先申明您在本批次的利害关系。")
    for user in (expert, decider):
        declare(who.cycle, interests={}, by=user, at=NOW)
    assert may_score(scoring, expert)
    tasks.claim(waiting, by=decider, at=NOW)
    assert work_of(waiting).assignee == decider


def test_a_declaration_is_an_event_of_the_cycle_with_the_codes_and_without_the_notes(who):
    declare(who.cycle, interests={who.enterprise: " 配偶在该单位任职 "}, by=who.district_decider, at=NOW)
    event = event_of(who.district_decider)
    assert event.stream == who.cycle.stream
    assert written(event.body)["facts"] == {"enterprises": [who.enterprise.code], "amended": False}
    assert "配偶" not in event.body
    assert event.personal["reason"] == f"{who.enterprise.name}：配偶在该单位任职"
    assert enterprises_declared(who.cycle, who.district_decider) == {who.enterprise.pk: "配偶在该单位任职"}
    assert told([event]) == [(NOW, f"申明与1个单位有利害关系：{who.enterprise.name}。")]


def test_it_is_amended_both_ways_and_saying_the_same_again_changes_nothing(who):
    other = make.enterprise("YB-E2", "示例仪表厂", who.union)
    by = {"by": who.district_decider, "at": NOW}
    assert declare(who.cycle, interests={}, **by)
    assert declare(who.cycle, interests={}, **by) is None
    assert declare(who.cycle, interests={who.enterprise: "", other: "同学"}, **by)
    assert declare(who.cycle, interests={other: "同学"}, **by)
    assert enterprises_declared(who.cycle, who.district_decider) == {other.pk: "同学"}
    facts = [written(event.body)["facts"] for event in Event.objects.filter(action="declare").order_by("pk")]
    assert [(one["enterprises"], one["amended"]) for one in facts] == [
        ([], False), (["YB-E", "YB-E2"], True), (["YB-E2"], True),
    ]  # fmt: skip


def test_an_interest_bars_from_that_enterprise_alone(who):
    declare_all(who)
    own = make.application_in(State.DISTRICT_REVIEW)
    elsewhere = make.enterprise("YB-E2", "示例仪表厂", who.union)
    people = replace(who, enterprise=elsewhere, applicant=make.member(elsewhere, "apply"))
    other = make.application_in(State.DISTRICT_REVIEW, who=people, leader_name="张毅")
    declare(who.cycle, interests={who.enterprise: ""}, by=who.district_decider, at=NOW)
    assert may_work(own, who.district_decider).code == "interest"
    assert may_work(other, who.district_decider)
    declare(who.cycle, interests={}, by=who.district_decider, at=NOW)
    assert may_work(own, who.district_decider)


def test_what_one_holds_of_a_declared_enterprise_goes_back_and_the_office_above_is_asked(who):
    declare_all(who)
    held = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(held, by=who.district_decider, at=NOW)
    declare(who.cycle, interests={who.enterprise: ""}, by=who.district_decider, at=NOW)
    assert work_of(held).assignee is None
    assert naming_of(held).office == who.city
    actions = Event.objects.filter(stream=held.stream).order_by("sequence").values_list("action", flat=True)
    assert list(actions)[-3:] == ["claim", "step_aside", "ask_above"]


def test_an_expert_who_declares_an_interest_has_left_the_panel(who):
    declare_all(who)
    scoring = make.application_in(State.PANEL_SCORING)
    declare(who.cycle, interests={who.enterprise: ""}, by=who.experts[0], at=NOW)
    assert scoring.tasks.get(assignee=who.experts[0]).outcome == "recused"
    assert may_score(scoring, who.experts[0]).code == "interest"


def test_applicants_strangers_and_bodies_that_are_no_enterprises_are_refused(who):
    stranger = make.member(make.enterprise("X-E", "示例医院", who.union), "apply")
    for user in (who.applicant, stranger):
        assert list(declaring(user, NOW)) == []
        with pytest.raises(NotPermitted):
            declare(who.cycle, interests={}, by=user, at=NOW)
    with pytest.raises(NotReady):
        declare(who.cycle, interests={who.union: ""}, by=who.district_decider, at=NOW)
    with pytest.raises(NotReady):
        declare(who.cycle, interests={who.enterprise: "长" * 121}, by=who.district_decider, at=NOW)


def test_what_is_still_missing_is_known_by_cycle(who):
    assert undeclared(who.district_decider, [who.cycle.pk]) == [who.cycle]
    assert undeclared(who.district_decider, []) == []
    declare(who.cycle, interests={}, by=who.district_decider, at=NOW)
    assert undeclared(who.district_decider, [who.cycle.pk]) == []


def test_the_enterprises_that_apply_in_ones_scope_are_offered_and_all_are_found_by_name(who):
    declare_all(who)
    make.application_in(State.DISTRICT_REVIEW)
    other = make.cast("other")
    make.declare([other.union_decider, other.district_decider], [who.cycle])
    make.application_in(State.DISTRICT_REVIEW, who=other, leader_name="张毅")
    offered = [one.organisation for one in enterprises(who.cycle, who.district_decider, "", NOW, 30)]
    assert offered == [who.enterprise]
    found = enterprises(who.cycle, who.district_decider, "金山", NOW, 30)
    assert [(one.organisation, one.applies) for one in found] == [
        (who.enterprise, True), (other.enterprise, False),
    ]  # fmt: skip
