"""Whom and what auditors mean by the words they type: people, offices and applications of the events they may see.

Nobody is found here of whom they see no event.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accreditation.models import Application, EventTerm, Membership, Organisation, Studio, User
from accreditation.queries.archive import archive, auditing
from accreditation.queries.event_scope import EventScope
from accreditation.queries.event_terms import READING
from accreditation.scope import Office

CHOICES = 20
"""So many people or offices of a name are offered."""
MOST_APPLICATIONS = 100
"""So many applications are looked through at once."""
Row = TypeVar("Row", bound=Model)


def people_called(words: str, scope: EventScope) -> list[User]:
    """Return the people whose name has these words, or whose user name they are, at most one more than `CHOICES`."""
    called = User.objects.filter(Q(name__icontains=words) | Q(username=words))
    seen = people_seen(called, scope).order_by("name", "pk")
    return _exactly(list(seen[: CHOICES + 1]), words, ("name", "username"))


def people_seen(people: QuerySet[User], scope: EventScope) -> QuerySet[User]:
    """Return those of these people of whom there is an event in the scope."""
    term = Concat(Value("who/"), Cast(OuterRef("pk"), CharField()))
    events = EventTerm.objects.filter(scope.inside("event_id"), term=term)
    return people.filter(Exists(events))


def places_of(people: Sequence[User]) -> dict[int, list[str]]:
    """Return the organisations that people belong to, by the person's key. One query."""
    rows = Membership.objects.filter(user__in=people, ended_at=None).order_by("organisation__path")
    places: dict[int, list[str]] = {}
    for user, name in rows.values_list("user", "organisation__name"):
        places.setdefault(user, []).append(name)
    return places


def offices_called(words: str, offices: Sequence[Office]) -> list[Organisation]:
    """Return the organisations in the audited branches, and above them, whose name has these words."""
    called = Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code=words)
    rows = offices_seen(offices).filter(called).order_by("path")
    return _exactly(list(rows[: CHOICES + 1]), words, ("name", "short_name", "code"))


def offices_seen(offices: Sequence[Office]) -> QuerySet[Organisation]:
    """Return the organisations that act on what is audited from these offices."""
    paths = [office.organisation.path for office in auditing(offices)]
    above = {path[: at + 1] for path in paths for at, letter in enumerate(path) if letter == "/"}
    below = _below(offices)
    return Organisation.objects.filter(below | Q(path__in=above) if below else Q())


def streams_called(words: str, offices: Sequence[Office]) -> list[str]:
    """Return the streams of the applications with this number, or these words in a name, and of their readings.

    There is one application more than `MOST_APPLICATIONS` where there are too many. Names are looked through in the
    narrow tables of studios and organisations, not in that of the forms.
    """
    named = Q(name__icontains=words) | Q(leader_name__icontains=words)
    studios = _first(Studio.objects.filter(_below(offices, "enterprise__"), named))
    firms = _first(Organisation.objects.filter(_below(offices), name__icontains=words, kind="enterprise"))
    called = Q(number__startswith=words) | Q(studio__in=studios) | Q(enterprise__in=firms)
    ids = archive(offices).filter(called).values_list("public_id", flat=True)[: MOST_APPLICATIONS + 1]
    return [f"{kind}/{one}" for one in ids for kind in (Application.stream_kind, READING)]


def _below(offices: Sequence[Office], field: str = "") -> Q:
    """Return the organisations in the audited branches; where there is but one city, all are in its branch."""
    held = [office.organisation for office in auditing(offices)]
    cities = set(Organisation.objects.filter(parent=None).values_list("pk", flat=True))
    if cities <= {one.pk for one in held}:
        return Q()
    return reduce(or_, (Q(**{f"{field}path__startswith": one.path}) for one in held))


def _first(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("-pk").values_list("pk", flat=True)[: MOST_APPLICATIONS + 1])


def _exactly(rows: list[Row], words: str, fields: Sequence[str]) -> list[Row]:
    """Return those that are called exactly so, where there are any."""
    exact = [row for row in rows if any(getattr(row, name) == words for name in fields)]
    return exact or rows
