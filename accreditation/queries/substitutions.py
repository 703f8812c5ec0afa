"""代理: who acts for whom, in which office and when, for the pages and the services about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from accreditation.models import Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import DECIDE, MANAGE, REVIEW, may_manage
from accreditation.states import Level
from workflows.models import Substitution
from workflows.working_days import SHANGHAI, last_day

AHEAD, RUNNING, OVER = "ahead", "running", "over"


@dataclass(frozen=True)
class Row:
    """A substitution as a page shows it: its first and last day, and where it stands at the moment."""

    substitution: Substitution
    first: date
    last: date
    standing: str
    may_end: bool


def current_member(office: Organisation, user: User) -> bool:
    """Return whether the user is active and a member of the office now."""
    return user.is_active and office.memberships.filter(user=user, ended_at=None).exists()


def stood_in_grants(office: Organisation) -> tuple[str, ...]:
    """Return the grants that a substitute can use for somebody. An expert's scorecard is the expert's own."""
    return (DECIDE,) if office.level == Level.CITY else (REVIEW, DECIDE)


def may_be_stood_in(office: Organisation, user: User) -> bool:
    """Return whether the user has anything at the office that another could do for them."""
    return principals(office).filter(pk=user.pk).exists()


def principals(office: Organisation) -> QuerySet[User]:
    """Return the members of an office whom others can stand in for, by name."""
    if office.level is None:
        return User.objects.none()
    granted = OrganisationUserObjectPermission.objects.filter(
        content_object=office, permission__codename__in=stood_in_grants(office)
    )
    return members(office).filter(pk__in=granted.values("user"))


def members(office: Organisation) -> QuerySet[User]:
    """Return the active current members of an office, by name."""
    current = office.memberships.filter(ended_at=None)
    return User.objects.filter(pk__in=current.values("user"), is_active=True).order_by("name", "pk")


def own_offices(user: User) -> QuerySet[Organisation]:
    """Return the reviewing offices where the user may set a substitute: for themselves, or as a manager."""
    held = OrganisationUserObjectPermission.objects.filter(user=user, user__is_active=True)
    reviewing = Organisation.objects.filter(kind__in=list(Organisation.LEVELS))
    manages = held.filter(permission__codename=MANAGE).values("content_object")
    decides = held.filter(permission__codename=DECIDE).values("content_object")
    reviews = held.filter(permission__codename=REVIEW).values("content_object")
    at_city = Q(kind=Organisation.Kind.CITY)
    mine = Q(pk__in=decides) | (Q(pk__in=reviews) & ~at_city)
    belongs = Q(memberships__user=user, memberships__ended_at=None)
    found = reviewing.filter(mine & belongs).values("pk")
    return reviewing.filter(Q(pk__in=found) | Q(pk__in=manages)).order_by("path")


def office_of(user: User, code: str) -> Organisation | None:
    """Return the office of this code if the user may set a substitute there; to everybody else it is not there."""
    office = Organisation.objects.filter(kind__in=list(Organisation.LEVELS), code=code).first()
    if office is None:
        return None
    own = current_member(office, user) and may_be_stood_in(office, user)
    return office if own or may_manage(user, office) else None


def as_principal(user: User) -> QuerySet[Substitution]:
    """Return the periods in which somebody acts for the user, the latest first."""
    return _listed(Q(principal=user))


def as_substitute(user: User) -> QuerySet[Substitution]:
    """Return the periods in which the user acts for somebody, the latest first."""
    return _listed(Q(substitute=user))


def of_office(office: Organisation) -> QuerySet[Substitution]:
    """Return the office's substitutions, the latest first."""
    return _listed(Q(office=office))


def _listed(wanted: Q) -> QuerySet[Substitution]:
    joined = ("office", "principal", "substitute")
    return Substitution.objects.filter(wanted).select_related(*joined).order_by("-starts_at", "-pk")


def rows(substitutions: Sequence[Substitution], at: datetime, *, may_end: bool = True) -> list[Row]:
    """Return the rows of a page; `may_end`: whether the reader may end those that are not over."""
    return [_row(one, at, may_end) for one in substitutions]


def _row(one: Substitution, at: datetime, may_end: bool) -> Row:
    standing = standing_of(one, at)
    first = one.starts_at.astimezone(SHANGHAI).date()
    return Row(one, first, last_day(one.ends_at), standing, may_end and standing != OVER)


def standing_of(one: Substitution, at: datetime) -> str:
    """Return whether a substitution is still to come, runs, or is over at a moment."""
    if one.ended_at is not None or one.ends_at <= at:
        return OVER
    return AHEAD if at < one.starts_at else RUNNING


def concerned(user: User) -> QuerySet[Substitution]:
    """Return the substitutions that the user may open: their own, and those of the offices that they manage."""
    managed = OrganisationUserObjectPermission.objects.filter(
        user=user, user__is_active=True, permission__codename=MANAGE
    ).values("content_object")
    return _listed(
        Q(principal=user) | Q(substitute=user) | Q(office__in=managed) | Q(office__parent__in=managed)
    )
