"""指定办理人: whether anybody is left to decide for an office, whom the office above may name, and what it is asked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet

from accreditation.bars import DECISIVE, NOT_FOR_GOOD, words_about
from accreditation.models import (
    Application,
    Interest,
    Membership,
    Organisation,
    OrganisationUserObjectPermission,
    User,
)
from accreditation.permissions import DECIDE, MANAGE, OFFICE_FIELD, REVIEW, appointments
from accreditation.queries.interests import codes, codes_of
from accreditation.states import DECIDED_ON
from accreditation.work import working
from workflows.models import Appointment, Event, Recusal, Task

CHUNK = 200


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be named; `barred` says why not, `is_of_office` whether they belong to the office itself."""

    user: User
    barred: str
    is_of_office: bool
    has_declared: bool


def acting_office(application: Application) -> Organisation | None:
    """Return the office that has the open work of the application, or None."""
    predicate = working(application.state)
    if predicate is None:
        return None
    office: Organisation = getattr(application, OFFICE_FIELD[predicate.level].removesuffix("_id"))
    return office


def above(office: Organisation) -> Organisation:
    """Return the office that names people for another: the one above it; the city names its own."""
    return office.parent or office


def nobody_left(application: Application) -> bool:
    """Return whether everybody who may decide for the acting office must keep out of the application."""
    office = acting_office(application)
    if office is None:
        return False
    able = set(_deciders([office.pk]).values_list("user_id", flat=True))
    able |= set(_appointed([application.pk]).filter(office=office).values_list("user_id", flat=True))
    barred = codes_of(application, office.pk, able)
    return all(barred.get(user, "") not in NOT_FOR_GOOD for user in able)


def _deciders(offices: Collection[int]) -> QuerySet[OrganisationUserObjectPermission]:
    return OrganisationUserObjectPermission.objects.filter(
        permission__codename=DECIDE, content_object_id__in=offices, user__is_active=True
    )


def _appointed(applications: Collection[int]) -> QuerySet[Appointment]:
    kind = ContentType.objects.get_for_model(Application)
    return appointments().filter(content_type=kind, object_id__in=applications, user__is_active=True)


def left_alone() -> Iterator[int]:
    """Yield the keys of applications whose office has nobody left to decide and that have not asked above yet.

    Offices with somebody whom nothing can bar from anything are passed over as a whole, so that this is quick
    however much work is open.
    """
    works = _unasked_works()
    offices = set(works.values_list("office_id", flat=True).distinct())
    deciders = _sets(_deciders(offices).values_list("content_object_id", "user_id"))
    free = _never_barred({user for users in deciders.values() for user in users})
    for office in sorted(offices):
        if any((user, office) in free for user in deciders[office]):
            continue
        keys = sorted(works.filter(office=office).values_list("object_id", flat=True))
        for start in range(0, len(keys), CHUNK):
            yield from _left_alone(office, deciders[office], keys[start : start + CHUNK])


def _unasked_works() -> QuerySet[Task]:
    asked = Task.objects.filter(part_of=OuterRef("pk"), kind=Task.Kind.NAMING, closed_at=None)
    return Task.objects.filter(
        ~Exists(asked), kind=Task.Kind.WORK, stage__in=DECIDED_ON, closed_at=None
    ).order_by()


def _never_barred(users: Collection[int]) -> set[tuple[int, int]]:
    """Return pairs (user, office): the user belongs there and has no tie by which anything could bar them.

    Whoever acted for another office was a member of it once, or was named for it.
    """
    tied = set(Recusal.objects.filter(user__in=users).values_list("user_id", flat=True))
    tied |= set(
        Interest.objects.filter(declaration__user__in=users).values_list("declaration__user_id", flat=True)
    )
    places = _sets(Membership.objects.filter(user__in=users).values_list("user_id", "organisation_id"))
    named = _sets(Appointment.objects.filter(user__in=users).values_list("user_id", "office_id"))
    found = {user: places[user] | named[user] for user in users if user not in tied}
    return {(user, *offices) for user, offices in found.items() if len(offices) == 1}  # type: ignore[misc]


def _left_alone(office: int, deciders: set[int], keys: Collection[int]) -> Iterator[int]:
    applications = list(Application.objects.filter(pk__in=keys).order_by("pk"))
    named = _sets(_appointed(keys).filter(office=office).values_list("object_id", "user_id"))
    people = deciders.union(*named.values())
    barred = codes([(application, office) for application in applications], people)
    for application in applications:
        able = deciders | named[application.pk]
        if all(barred.get((application.pk, user), "") not in NOT_FOR_GOOD for user in able):
            yield application.pk


def candidates(application: Application) -> list[Candidate]:
    """Return whom the office above may name: who reviews or decides there, or at the office; the barred last."""
    office = acting_office(application)
    if office is None:
        return []
    granted = OrganisationUserObjectPermission.objects.filter(
        permission__codename__in=(REVIEW, DECIDE), content_object__in=[office, above(office)]
    )
    people = list(User.objects.filter(pk__in=granted.values("user"), is_active=True).order_by("name", "pk"))
    own = set(granted.filter(content_object=office).values_list("user_id", flat=True))
    barred = codes_of(application, office.pk, [person.pk for person in people])
    found = [_candidate(person, barred.get(person.pk, ""), person.pk in own) for person in people]
    return sorted(found, key=lambda one: (bool(one.barred), one.is_of_office))


def _candidate(person: User, code: str, is_of_office: bool) -> Candidate:
    why = "" if code in NOT_FOR_GOOD else words_about(code)
    return Candidate(person, why, is_of_office, has_declared=code != "undeclared")


def naming_offices(user: User) -> QuerySet[Organisation]:
    """Return the offices for which the user may name people: where they manage or decide."""
    held = OrganisationUserObjectPermission.objects.filter(
        user=user, user__is_active=True, permission__codename__in=(MANAGE, DECIDE)
    )
    return Organisation.objects.filter(pk__in=held.values("content_object"))


def nameable(user: User) -> QuerySet[Application]:
    """Return the applications for which the user's offices are asked to name somebody, or have named somebody."""
    kind = ContentType.objects.get_for_model(Application)
    offices = naming_offices(user)
    asked = Task.objects.filter(kind=Task.Kind.NAMING, closed_at=None, content_type=kind, office__in=offices)
    below = Q(office__parent__in=offices) | Q(office__parent=None, office__in=offices)
    named = Appointment.objects.filter(below, content_type=kind, ended_at=None)
    return Application.objects.filter(
        Q(pk__in=asked.values("object_id")) | Q(pk__in=named.values("object_id")), state__in=DECIDED_ON
    )


def appointment_of(application: Application, office: Organisation) -> Appointment | None:
    """Return who is named for the office in this application."""
    named = _appointed([application.pk]).filter(office=office)
    return named.select_related("user", "made_by").order_by("-at").first()


def has_acted(application: Application, appointment: Appointment) -> bool:
    """Return whether who was named has decided anything since: then nobody else is named instead."""
    return Event.objects.filter(
        stream=application.stream, actor=appointment.user_id, at__gte=appointment.at, action__in=DECISIVE
    ).exists()


def _sets(rows: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for key, value in rows:
        found[key].add(value)
    return found
