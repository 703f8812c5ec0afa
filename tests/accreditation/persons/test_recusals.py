"""回避: what is let go, who is asked then, and whom the office above names."""

from datetime import timedelta

import pytest

from accreditation.models import Declaration
from accreditation.permissions import DECIDE, grants_on, may_score
from accreditation.queries.appointments import candidates, nobody_left
from accreditation.queries.panel import seats
from accreditation.queries.timeline import entries
from accreditation.scope import visible_applications
from accreditation.services import panel, review, signing, tasks
from accreditation.services.appointments import appoint, ask_above
from accreditation.services.offices import end_membership, set_grants
from accreditation.services.recusals import recuse
from accreditation.states import State
from accreditation.work import may_work
from tests import factories as make
from tests.accreditation.persons.conftest import NOW, naming_of, work_of
from workflows.actors import SYSTEM
from workflows.models import Appointment, Event, Recusal, SigningRound, Task
from workflows.refusals import NotPermitted, NotReady, WrongState
from workflows.signing import Plan, Terms

pytestmark = pytest.mark.django_db
WHY = "领军人物是我的师傅。"


@pytest.fixture
def who():
    return make.cast()


@pytest.fixture
def waiting(who):
    return make.application_in(State.DISTRICT_REVIEW)


def actions(application):
    return list(
        Event.objects.filter(stream=application.stream).order_by("sequence").values_list("action", flat=True)
    )


# ── Recusing ─────────────────────────────────────────────────────────────────────────────────────────────


def test_who_recuses_lets_go_of_the_work_and_never_gets_it_again(who, waiting):
    other = make.member(who.district, "decide")
    tasks.claim(waiting, by=who.district_decider, at=NOW)
    recuse(waiting, by=who.district_decider, at=NOW, reason=WHY)
    assert work_of(waiting).assignee is None
    assert may_work(waiting, who.district_decider).code == "recused"
    with pytest.raises(NotPermitted):
        tasks.claim(waiting, by=who.district_decider, at=NOW)
    with pytest.raises(WrongState):
        recuse(waiting, by=who.district_decider, at=NOW, reason=WHY)
    assert may_work(waiting, other)
    assert naming_of(waiting) is None
    assert actions(waiting)[-2:] == ["claim", "recuse"]
    entry = entries(waiting, other)[-1]
    assert (entry.actor, entry.office, entry.text, entry.said) == (
        who.district_decider.name, who.district.name, "回避，不再办理这一件。", WHY,
    )  # fmt: skip


def test_the_applicant_and_other_levels_do_not_read_of_it(who, waiting):
    make.member(who.district, "decide")
    recuse(waiting, by=who.district_decider, at=NOW, reason=WHY)
    for reader in (who.applicant, who.union_decider, who.city_decider):
        assert "recuse" not in [entry.action for entry in entries(waiting, reader)]


def test_a_reason_is_needed_and_nothing_is_half_done(who, waiting):
    tasks.claim(waiting, by=who.district_decider, at=NOW)
    with pytest.raises(NotReady):
        recuse(waiting, by=who.district_decider, at=NOW, reason="  ")
    assert work_of(waiting).assignee == who.district_decider
    assert not Recusal.objects.exists()


def test_only_who_has_to_do_with_it_now_recuses(who, waiting):
    for stranger in (who.applicant, who.union_decider, who.city_decider, who.experts[0]):
        with pytest.raises(NotPermitted):
            recuse(waiting, by=stranger, at=NOW, reason=WHY)


def test_asked_advice_is_no_longer_waited_for(who, waiting):
    tasks.claim(waiting, by=who.district_decider, at=NOW)
    tasks.delegate(waiting, by=who.district_decider, to=who.district_reviewer, at=NOW, question="如何")
    recuse(waiting, by=who.district_reviewer, at=NOW, reason=WHY)
    advice = Task.objects.get(kind=Task.Kind.ADVICE)
    assert (advice.outcome, advice.closed_by) == ("recused", who.district_reviewer)
    assert work_of(waiting).hold == ""
    review.recommend(
        waiting, by=who.district_decider, at=NOW, expected_version=waiting.version, reason="同意推荐"
    )


def test_an_expert_leaves_the_panel_and_the_seat_says_so(who):
    scoring = make.application_in(State.PANEL_SCORING)
    leaver, *others = who.experts
    recuse(scoring, by=leaver, at=NOW, reason=WHY)
    assert not may_score(scoring, leaver)
    assert scoring.tasks.get(assignee=leaver).outcome == "recused"
    assert [(seat.user, seat.has_left) for seat in seats(scoring)] == [
        (leaver, True), *((other, False) for other in others),
    ]  # fmt: skip
    make.score_by_all(scoring, others, NOW)
    with pytest.raises(NotReady):
        panel.conclude(scoring, by=who.city_decider, at=NOW, expected_version=scoring.version)
    with pytest.raises(NotReady):
        panel.convene(
            scoring, by=who.city_decider, at=NOW, expected_version=scoring.version, experts=[leaver]
        )
    added = make.expert(username="expert9")
    panel.convene(scoring, by=who.city_decider, at=NOW, expected_version=scoring.version, experts=[added])
    make.score_by_all(scoring, [added], NOW)
    panel.conclude(scoring, by=who.city_decider, at=NOW, expected_version=scoring.version)
    assert make.fresh(scoring).state == State.CITY_DECISION


# ── Nobody left ──────────────────────────────────────────────────────────────────────────────────────────


def test_where_nobody_is_left_to_decide_the_office_above_is_asked_once(who, waiting):
    recuse(waiting, by=who.district_decider, at=NOW, reason=WHY)
    naming = naming_of(waiting)
    assert (naming.office, naming.part_of, naming.assignee) == (who.city, work_of(waiting), None)
    assert actions(waiting)[-2:] == ["recuse", "ask_above"]
    assert Event.objects.get(action="ask_above").actor is None
    recuse(waiting, by=who.district_reviewer, at=NOW, reason=WHY)
    assert ask_above(NOW) == 0
    assert actions(waiting).count("ask_above") == 1
    assert entries(waiting, who.city_decider)[-1].text == f"没有人可以决定，请{who.city.name}指定办理人。"


def test_the_city_asks_its_own(who):
    application = make.application_in(State.CITY_INTAKE)
    recuse(application, by=who.city_decider, at=NOW, reason=WHY)
    assert naming_of(application).office == who.city
    with pytest.raises(NotPermitted):
        appoint(application, user=who.experts[0], by=who.city_decider, at=NOW)
    manager = make.member(who.city, "manage")
    appoint(application, user=who.experts[0], by=manager, at=NOW)
    assert may_work(application, who.experts[0])


def test_due_work_finds_offices_without_anybody(who, waiting):
    assert ask_above(NOW) == 0
    grants_on(who.district_decider.pk, [DECIDE], who.district.pk).delete()
    assert nobody_left(waiting)
    assert (ask_above(NOW), ask_above(NOW)) == (1, 0)
    assert naming_of(waiting).office == who.city


def test_due_work_asks_for_those_only_whose_every_decider_is_barred(who, waiting):
    other = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    elsewhere = make.application_in(State.DISTRICT_REVIEW, who=make.cast("other"), leader_name="周亚平")
    Recusal.objects.create(user=who.district_decider, office=who.district, subject=waiting, at=NOW)
    assert ask_above(NOW) == 1
    assert [bool(naming_of(one)) for one in (waiting, other, elsewhere)] == [True, False, False]


def test_who_has_only_not_declared_yet_is_still_somebody(who, waiting):
    Declaration.objects.filter(user=who.district_decider).delete()
    assert not nobody_left(waiting)
    assert ask_above(NOW) == 0


# ── Naming ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asked(who, waiting):
    recuse(waiting, by=who.district_decider, at=NOW, reason=WHY)
    return make.fresh(waiting)


def test_the_office_above_names_somebody_who_then_decides_for_the_office_below(who, asked):
    named = make.member(who.city, "review", username="named", name="秦岚")
    assert not visible_applications(named).filter(pk=asked.pk).exists()
    appoint(asked, user=named, by=who.city_decider, at=NOW, reason="熟悉行业")
    assert work_of(asked).assignee == named
    assert naming_of(asked) is None
    assert visible_applications(named).filter(pk=asked.pk).exists()
    told = entries(asked, named)[-1]
    assert (told.text, told.said, told.office) == ("指定秦岚办理。", "熟悉行业", who.city.name)
    event = review.recommend(asked, by=named, at=NOW, expected_version=asked.version, reason="同意推荐")
    assert event.office == who.district
    assert make.fresh(asked).state == State.CITY_INTAKE
    named_for_city = make.member(who.city, "review", "decide", username="named")
    assert may_work(make.fresh(asked), named_for_city).code == "earlier"


def test_candidates_are_the_people_of_both_offices_and_the_barred_say_why(who, asked):
    make.member(who.enterprise, username="expert2")
    found = {one.user.username: (one.barred, one.is_of_office) for one in candidates(asked)}
    assert found == {
        "city_decider": ("", False),
        "expert1": ("", False),
        "expert3": ("", False),
        "district_reviewer": ("", True),
        "expert2": ("是申报单位的人员，须回避", False),
        "district_decider": ("已对这一件回避", True),
    }
    for username, field in (("expert2", "user"), ("district_decider", "user"), ("union_reviewer", "user")):
        with pytest.raises(NotReady) as refusal:
            appoint(asked, user=make.user(username), by=who.city_decider, at=NOW)
        assert [problem.field for problem in refusal.value.problems] == [field]


def test_only_who_decides_or_manages_above_and_has_no_interest_names(who, asked):
    for stranger in (who.experts[0], who.district_reviewer, make.member(who.district, "manage")):
        with pytest.raises(NotPermitted):
            appoint(asked, user=who.district_reviewer, by=stranger, at=NOW)
    make.member(who.enterprise, username="city_decider")
    with pytest.raises(NotPermitted) as refusal:
        appoint(asked, user=who.district_reviewer, by=who.city_decider, at=NOW)
    assert refusal.value.code == "own"


def test_nobody_is_named_where_the_office_can_decide_itself(who):
    application = make.application_in(State.DISTRICT_REVIEW)
    with pytest.raises(WrongState):
        appoint(application, user=who.district_reviewer, by=who.city_decider, at=NOW)


def test_another_is_named_as_long_as_the_first_has_decided_nothing(who, asked):
    appoint(asked, user=who.experts[0], by=who.city_decider, at=NOW)
    with pytest.raises(WrongState):
        appoint(asked, user=who.experts[0], by=who.city_decider, at=NOW)
    appoint(asked, user=who.experts[1], by=who.city_decider, at=NOW)
    assert work_of(asked).assignee == who.experts[1]
    assert not may_work(asked, who.experts[0])
    assert not visible_applications(who.experts[0]).filter(pk=asked.pk).exists()
    assert Appointment.objects.filter(ended_at=None).get().user == who.experts[1]
    review.send_back(
        asked, by=who.experts[1], at=NOW + timedelta(hours=1), expected_version=asked.version, reason="补正"
    )
    with pytest.raises(WrongState):
        appoint(make.fresh(asked), user=who.experts[0], by=who.city_decider, at=NOW)


def test_if_who_was_named_recuses_as_well_the_office_above_is_asked_again(who, asked):
    appoint(asked, user=who.experts[0], by=who.city_decider, at=NOW)
    recuse(asked, by=who.experts[0], at=NOW, reason=WHY)
    assert naming_of(asked).office == who.city
    appoint(asked, user=who.experts[1], by=who.city_decider, at=NOW)
    assert may_work(asked, who.experts[1])


def test_a_signer_who_recuses_leaves_the_round_and_the_others_go_on(who, waiting):
    others = [make.member(who.district, "review") for _number in range(2)]
    tasks.claim(waiting, by=who.district_decider, at=NOW)
    plan = Plan(others, SigningRound.Placement.BEFORE, Terms(SigningRound.Mode.ALL))
    signing_round = signing.open_round(waiting, by=who.district_decider, at=NOW, plan=plan)
    recuse(waiting, by=others[0], at=NOW, reason=WHY)
    assert [one.signer for one in signing_round.signatures.filter(removed_at=None)] == [others[1]]
    signing.sign(waiting, signing_round, by=others[1], at=NOW, verdict="agree")
    signing_round.refresh_from_db()
    assert (signing_round.state, work_of(waiting).hold) == (SigningRound.State.PASSED, "")


@pytest.mark.parametrize("mode", [SigningRound.Mode.ALL, SigningRound.Mode.VOTE])
def test_a_round_that_its_last_or_a_needed_signer_leaves_is_cancelled(who, waiting, mode):
    signers = [make.member(who.district, "review") for _number in range(1 if mode == "all" else 2)]
    tasks.claim(waiting, by=who.district_decider, at=NOW)
    plan = Plan(signers, SigningRound.Placement.BEFORE, Terms(mode, threshold=len(signers)))
    signing_round = signing.open_round(waiting, by=who.district_decider, at=NOW, plan=plan)
    recuse(waiting, by=signers[0], at=NOW, reason=WHY)
    signing_round.refresh_from_db()
    assert (signing_round.state, work_of(waiting).hold) == (SigningRound.State.CANCELLED, "")
    assert not Task.objects.filter(kind=Task.Kind.SIGNATURE, closed_at=None).exists()


def test_the_request_lapses_when_somebody_of_the_office_can_decide_after_all(who, asked):
    helper = make.member(who.district, "decide")
    review.recommend(asked, by=helper, at=NOW, expected_version=asked.version, reason="同意推荐")
    assert Task.objects.get(kind=Task.Kind.NAMING).outcome == "lapsed"


def test_asking_above_does_not_keep_the_level_below_from_taking_its_decision_back(who):
    application = make.application_in(State.DISTRICT_REVIEW)
    grants_on(who.district_decider.pk, [DECIDE], who.district.pk).delete()
    assert ask_above(NOW) == 1
    review.recall(application, by=who.union_decider, at=NOW, expected_version=application.version)
    assert make.fresh(application).state == State.ENTERPRISE_REVIEW
    assert naming_of(application) is None


@pytest.mark.parametrize("left", ["membership", "grant"])
def test_who_was_named_and_may_judge_no_more_has_neither_the_work_nor_the_page(who, asked, left):
    named = make.member(who.city, "review", username="named", name="秦岚")
    appoint(asked, user=named, by=who.city_decider, at=NOW)
    if left == "membership":
        end_membership(who.city, named, by=SYSTEM, at=NOW)
    else:
        set_grants(who.city, named, set(), by=SYSTEM, at=NOW)
    assert not may_work(asked, named)
    assert not visible_applications(named).filter(pk=asked.pk).exists()
    with pytest.raises(NotPermitted):
        review.recommend(asked, by=named, at=NOW, expected_version=asked.version, reason="同意推荐")
    assert ask_above(NOW) == 1
    appoint(asked, user=who.experts[0], by=who.city_decider, at=NOW)
    assert work_of(asked).assignee == who.experts[0]
