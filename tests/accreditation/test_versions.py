"""Versions of the process and of the rubric: kept to the end, moved only on purpose, with nothing done twice."""

import copy
import itertools
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation import rubric as rubrics
from accreditation import versions
from accreditation.models import Application, Scorecard, SiteVisit
from accreditation.process import ReviewProcess, step
from accreditation.process_2026_2 import ReviewProcess20262
from accreditation.queries.rubrics import rubric_of, rubric_of_application
from accreditation.queries.standing import results
from accreditation.queries.timeline import entries
from accreditation.services import cycles, panel, review, signing
from accreditation.services.version_preview import preview
from accreditation.services.versions import Target, choose_versions, move, move_each
from accreditation.states import WITHDRAWABLE, State
from accreditation.versions import VERSIONS, Version, need_words, process_of
from tests import factories as make
from workflows.models import Event, Task
from workflows.refusals import NotPermitted, NotReady, Stale, WrongState
from workflows.signing import Plan, Terms

pytestmark = pytest.mark.django_db
REASON = "市总工会决定，考察前置。"
LATER = make.AT + 40 * make.STEP
VISITED = Target("2026-2")


def stricter():
    """Return a second rubric: marks in whole points, and 85 points for a city studio."""
    document = copy.deepcopy(rubrics.shipped())
    document["version"] = "2027-1"
    document["judging"]["mark_step"] = "1"
    document["pass_lines"]["total"] |= {"city": 85}
    return cycles.load_rubric(document, at=make.AT)


def choose(process="2026-2", rubric=None):
    cycle = make.cycle()
    return choose_versions(
        cycle, process_version=process, rubric=rubric or cycle.rubric, by=make.cast().city_decider, at=make.AT
    )


def moved(application, target=VISITED, **changes):
    said = {"by": make.cast().city_decider, "at": LATER, "expected_version": application.version} | changes
    return move(application, target, reason=REASON, **said)


def visit(application):
    return SiteVisit.objects.create(
        application=application, visited_on=make.AT.date(), people="考察组", findings="属实。",
        made_by=make.cast().city_decider, made_at=make.AT,
    )  # fmt: skip


def approve(application, **changes):
    said = {"by": make.cast().city_decider, "at": LATER, "expected_version": application.version} | changes
    return review.approve(application, reason="符合条件。", **said)


def untouched(application):
    """Return all that a move must leave as it is."""
    tasks = Task.objects.filter(object_id=application.pk).order_by("pk")
    cards = Scorecard.objects.filter(application=application).order_by("pk")
    return (
        application.state,
        application.state_since,
        application.revision_number,
        application.total,
        list(tasks.values()),
        list(cards.values()),
    )


# ── What is submitted keeps its versions ─────────────────────────────────────────────────────────────────


def test_what_is_submitted_keeps_the_versions_that_its_cycle_named_then():
    before = make.application_in(State.ENTERPRISE_REVIEW, leader_name="王金山")
    choose("2026-2", stricter())
    after = make.application_in(State.ENTERPRISE_REVIEW, leader_name="张毅")
    before = make.fresh(before)
    assert (before.process_version, before.rubric.version) == ("2026-1", "2026-1")
    assert (after.process_version, after.rubric.version) == ("2026-2", "2027-1")
    assert [type(process_of(one)) for one in (before, after)] == [ReviewProcess, ReviewProcess20262]
    facts = [json.loads(e.body)["facts"] for e in Event.objects.filter(action="submit").order_by("pk")]
    assert [(one["process"], one["rubric"]) for one in facts] == [("2026-1", "2026-1"), ("2026-2", "2027-1")]


def test_a_draft_follows_its_cycle_and_a_returned_application_does_not():
    returned = make.application_in(State.RETURNED_BY_DISTRICT, leader_name="王金山")
    draft = make.complete_draft(leader_name="张毅")
    choose("2026-2", stricter())
    draft, returned = make.fresh(draft), make.fresh(returned)
    assert (process_of(draft).code, rubric_of_application(draft).version) == ("2026-2", "2027-1")
    assert (process_of(returned).code, rubric_of_application(returned).version) == ("2026-1", "2026-1")
    make._submit(returned, make.cast(), LATER)
    again = make.fresh(returned)
    assert (again.process_version, again.rubric.version) == ("2026-1", "2026-1")


def test_choosing_versions_is_an_event_of_the_cycle_and_the_same_again_is_none():
    rubric = stricter()
    cycle = choose("2026-2", rubric)
    choose("2026-2", rubric)
    assert rubric_of(cycle).version == "2027-1"
    (event,) = Event.objects.filter(stream=cycle.stream, action="choose_versions")
    assert json.loads(event.body)["facts"] == {
        "process_from": "2026-1", "process_to": "2026-2", "rubric_from": "2026-1", "rubric_to": "2027-1",
    }  # fmt: skip


def test_only_who_decides_for_the_city_chooses_a_version_and_only_one_there_is():
    who = make.cast()
    with pytest.raises(NotPermitted):
        choose_versions(
            who.cycle, process_version="2026-2", rubric=who.cycle.rubric, by=who.district_decider, at=make.AT
        )
    with pytest.raises(NotReady):
        choose("2025-9")
    assert make.cycle().process_version == "2026-1"


# ── Judged to the end by the rubric of its submission ────────────────────────────────────────────────────


def test_an_application_is_judged_to_its_end_by_its_own_rubric_and_its_cards_never_change():
    old = make.application_in(State.PANEL_SCORING, leader_name="王金山")
    who = make.cast()
    half = make.full_marks() | {next(iter(make.full_marks())): Decimal("2.5")}
    said = {"expected_version": old.version, "comments": dict.fromkeys(half, "评语")}
    panel.score(old, by=who.experts[0], at=LATER, judged=half, **said)
    card = Scorecard.objects.get(application=old, expert=who.experts[0])
    choose("2026-1", stricter())
    panel.score(make.fresh(old), by=who.experts[1], at=LATER, judged=half, **said)
    panel.score(make.fresh(old), by=who.experts[2], at=LATER, judged=half, **said)
    panel.conclude(make.fresh(old), by=who.city_decider, at=LATER, expected_version=old.version)
    old = make.fresh(old)
    written = [json.loads(one.document) for one in old.scorecards.all()]
    assert {(one["rubric"], one["total"]) for one in written} == {("2026-1", written[0]["total"])}
    assert Scorecard.objects.get(pk=card.pk).sha256 == card.sha256
    assert results([old])[old.pk].rubric.version == "2026-1"
    approve(old)

    new = make.application_in(State.PANEL_SCORING, leader_name="张毅")
    with pytest.raises(NotReady, match="1分为一档"):
        panel.score(
            new,
            by=who.experts[0],
            at=LATER,
            judged=half,
            comments=said["comments"],
            expected_version=new.version,
        )
    new = make.score_by_all(new, who.experts, LATER)
    assert {json.loads(one.document)["rubric"] for one in new.scorecards.all()} == {"2027-1"}
    assert {pk: one.rubric.version for pk, one in results([make.fresh(old), _concluded(new)]).items()} == {
        old.pk: "2026-1", new.pk: "2027-1",
    }  # fmt: skip


def _concluded(application):
    who = make.cast()
    panel.conclude(application, by=who.city_decider, at=LATER, expected_version=application.version)
    return make.fresh(application)


# ── Version 2026-2 ───────────────────────────────────────────────────────────────────────────────────────


def test_by_2026_2_nothing_is_approved_before_the_site_was_visited():
    choose("2026-2")
    application = make.application_in(State.CITY_DECISION)
    with pytest.raises(NotReady, match="还没有考察记录"):
        approve(application)
    assert make.fresh(application).state == State.CITY_DECISION
    visit(application)
    event = approve(application)
    assert make.fresh(application).state == State.LISTED
    facts = json.loads(event.body)["facts"]
    assert (facts["site_visits"], facts["total"]) == (1, str(application.total))


def test_by_2026_1_a_visit_is_not_asked_for():
    application = make.application_in(State.LISTED)
    assert application.process_version == "2026-1"


def test_the_steps_of_the_first_version_are_not_those_of_the_second():
    first, second = (VERSIONS[code].steps_from(State.CITY_DECISION) for code in ("2026-1", "2026-2"))
    assert first.keys() == second.keys()
    assert len(second["approve"].conditions) == len(first["approve"].conditions) + 1


def test_every_condition_in_which_versions_differ_has_words():
    for before, after in itertools.pairwise(VERSIONS):
        for state in State:
            now, then = VERSIONS[before].steps_from(state), VERSIONS[after].steps_from(state)
            for name in now.keys() & then.keys():
                for need in set(now[name].conditions) ^ set(then[name].conditions):
                    assert need.__name__ in versions.NEEDS, need_words(need)


# ── Moving ───────────────────────────────────────────────────────────────────────────────────────────────

ON_THE_WAY = [
    State.ENTERPRISE_REVIEW, State.DISTRICT_REVIEW, State.CITY_INTAKE, State.PANEL_SCORING, State.CITY_DECISION,
    State.LISTED, State.PUBLIC_NOTICE, State.OBJECTION, State.NOTICE_ENDED, State.RETURNED_BY_ENTERPRISE,
    State.RETURNED_BY_DISTRICT, State.RETURNED_BY_CITY,
]  # fmt: skip


@pytest.mark.parametrize("state", ON_THE_WAY)
def test_a_move_changes_the_version_and_nothing_else_and_is_one_event(state):
    application = make.application_in(state)
    before, events = untouched(application), Event.objects.filter(stream=application.stream).count()
    event = moved(application)
    after = make.fresh(application)
    assert (after.process_version, after.rubric.version) == ("2026-2", "2026-1")
    assert untouched(after) == before
    assert Event.objects.filter(stream=application.stream).count() == events + 1
    assert (event.action, event.from_state, event.to_state) == ("move_version", state, state)
    assert json.loads(event.body)["facts"] == {
        "process_from": "2026-1", "process_to": "2026-2", "rubric_from": "2026-1", "rubric_to": "2026-1",
    }  # fmt: skip


def test_no_finished_step_is_taken_again_after_a_move():
    """A peer repeats finished steps when a step is moved (viewflow#238)."""
    application = make.application_in(State.DISTRICT_REVIEW)
    moved(application)
    way, states = list(make.BEFORE), [State.CITY_INTAKE, State.PANEL_SCORING, State.CITY_DECISION]
    for state in states:
        application = make.fresh(application)
        make.BEFORE[way[way.index(state)]][1](application, make.cast(), LATER)
    application = make.fresh(application)
    visit(application)
    approve(application)
    acts = list(
        Event.objects.filter(stream=application.stream).order_by("sequence").values_list("action", flat=True)
    )
    assert acts == [
        "start", "submit", "recommend", "move_version", "recommend", "convene", "score", "score", "score",
        "conclude", "approve",
    ]  # fmt: skip
    assert Task.objects.filter(object_id=application.pk, stage=State.DISTRICT_REVIEW).count() == 1


def test_the_timeline_says_what_was_moved_and_why():
    application = make.application_in(State.CITY_DECISION)
    moved(application)
    (entry,) = [
        one for one in entries(make.fresh(application), make.cast().applicant) if one.action == "move_version"
    ]
    assert (entry.text, entry.said) == ("流程2026-1改为2026-2，环节不变。", REASON)
    assert entry.actor == make.cast().city_decider.name


def test_moved_there_and_back_it_goes_on_as_before():
    application = make.application_in(State.CITY_DECISION)
    moved(application)
    moved(make.fresh(application), Target("2026-1"))
    approve(make.fresh(application))


def test_another_rubric_is_refused_once_cards_were_handed_in_by_the_old_one():
    application = make.application_in(State.PANEL_SCORING)
    target, who = Target(rubric=stricter()), make.cast()
    panel.score(
        application, by=who.experts[0], at=LATER, expected_version=application.version,
        judged=make.full_marks(), comments={},
    )  # fmt: skip
    with pytest.raises(NotReady, match="已有1张按评审标准2026-1交的评分卡"):
        moved(make.fresh(application), target)
    assert make.fresh(application).rubric.version == "2026-1"
    moved(make.fresh(application), Target("2026-2"))


def test_before_the_first_card_another_rubric_is_judged_by_from_then_on():
    application = make.application_in(State.PANEL_SCORING)
    who = make.cast()
    panel.save_card(application, by=who.experts[0], at=LATER, judged=make.full_marks(), comments={})
    moved(application, Target(rubric=stricter()))
    application = make.score_by_all(make.fresh(application), who.experts, LATER)
    assert {json.loads(one.document)["rubric"] for one in application.scorecards.all()} == {"2027-1"}


@pytest.mark.parametrize("state", [State.NAMED, State.REJECTED, State.WITHDRAWN])
def test_what_has_ended_is_not_moved(state):
    application = make.application_in(state)
    with pytest.raises(WrongState, match="已经办结"):
        moved(application)
    assert make.fresh(application).process_version == "2026-1"


def test_a_draft_is_not_moved_it_follows_its_cycle():
    with pytest.raises(WrongState, match="随批次的版本"):
        moved(make.complete_draft())


class WithoutObjections(ReviewProcess):
    """A version in which nobody objects: the state has no counterpart."""

    code = "2099-1"
    file_objection = dismiss_objection = uphold_objection = None

    @step(
        [state for state in WITHDRAWABLE if state != State.OBJECTION], State.WITHDRAWN,
        VERSIONS["2026-1"].steps_from(State.DRAFT)["withdraw"].permission, tasks="all",
    )  # fmt: skip
    def withdraw(self):
        """Take it back."""
        return super().withdraw.original()

    @step(State.DISTRICT_REVIEW, State.REJECTED,
          VERSIONS["2026-1"].steps_from(State.DISTRICT_REVIEW)["reject"].permission, tasks="own")  # fmt: skip
    def reject(self):
        """End it."""
        return super().reject.original()


@pytest.fixture
def without_objections(monkeypatch):
    monkeypatch.setitem(VERSIONS, "2099-1", Version(WithoutObjections, "不受理异议"))
    return Target("2099-1")


def test_a_state_without_a_counterpart_is_refused(without_objections):
    objected = make.application_in(State.OBJECTION, leader_name="王金山")
    waiting = make.application_in(State.LISTED, leader_name="张毅")
    with pytest.raises(WrongState, match="流程2099-1没有“异议处理”这一环节"):
        moved(objected, without_objections)
    assert make.fresh(objected).process_version == "2026-1"
    assert [one.state for one in preview([objected, waiting], without_objections)] == [None, State.LISTED]
    moved(waiting, without_objections)
    assert "withdraw" in VERSIONS["2099-1"].steps_from(State.LISTED)


def test_a_version_that_nobody_knows_is_refused():
    with pytest.raises(WrongState, match="流程2088-8没有"):
        moved(make.application_in(State.LISTED), Target("2088-8"))


@pytest.mark.parametrize(
    ("target", "changes", "refusal"),
    [
        (Target("2026-1"), {}, NotReady),
        (Target(), {}, NotReady),
        (Target("2026-2"), {"expected_version": 99}, Stale),
        (Target("2026-2"), {"by": "district_decider"}, NotPermitted),
        (Target("2026-2"), {"by": "expert1"}, NotPermitted),
        (Target("2026-2"), {"by": "applicant"}, NotPermitted),
    ],
)
def test_nothing_is_moved_in_vain_out_of_date_or_by_somebody_else(target, changes, refusal):
    application = make.application_in(State.CITY_DECISION)
    if "by" in changes:
        changes = {"by": make.user(changes["by"])}
    with pytest.raises(refusal):
        moved(application, target, **changes)
    assert make.fresh(application).process_version == "2026-1"


def test_without_a_reason_nothing_is_moved():
    application = make.application_in(State.CITY_DECISION)
    with pytest.raises(NotReady, match="写明理由"):
        move(
            application, Target("2026-2"), by=make.cast().city_decider, at=LATER,
            expected_version=application.version, reason=" ",
        )  # fmt: skip


def test_whoever_decides_on_a_page_from_before_the_move_is_told_of_the_move():
    application = make.application_in(State.CITY_DECISION)
    moved(application)
    with pytest.raises(Stale) as refusal:
        approve(make.fresh(application), expected_version=application.version)
    assert (refusal.value.action, refusal.value.by) == ("move_version", make.cast().city_decider)


def test_a_process_read_before_the_move_takes_no_step_after_it():
    application = make.application_in(State.CITY_DECISION)
    old = process_of(application)
    moved(application)
    with pytest.raises(Stale, match="改用流程2026-2"):
        old.locked()


def test_of_several_each_is_moved_by_itself_and_none_stops_another():
    who = make.cast()
    fine, gone, other = (
        make.application_in(State.CITY_DECISION, leader_name=name) for name in ("王金山", "张毅", "周亚平")
    )
    moved(gone)
    picked = [(one, one.version) for one in (fine, gone, other)]
    outcomes = move_each(picked, Target("2026-2"), by=who.city_decider, at=LATER, reason=REASON)
    assert [bool(one.refusal) for one in outcomes] == [False, True, False]
    assert set(Application.objects.values_list("process_version", flat=True)) == {"2026-2"}


# ── The preview ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_preview_says_what_changes_for_whom_and_writes_nothing():
    early = make.application_in(State.DISTRICT_REVIEW, leader_name="王金山")
    late = make.application_in(State.LISTED, leader_name="张毅")
    ended = make.application_in(State.REJECTED, leader_name="周亚平")
    events = Event.objects.count()
    first, second, third = preview([early, late, ended], Target("2026-2"))
    assert first.follows == ["“列入拟公示名单”新增条件：有实地考察记录。"]
    assert second.follows == ["退回重新办理时：“列入拟公示名单”新增条件：有实地考察记录。"]
    assert [(one.office.name, one.stage) for one in first.tasks] == [("渝北区总工会", "district_review")]
    assert (third.state, third.refusals) == (None, ["已经办结，不再改用其他版本。"])
    assert Event.objects.count() == events
    assert {one.process_before for one in (first, second, third)} == {"2026-1"}


def test_the_preview_counts_open_cards_and_what_a_returned_form_lacks():
    scored = make.application_in(State.PANEL_SCORING, leader_name="王金山")
    returned = make.application_in(State.RETURNED_BY_DISTRICT, leader_name="张毅", area=Decimal(1))
    document = copy.deepcopy(rubrics.shipped())
    document["version"] = "2027-1"
    document["requirements"]["members"] = 12
    first, second = preview([scored, returned], Target(rubric=cycles.load_rubric(document, at=make.AT)))
    assert first.follows == ["3张未交的评分卡按新标准评，已填的分数须核对。"]
    assert second.follows == ["按新标准，申报表还缺1项，重新提交时须补齐。"]


def test_the_preview_costs_the_same_for_one_and_for_many():
    applications = [make.application_in(State.CITY_INTAKE, leader_name=f"王{number}") for number in range(6)]
    read = Application.objects.select_related("cycle", "rubric", "studio", "city")
    target = Target("2026-2", stricter())
    preview(list(read.filter(pk=applications[0].pk)), target)

    def cost(chosen):
        with CaptureQueriesContext(connection) as queries:
            preview(chosen, target)
        return len(queries)

    assert cost(list(read.filter(pk=applications[0].pk))) == cost(list(read))


def test_a_decision_that_waits_for_signatures_goes_on_waiting_and_is_asked_the_new_conditions():
    who = make.cast()
    signer = make.member(who.city, "decide", username="signer")
    application = make.application_in(State.CITY_DECISION)
    plan = Plan([signer], "after", Terms("all"))
    round_ = signing.open_round(application, by=who.city_decider, at=LATER, plan=plan)
    approve(make.fresh(application))
    moved(make.fresh(application))
    visit(application)
    signing.sign(make.fresh(application), round_, by=signer, at=LATER, verdict="agree")
    assert make.fresh(application).state == State.LISTED
