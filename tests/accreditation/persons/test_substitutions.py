"""代理: who may set it, for when, and what a substitute can and cannot do."""

from datetime import datetime, timedelta

import pytest

from accreditation.bars import words
from accreditation.models import Declaration, Interest
from accreditation.permissions import AtLevel, grants_on
from accreditation.queries.substitutions import standing_of
from accreditation.scope import visible_applications
from accreditation.services import panel, review, tasks
from accreditation.services.offices import end_membership
from accreditation.services.recusals import recuse
from accreditation.services.substitutions import end_substitution, substitute
from accreditation.states import Level, State
from accreditation.work import acting_as, may_work
from tests import factories as make
from tests.accreditation.persons.conftest import NOW, TODAY, away, work_of
from workflows.actors import SYSTEM, Substitute
from workflows.ledger.chain import written
from workflows.models import Event, Substitution
from workflows.refusals import NotPermitted, NotReady, WrongState
from workflows.working_days import SHANGHAI

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def who():
    return make.cast()


@pytest.fixture
def standin(who):
    """A member of the district without any grant."""
    return make.member(who.district, username="standin", name="王芳")


@pytest.fixture
def held(who):
    """An application that the district's decider holds."""
    application = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(application, by=who.district_decider, at=NOW)
    return application


def acting(user, application, at=NOW):
    actor = acting_as(user, application, at)
    return actor, may_work(application, actor)


def codes(refusal):
    return [problem.field for problem in refusal.value.problems]


# ── Setting it ───────────────────────────────────────────────────────────────────────────────────────────


def test_whole_days_in_shanghai_are_stood_in_for_and_the_office_keeps_an_event(who, standin):
    made = away(who.district_decider, standin, who.district, first=TODAY, last=TODAY + DAY)
    assert made.starts_at == datetime(2026, 9, 2, tzinfo=SHANGHAI)
    assert made.ends_at == datetime(2026, 9, 4, tzinfo=SHANGHAI)
    event = Event.objects.get(stream=who.district.stream, action="substitute")
    assert written(event.body)["facts"] | {"starts_at": "", "ends_at": ""} == {
        "substitution": str(made.public_id),
        "member": str(who.district_decider.public_id),
        "substitute": str(standin.public_id),
        "starts_at": "",
        "ends_at": "",
    }
    assert event.personal["reason"] == "出差"


def test_a_manager_sets_it_for_others_and_nobody_else_does(who, standin):
    manager = make.member(who.district, "manage")
    above = make.member(who.city, "manage")
    days = {"starts_on": TODAY, "ends_on": TODAY, "at": NOW}
    for by in (manager, above):
        made = substitute(who.district, principal=who.district_decider, substitute=standin, by=by, **days)
        end_substitution(made, by=by, at=NOW)
    for stranger in (who.district_reviewer, standin, who.union_decider, make.member(who.union, "manage")):
        with pytest.raises(NotPermitted):
            substitute(who.district, principal=who.district_decider, substitute=standin, by=stranger, **days)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"substitute": "principal"}, "substitute"),
        ({"substitute": "stranger"}, "substitute"),
        ({"substitute": "inactive"}, "substitute"),
        ({"starts_on": TODAY - DAY}, "starts_on"),
        ({"ends_on": TODAY - DAY}, "ends_on"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(who, standin, change, field):
    people = {"principal": who.district_decider, "stranger": who.union_decider}
    people["inactive"] = make.member(who.district)
    people["inactive"].is_active = False
    people["inactive"].save()
    wanted = {"substitute": standin, "starts_on": TODAY, "ends_on": TODAY + DAY} | change
    wanted["substitute"] = people.get(wanted["substitute"], wanted["substitute"])
    with pytest.raises(NotReady) as refusal:
        substitute(who.district, principal=who.district_decider, by=who.district_decider, at=NOW, **wanted)
    assert codes(refusal) == [field]
    assert not Substitution.objects.exists()


def test_the_cards_of_experts_are_personal(who):
    expert, other = who.experts[:2]
    with pytest.raises(NotReady) as refusal:
        away(expert, other, who.city)
    assert codes(refusal) == ["principal"]


def test_periods_of_one_person_do_not_overlap_in_one_office(who, standin):
    away(who.district_decider, standin, who.district, first=TODAY + DAY, last=TODAY + 3 * DAY)
    for first, last in ((1, 1), (3, 5), (0, 1), (0, 9), (2, 2)):
        with pytest.raises(NotReady):
            away(
                who.district_decider,
                who.district_reviewer,
                who.district,
                first=TODAY + first * DAY,
                last=TODAY + last * DAY,
            )
    away(who.district_decider, standin, who.district, first=TODAY + 4 * DAY, last=TODAY + 5 * DAY)
    away(who.district_decider, standin, who.district, first=TODAY, last=TODAY)


def test_whoever_is_away_is_not_chosen_as_a_substitute(who, standin):
    away(who.district_reviewer, standin, who.district)
    with pytest.raises(NotReady) as refusal:
        away(who.district_decider, who.district_reviewer, who.district)
    assert codes(refusal) == ["substitute"]


def test_principal_substitute_and_manager_end_it_early_and_others_do_not(who, standin):
    manager = make.member(who.district, "manage")
    for by in (who.district_decider, standin, manager):
        made = away(who.district_decider, standin, who.district)
        with pytest.raises(NotPermitted):
            end_substitution(made, by=who.district_reviewer, at=NOW)
        end_substitution(made, by=by, at=NOW)
        made.refresh_from_db()
        assert standing_of(made, NOW) == "over"
        with pytest.raises(WrongState):
            end_substitution(made, by=by, at=NOW)
    assert Event.objects.filter(stream=who.district.stream, action="end_substitution").count() == 3


# ── Acting ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_substitute_sees_and_decides_what_the_principal_holds_and_the_record_says_for_whom(
    who, standin, held
):
    assert not visible_applications(standin).filter(pk=held.pk).exists()
    away(who.district_decider, standin, who.district)
    assert visible_applications(standin).filter(pk=held.pk).exists()
    actor, verdict = acting(standin, held)
    assert (actor, bool(verdict)) == (Substitute(standin, who.district_decider, NOW), True)
    event = review.recommend(held, by=actor, at=NOW, expected_version=held.version, reason="同意推荐")
    assert event.actor == standin
    assert written(event.body)["facts"]["for"] == f"user/{who.district_decider.public_id}"
    assert event.personal["principal"] == who.district_decider.name
    assert make.fresh(held).state == State.CITY_INTAKE


def test_a_substitute_claims_for_the_principal_what_nobody_holds(who, standin):
    application = make.application_in(State.DISTRICT_REVIEW)
    away(who.district_decider, standin, who.district)
    actor, verdict = acting(standin, application)
    assert verdict
    tasks.claim(application, by=actor, at=NOW)
    assert work_of(application).assignee == who.district_decider


def test_a_substitute_with_a_grant_acts_in_their_own_name_where_nobody_holds_it(who):
    application = make.application_in(State.DISTRICT_REVIEW)
    away(who.district_decider, who.district_reviewer, who.district)
    assert acting_as(who.district_reviewer, application, NOW) == who.district_reviewer
    tasks.claim(application, by=who.district_decider, at=NOW)
    assert acting_as(who.district_reviewer, application, NOW) == Substitute(
        who.district_reviewer, who.district_decider, NOW
    )


def not_begun(who, standin, _held):
    away(who.district_decider, standin, who.district, first=TODAY + DAY, last=TODAY + 2 * DAY)


def ended_early(who, standin, _held):
    end_substitution(away(who.district_decider, standin, who.district), by=standin, at=NOW)


def over(who, standin, _held):
    made = away(who.district_decider, standin, who.district)
    Substitution.objects.filter(pk=made.pk).update(starts_at=NOW - 9 * DAY, ends_at=NOW - DAY)


def principal_without_grant(who, standin, _held):
    away(who.district_decider, standin, who.district)
    grants_on(who.district_decider.pk, ["review", "decide"], who.district.pk).delete()


def principal_inactive(who, standin, _held):
    away(who.district_decider, standin, who.district)
    who.district_decider.is_active = False
    who.district_decider.save()


def substitute_inactive(who, standin, _held):
    away(who.district_decider, standin, who.district)
    standin.is_active = False
    standin.save()


def substitute_left(who, standin, _held):
    away(who.district_decider, standin, who.district)
    end_membership(who.district, standin, by=SYSTEM, at=NOW)


def own_of_substitute(who, standin, _held):
    away(who.district_decider, standin, who.district)
    make.member(who.enterprise, username="standin")


def own_of_principal(who, standin, _held):
    away(who.district_decider, standin, who.district)
    make.member(who.union, username="district_decider")


def earlier_of_substitute(who, standin, held):
    away(who.district_decider, standin, who.district)
    acted_at_the_union(who, held, standin)


def earlier_of_principal(who, standin, held):
    away(who.district_decider, standin, who.district)
    acted_at_the_union(who, held, who.district_decider)


def acted_at_the_union(who, held, user):
    last = Event.objects.filter(stream=held.stream, action="recommend").get()
    Event.objects.bulk_create(
        [
            Event(
                stream=held.stream,
                sequence=900,
                action="recommend",
                actor=user,
                office=who.union,
                at=last.at,
                body=last.body,
                hash=last.hash[::-1],
            )
        ]
    )


def interest_of_substitute(who, standin, held):
    away(who.district_decider, standin, who.district)
    interested(standin, held)


def interest_of_principal(who, standin, held):
    away(who.district_decider, standin, who.district)
    interested(who.district_decider, held)


def interested(user, application):
    declaration = Declaration.objects.get(user=user, cycle=application.cycle)
    Interest.objects.create(declaration=declaration, enterprise=application.enterprise)


def recused_substitute(who, standin, held):
    away(who.district_decider, standin, who.district)
    recuse(held, by=standin, at=NOW, reason="亲属关系")


def recused_principal(who, standin, held):
    away(who.district_decider, standin, who.district)
    recuse(held, by=who.district_decider, at=NOW, reason="亲属关系")


def undeclared_substitute(who, standin, _held):
    away(who.district_decider, standin, who.district)
    Declaration.objects.filter(user=standin).delete()


def undeclared_principal(who, standin, _held):
    away(who.district_decider, standin, who.district)
    Declaration.objects.filter(user=who.district_decider).delete()


@pytest.mark.parametrize(
    "obstacle",
    [
        not_begun, ended_early, over, principal_without_grant, principal_inactive, substitute_inactive,
        substitute_left, own_of_substitute, own_of_principal, earlier_of_substitute, earlier_of_principal,
        interest_of_substitute, interest_of_principal, recused_substitute, recused_principal,
        undeclared_substitute, undeclared_principal,
    ],
)  # fmt: skip
def test_a_substitute_never_acts_where_either_of_them_could_not(who, standin, held, obstacle):
    obstacle(who, standin, held)
    held = make.fresh(held)
    for actor in (acting_as(standin, held, NOW), Substitute(standin, who.district_decider, NOW)):
        assert not may_work(held, actor)
        assert not AtLevel(Level.DISTRICT, ("decide",))(held, actor)
        with pytest.raises(NotPermitted):
            review.recommend(held, by=actor, at=NOW, expected_version=held.version, reason="同意")
        with pytest.raises(NotPermitted):
            tasks.claim(held, by=actor, at=NOW)
    assert make.fresh(held).state == State.DISTRICT_REVIEW


@pytest.mark.parametrize(
    "obstacle", [not_begun, ended_early, over, principal_without_grant, principal_inactive, substitute_left]
)
def test_without_a_running_substitution_nothing_is_seen(who, standin, held, obstacle):
    obstacle(who, standin, held)
    assert not visible_applications(standin).exists()


def test_the_substitute_of_a_substitute_has_nothing(who, standin, held):
    away(who.district_decider, who.district_reviewer, who.district)
    away(who.district_reviewer, standin, who.district)
    assert acting_as(standin, held, NOW) in (standin, Substitute(standin, who.district_reviewer, NOW))
    for actor in (standin, Substitute(standin, who.district_decider, NOW)):
        with pytest.raises(NotPermitted):
            review.recommend(held, by=actor, at=NOW, expected_version=held.version, reason="同意")
    with pytest.raises(NotPermitted):
        review.recommend(
            held,
            by=Substitute(standin, who.district_reviewer, NOW),
            at=NOW,
            expected_version=held.version,
            reason="同意",
        )


def test_a_refusal_says_whose_bar_it_is(who, standin, held):
    away(who.district_decider, standin, who.district)
    interested(who.district_decider, held)
    verdict = may_work(held, Substitute(standin, who.district_decider, NOW))
    assert (verdict.code, verdict.reason) == (
        "substitute",
        f"{who.district_decider.name}本人不能办理，您也不能代为办理：{words('interest')}",
    )


def test_a_substitute_for_who_decides_for_the_city_seats_experts_and_ends_the_scoring(who):
    standin = make.member(who.city)
    away(who.city_decider, standin, who.city)
    application = make.application_in(State.CITY_INTAKE)
    actor, verdict = acting(standin, application)
    assert verdict
    version = {"at": NOW, "expected_version": application.version}
    panel.convene(application, by=actor, experts=who.experts, **version)
    scoring = make.score_by_all(make.fresh(application), who.experts, NOW)
    actor = acting_as(standin, scoring, NOW)
    assert actor == Substitute(standin, who.city_decider, NOW)
    event = panel.conclude(scoring, by=actor, at=NOW, expected_version=scoring.version)
    assert written(event.body)["facts"]["for"] == f"user/{who.city_decider.public_id}"


def test_nobody_scores_for_an_expert(who):
    standin = make.member(who.city, "review", username="standin")
    Substitution.objects.create(
        office=who.city,
        principal=who.experts[0],
        substitute=standin,
        starts_at=NOW - DAY,
        ends_at=NOW + DAY,
        made_by=who.experts[0],
        made_at=NOW,
    )
    scoring = make.application_in(State.PANEL_SCORING)
    assert not visible_applications(standin).filter(pk=scoring.pk).exists()
    with pytest.raises(NotPermitted):
        panel.score(
            scoring,
            by=Substitute(standin, who.experts[0], NOW),
            at=NOW,
            expected_version=scoring.version,
            judged=make.full_marks(),
            comments={},
        )


def test_what_was_done_in_somebodys_place_counts_as_theirs_at_the_next_level(who):
    """Neither who acted nor in whose place: whoever of the two comes to the district keeps out there."""
    application = make.application_in(State.ENTERPRISE_REVIEW)
    principal, standing_in = who.union_decider, who.union_reviewer
    away(principal, standing_in, who.union)
    review.recommend(
        application,
        by=Substitute(standing_in, principal, NOW),
        at=NOW,
        expected_version=application.version,
        reason="同意推荐。",
    )
    application = make.fresh(application)
    for user in (principal, standing_in):
        end_membership(who.union, user, by=SYSTEM, at=NOW)
        make.member(who.district, "review", "decide", username=user.username)
        assert may_work(application, user).code == "earlier"
        with pytest.raises(NotPermitted):
            tasks.claim(application, by=user, at=NOW)
