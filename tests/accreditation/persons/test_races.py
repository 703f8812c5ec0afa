"""Two at once about persons, on a real PostgreSQL: one wins, the other is told, and nothing is done twice."""

from datetime import timedelta

import pytest

from accreditation.services import review, tasks
from accreditation.services.appointments import appoint, ask_above
from accreditation.services.declarations import declare
from accreditation.services.offices import set_grants
from accreditation.services.recusals import recuse
from accreditation.services.substitutions import end_substitution, substitute
from accreditation.states import State
from tests import factories as make
from tests.accreditation.persons.conftest import NOW, TODAY, naming_of, work_of
from tests.accreditation.test_races import many, race, refusals
from workflows.actors import SYSTEM, Substitute
from workflows.models import Appointment, Event, Recusal, Substitution, Task
from workflows.refusals import NotPermitted, NotReady, Refused, Stale, WrongState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 8
WHY = "亲属关系"
DAY = timedelta(days=1)


def test_of_two_overlapping_substitutions_one_is_made():
    who = make.cast()
    one, two = who.district_reviewer, make.member(who.district)
    for number in range(ROUNDS):
        first = TODAY + number * 3 * DAY

        def stand_in(user, shift, first=first):
            return substitute(
                who.district,
                principal=who.district_decider,
                substitute=user,
                starts_on=first + shift * DAY,
                ends_on=first + (shift + 1) * DAY,
                by=who.district_decider,
                at=NOW,
            )

        results = race(lambda: stand_in(one, 0), lambda: stand_in(two, 1))
        assert refusals(results) == [NotReady]
    assert Substitution.objects.count() == ROUNDS


def test_a_substitution_is_ended_once():
    who = make.cast()
    for _number in range(ROUNDS):
        made = substitute(
            who.district,
            principal=who.district_decider,
            substitute=who.district_reviewer,
            starts_on=TODAY,
            ends_on=TODAY,
            by=who.district_decider,
            at=NOW,
        )
        enders = (who.district_decider, who.district_reviewer)
        results = race(*(lambda by=by: end_substitution(made, by=by, at=NOW) for by in enders))
        assert refusals(results) == [WrongState]
    assert Event.objects.filter(action="end_substitution").count() == ROUNDS


def test_a_substitute_who_decides_while_it_is_ended_has_done_so_or_has_not():
    who = make.cast()
    standin = make.member(who.union)
    for application in many(State.ENTERPRISE_REVIEW, ROUNDS):
        made = substitute(
            who.union,
            principal=who.union_decider,
            substitute=standin,
            starts_on=TODAY,
            ends_on=TODAY,
            by=who.union_decider,
            at=NOW,
        )
        actor = Substitute(standin, who.union_decider, NOW)
        results = race(
            lambda: review.recommend(
                application, by=actor, at=NOW, expected_version=application.version, reason="同意"
            ),
            lambda: end_substitution(made, by=who.union_decider, at=NOW),
        )
        decided = not isinstance(results[0], Refused)
        assert make.fresh(application).state == (
            State.DISTRICT_REVIEW if decided else State.ENTERPRISE_REVIEW
        )
        assert refusals(results) in ([], [NotPermitted])


def test_of_recusing_and_deciding_by_one_person_one_is_done():
    who = make.cast()
    make.member(who.union, "decide")
    for application in many(State.ENTERPRISE_REVIEW, ROUNDS):
        by = who.union_decider
        results = race(
            lambda: recuse(application, by=by, at=NOW, reason=WHY),
            lambda: review.recommend(
                application, by=by, at=NOW, expected_version=application.version, reason="同意"
            ),
        )
        assert refusals(results) == [NotPermitted]
        decided = isinstance(results[0], Refused)
        assert Recusal.objects.filter(object_id=application.pk).exists() != decided
        assert make.fresh(application).state == (
            State.DISTRICT_REVIEW if decided else State.ENTERPRISE_REVIEW
        )


def test_nobody_holds_what_they_have_recused_from():
    who = make.cast()
    make.member(who.union, "decide")
    for application in many(State.ENTERPRISE_REVIEW, ROUNDS):
        results = race(
            lambda: tasks.claim(application, by=who.union_decider, at=NOW),
            lambda: recuse(application, by=who.union_decider, at=NOW, reason=WHY),
        )
        assert refusals(results) in ([], [NotPermitted])
        assert work_of(application).assignee is None


def test_a_double_click_recuses_once():
    who = make.cast()
    for application in many(State.ENTERPRISE_REVIEW, ROUNDS):
        results = race(*[lambda: recuse(application, by=who.union_decider, at=NOW, reason=WHY)] * 2)
        assert refusals(results) == [WrongState]
        assert Task.objects.filter(object_id=application.pk, kind=Task.Kind.NAMING).count() == 1


def test_when_the_last_two_recuse_at_once_the_office_above_is_asked_once():
    who = make.cast()
    other = make.member(who.union, "decide")
    for application in many(State.ENTERPRISE_REVIEW, ROUNDS):
        race(
            lambda: recuse(application, by=who.union_decider, at=NOW, reason=WHY),
            lambda: recuse(application, by=other, at=NOW, reason=WHY),
            lambda: ask_above(NOW),
        )
        assert Task.objects.filter(object_id=application.pk, kind=Task.Kind.NAMING).count() == 1


def test_of_two_who_name_somebody_at_once_the_later_stands_and_one_holds_it():
    who = make.cast()
    manager = make.member(who.district, "manage")
    for application in many(State.ENTERPRISE_REVIEW, ROUNDS):
        recuse(application, by=who.union_decider, at=NOW, reason=WHY)
        results = race(
            lambda: appoint(application, user=who.district_decider, by=manager, at=NOW),
            lambda: appoint(application, user=who.district_reviewer, by=who.district_decider, at=NOW),
        )
        assert refusals(results) == []
        assert naming_of(application) is None
        standing = Appointment.objects.get(object_id=application.pk, ended_at=None)
        assert work_of(application).assignee == standing.user


def test_naming_and_withdrawing_leave_no_open_task():
    who = make.cast()
    for application in many(State.ENTERPRISE_REVIEW, ROUNDS):
        recuse(application, by=who.union_decider, at=NOW, reason=WHY)
        results = race(
            lambda: appoint(application, user=who.district_reviewer, by=who.district_decider, at=NOW),
            lambda: make.applications.withdraw(
                application, by=who.applicant, at=NOW, expected_version=application.version
            ),
        )
        assert refusals(results) in ([], [WrongState])
        assert not Task.objects.filter(object_id=application.pk, closed_at=None).exists()


def test_who_declares_twice_at_once_has_one_declaration():
    who = make.cast()
    for number in range(ROUNDS):
        cycle = make.cycle(f"c{number}")
        cycle.declarations.all().delete()
        results = race(
            lambda: declare(cycle, interests={}, by=who.district_decider, at=NOW),
            lambda: declare(cycle, interests={who.enterprise: ""}, by=who.district_decider, at=NOW),
        )
        assert refusals(results) == []
        assert cycle.declarations.filter(user=who.district_decider).count() == 1
        assert Event.objects.filter(stream=cycle.stream, action="declare").count() == 2


def test_nobody_holds_what_they_declare_an_interest_in():
    who = make.cast()
    make.member(who.union, "decide")
    for application in many(State.ENTERPRISE_REVIEW, ROUNDS):
        declare(who.cycle, interests={}, by=who.union_decider, at=NOW)
        results = race(
            lambda: tasks.claim(application, by=who.union_decider, at=NOW),
            lambda: declare(who.cycle, interests={who.enterprise: ""}, by=who.union_decider, at=NOW),
        )
        assert refusals(results) in ([], [NotPermitted])
        assert work_of(application).assignee is None


def test_setting_a_substitute_and_changing_grants_do_not_wait_for_each_other_for_ever():
    who = make.cast()
    for number in range(ROUNDS):
        day = TODAY + number * DAY
        results = race(
            lambda: substitute(
                who.district,
                principal=who.district_decider,
                substitute=who.district_reviewer,
                starts_on=day,
                ends_on=day,
                by=who.district_decider,
                at=NOW,
            ),
            lambda: set_grants(
                who.district, who.district_reviewer, {"review"} if number % 2 else set(), by=SYSTEM, at=NOW
            ),
        )
        assert Stale not in refusals(results)
    assert Substitution.objects.count() == ROUNDS
