"""What each user sees: their offices, and the applications that these, an appointment or a copy open to them."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accreditation.models import (
    Application,
    Interest,
    Membership,
    Organisation,
    OrganisationUserObjectPermission,
    User,
)
from accreditation.permissions import APPLY, AUDIT, DECIDE, OFFICE_FIELD, REVIEW, appointments, substitutions
from accreditation.states import Level
from workflows.models import Copy, Recusal


@dataclass(frozen=True)
class Office:
    """An organisation that a user belongs to, and the user's grants there."""

    organisation: Organisation
    grants: frozenset[str]


def offices_of(user: User) -> list[Office]:
    """Return the organisations on which the user holds grants, from the top of the tree down. One query."""
    rows = (
        OrganisationUserObjectPermission.objects.filter(user=user, user__is_active=True)
        .select_related("content_object", "permission")
        .order_by("content_object__path")
    )
    held: dict[Organisation, set[str]] = {}
    for row in rows:
        held.setdefault(row.content_object, set()).add(row.permission.codename)
    return [Office(organisation, frozenset(grants)) for organisation, grants in held.items()]


def offices_stood_in(user: User, at: datetime) -> list[Office]:
    """Return the offices where the user stands in for somebody, with the principals' grants to review and decide."""
    pairs = set(substitutions(user, at).values_list("office_id", "principal_id"))
    if not pairs:
        return []
    rows = OrganisationUserObjectPermission.objects.filter(
        content_object__in={office for office, _principal in pairs},
        user__in={principal for _office, principal in pairs},
        permission__codename__in=(REVIEW, DECIDE),
    ).select_related("content_object", "permission")
    held: dict[Organisation, set[str]] = {}
    for row in rows:
        if (row.content_object_id, row.user_id) in pairs:
            held.setdefault(row.content_object, set()).add(row.permission.codename)
    return [Office(organisation, frozenset(grants)) for organisation, grants in held.items()]


def visible_applications(user: User, at: datetime | None = None) -> QuerySet[Application]:
    """Return the applications that the user may see: lists, pages, files and searches all start here.

    The applicant's own; for reviewers what was submitted under their office, or under the office of somebody they
    stand in for at `at` (now, where nothing else is said); for experts what they sit on; for auditors everything
    submitted in their branch of the tree; and what somebody was named for, or copied on.
    """
    if not user.is_authenticated:
        return Application.objects.none()
    kind = ContentType.objects.get_for_model(Application)
    seen = Q(pk__in=appointments().filter(user=user, content_type=kind).values("object_id"))
    seen |= Q(pk__in=copied(user).values("pk"))
    for office in [*offices_of(user), *offices_stood_in(user, at or timezone.now())]:
        seen |= _seen_from(office, user)
    return Application.objects.filter(seen)


def within_offices_of(user: User) -> Q:
    """Applications that are, or will be, reviewed by a body that the user belongs to."""
    own = Membership.objects.filter(user=user, ended_at=None).values("organisation")
    return Q(union__in=own) | Q(district__in=own) | Q(city__in=own)


def copied(user: User) -> QuerySet[Application]:
    """Return what the user may read as a copy: as long as they belong to one of its bodies and need not keep out."""
    kind = ContentType.objects.get_for_model(Application)
    own = Membership.objects.filter(user=user, ended_at=None).values("organisation")
    declared = Interest.objects.filter(
        declaration__user=user, declaration__cycle=OuterRef("cycle"), enterprise=OuterRef("enterprise")
    )
    recused = Recusal.objects.filter(user=user, content_type=kind).values("object_id")
    return (
        Application.objects.filter(within_offices_of(user), pk__in=copies_of(user).values("object_id"))
        .exclude(enterprise__in=own)
        .exclude(Exists(declared))
        .exclude(pk__in=recused)
    )


def copies_of(user: User) -> QuerySet[Copy]:
    """Return what the user was copied on."""
    kind = ContentType.objects.get_for_model(Application)
    return Copy.objects.filter(user=user, user__is_active=True, content_type=kind)


def appointments_of(user: User, application: Application) -> set[int]:
    """Return the keys of the offices for which the user was named in the application."""
    kind = ContentType.objects.get_for_model(Application)
    named = appointments().filter(user=user, content_type=kind, object_id=application.pk)
    return set(named.values_list("office_id", flat=True))


def _seen_from(office: Office, user: User) -> Q:
    organisation, grants = office.organisation, office.grants
    seen = Q(pk=None)
    submitted = Q(submitted_at__isnull=False)
    if APPLY in grants:
        seen |= Q(enterprise=organisation)
    if AUDIT in grants:
        seen |= Q(enterprise__path__startswith=organisation.path) & submitted
    if organisation.level == Level.CITY:
        if DECIDE in grants:
            seen |= Q(city=organisation) & submitted
        elif REVIEW in grants:
            seen |= Q(pk__in=user.scorecards.values("application")) & Q(city=organisation)
    elif organisation.level and grants & {REVIEW, DECIDE}:
        seen |= Q(**{OFFICE_FIELD[organisation.level]: organisation.pk}) & submitted
    return seen
