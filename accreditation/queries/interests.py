"""Who must keep out of what, for lists: many applications, or many people, in a fixed number of queries.

The answers are those of `permissions.AtLevel`, which every action asks anew; both stand on `accreditation.bars`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType

from accreditation import bars
from accreditation.models import Application, User

Held = tuple[Application, int]
"""An application, and the key of the office that somebody would act for."""


def codes(held: Iterable[Held], users: Collection[int]) -> dict[tuple[int, int], str]:
    """Return by (application, user) the code of what bars the user there (`bars.CODES`); others are left out.

    Five queries however many there are. Grants are not asked for.
    """
    pairs, people = list(held), list(users)
    if not pairs or not people:
        return {}
    known = _Known([application for application, _office in pairs], people, _bodies(pairs))
    answers = {
        (application.pk, user): known.first_bar(application, office, user)
        for application, office in pairs
        for user in people
    }
    return {pair: code for pair, code in answers.items() if code}


def codes_for(user: User, held: Iterable[Held]) -> dict[int, str]:
    """Return by application the code of what bars the user from it."""
    return {application: code for (application, _user), code in codes(held, [user.pk]).items()}


def codes_of(application: Application, office: int, users: Collection[int]) -> dict[int, str]:
    """Return by user the code of what bars each from acting for an office on the application."""
    return {user: code for (_application, user), code in codes([(application, office)], users).items()}


def _bodies(pairs: Iterable[Held]) -> set[int]:
    return {pk for application, office in pairs for pk in _own_bodies(application, office)}


def _own_bodies(application: Application, office: int) -> frozenset[int]:
    return bars.bodies_of_applicant(application.enterprise_id, application.union_id, office)


class _Known:
    """What the database says of these people and these applications."""

    def __init__(
        self, applications: Collection[Application], users: Collection[int], bodies: Collection[int]
    ) -> None:
        cycles = {application.cycle_id for application in applications}
        streams = [application.stream for application in applications]
        kind = ContentType.objects.get_for_model(Application).pk
        keys = [application.pk for application in applications]
        self.bodies = _sets(bars.belonging(users, bodies).values_list("user_id", "organisation_id"))
        acts = bars.decisions(users, streams).values_list("actor_id", "principal_id", "stream", "office_id")
        self.offices = _sets(
            ((user, stream), office)
            for actor, principal, stream, office in acts
            for user in (actor, principal)
        )
        self.interests = set(
            bars.interests(users, cycles).values_list(
                "declaration__user_id", "declaration__cycle_id", "enterprise_id"
            )
        )
        self.recusals = set(bars.recusals(users, kind, keys).values_list("user_id", "object_id"))
        self.declarations = set(bars.declarations(users, cycles).values_list("user_id", "cycle_id"))

    def first_bar(self, application: Application, office: int, user: int) -> str:
        cycle = application.cycle_id
        return bars.first_bar(
            own=bool(self.bodies[user] & _own_bodies(application, office)),
            earlier=bool(self.offices[user, application.stream] - {office}),
            interest=(user, cycle, application.enterprise_id) in self.interests,
            recused=(user, application.pk) in self.recusals,
            declared=(user, cycle) in self.declarations,
        )


def _sets(rows: Iterable[tuple[Any, Any]]) -> dict[Any, set[Any]]:
    found: dict[Any, set[Any]] = defaultdict(set)
    for key, value in rows:
        found[key].add(value)
    return found
