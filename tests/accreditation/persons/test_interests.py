"""The list version of who must keep out says exactly what `permissions.AtLevel` says for each action."""

from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.bars import CODES
from accreditation.models import Declaration, Interest
from accreditation.permissions import DECIDE, OFFICE_FIELD, REVIEW, AtLevel
from accreditation.queries.interests import codes, codes_for, codes_of
from accreditation.states import LEVEL_OF, State
from tests import factories as make
from tests.accreditation.persons.conftest import NOW
from workflows.models import Recusal

pytestmark = pytest.mark.django_db
PLACES = {State.ENTERPRISE_REVIEW: "union", State.DISTRICT_REVIEW: "district", State.CITY_INTAKE: "city"}


def own(who, user, application):
    make.member(who.enterprise, username=user.username)


def of_the_union(who, user, application):
    if not user.memberships.filter(organisation=who.union).exists():
        make.member(who.union, username=user.username)


def interest(who, user, application):
    declaration = Declaration.objects.get(user=user)
    Interest.objects.create(declaration=declaration, enterprise=application.enterprise)


def recused(who, user, application):
    Recusal.objects.create(user=user, office=who.city, subject=application, at=NOW)


def undeclared(who, user, application):
    Interest.objects.filter(declaration__user=user).delete()
    Declaration.objects.filter(user=user).delete()


BARS = (own, of_the_union, interest, recused, undeclared)
SITUATIONS = [situation for size in (0, 1, 2) for situation in combinations(BARS, size)]


@pytest.mark.parametrize("state", PLACES)
def test_both_say_the_same_in_every_situation(state):
    who = make.cast()
    application = make.application_in(state)
    other = make.application_in(state, leader_name="张毅")
    level = LEVEL_OF[state]
    office = getattr(application, OFFICE_FIELD[level])
    people = []
    for number, situation in enumerate(SITUATIONS):
        user = make.member(getattr(who, PLACES[state]), REVIEW, username=f"person{number}")
        for bar in situation:
            bar(who, user, application)
        people.append(user)
    held = [(application, office), (other, office)]
    listed = codes(held, [user.pk for user in people])
    seen = set()
    for user in people:
        for one, _office in held:
            code = AtLevel(level, (REVIEW, DECIDE))(one, user).code
            assert listed.get((one.pk, user.pk), "") == code
            seen.add(code)
        mine = codes_for(user, held)
        assert mine == {one.pk: listed[one.pk, user.pk] for one, _ in held if (one.pk, user.pk) in listed}
        assert codes_of(application, office, [user.pk]) == (
            {user.pk: mine[application.pk]} if application.pk in mine else {}
        )
    assert seen == {"", *CODES} - {"earlier"}


@pytest.mark.parametrize("state", [State.DISTRICT_REVIEW, State.CITY_INTAKE])
def test_both_say_the_same_of_who_decided_at_another_level(state):
    who, application = make.cast(), make.application_in(state)
    level = LEVEL_OF[state]
    office = getattr(application, OFFICE_FIELD[level])
    climber = make.member(getattr(who, PLACES[state]), REVIEW, username="union_decider")
    for bars in ((), (interest,), (recused,), (own,)):
        for bar in bars:
            bar(who, climber, application)
        code = AtLevel(level, (REVIEW, DECIDE))(application, climber).code
        assert codes_for(climber, [(application, office)]) == {application.pk: code}
    assert code == "own"


def test_many_applications_and_many_people_take_five_questions():
    who = make.cast()
    applications = [make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{n}") for n in range(3)]
    for pairs, people in (
        ([(applications[0], who.district.pk)], [who.district_decider.pk]),
        ([(one, who.district.pk) for one in applications], [one.pk for one in who.experts]),
    ):
        codes(pairs, people)
        with CaptureQueriesContext(connection) as statements:
            codes(pairs, people)
        assert len(statements) == 5
    assert codes([], [1]) == {}
