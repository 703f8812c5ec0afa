"""The sample's organisations and accounts, entered by whoever may: each body by the managers of the one above."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accreditation.models import Organisation, User
from accreditation.sample.tree import BODIES, CITY, Body, Person
from accreditation.services import offices
from accreditation.services.sign_ins import account_made
from workflows.actors import SYSTEM, Actor

ITERATIONS = 20_000  # enough for random passwords of 79 bits; Django makes it more when somebody signs in

Bodies = dict[str, Organisation]
People = dict[str, User]


def enter(passwords: Mapping[str, str], at: datetime) -> tuple[Bodies, People]:
    """Found every body and let its people in; return them by code and by user name."""
    bodies: Bodies = {}
    people: People = {}
    for body in BODIES:
        by = people[_manager(body.parent)] if body.parent else SYSTEM
        bodies[body.code] = offices.found_organisation(
            kind=body.kind,
            name=body.name,
            short_name=body.short_name,
            code=body.code,
            parent=bodies.get(body.parent),
            by=by,
            at=at,
        )
        for person in body.people:
            people[person.username] = _let_in(bodies[body.code], person, passwords[person.username], by, at)
    return bodies, people


def _let_in(organisation: Organisation, person: Person, password: str, by: Actor, at: datetime) -> User:
    user = offices.create_user(username=person.username, name=person.name, password=None)
    hasher = PBKDF2PasswordHasher()
    user.password = hasher.encode(password, hasher.salt(), ITERATIONS)
    user.save(update_fields=["password"])
    account_made(user, by=by, at=at)
    offices.add_member(organisation, user, by=by, at=at, position=person.position)
    offices.set_grants(organisation, user, set(person.grants), by=by, at=at)
    return user


def _manager(code: str) -> str:
    body = body_of(code)
    return next(person.username for person in body.people if "manage" in person.grants)


def body_of(code: str) -> Body:
    """Return a body of the tree. Raises StopIteration if there is none of that code."""
    return next(body for body in BODIES if body.code == code)


def manager_of(code: str, people: People) -> User:
    """Return who manages a body."""
    return people[_manager(code)]


def decider_of_city(people: People) -> User:
    """Return who decides for the city."""
    return people[next(person.username for person in body_of(CITY).people if "decide" in person.grants)]
