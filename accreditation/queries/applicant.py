"""What an applicant's pages show."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accreditation.models import Application, Cycle, Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import APPLY
from accreditation.scope import visible_applications
from accreditation.states import State
from workflows.models import Task
from workflows.works import open_tasks


def enterprises_of(user: User) -> QuerySet[Organisation]:
    """Return the enterprises that the user may apply for."""
    return Organisation.objects.filter(pk__in=_applied_for_by(user)).order_by("path")


def own_applications(user: User) -> QuerySet[Application]:
    """Return the applications of the enterprises that the user may apply for."""
    return visible_applications(user).filter(enterprise__in=_applied_for_by(user))


def listed_applications(user: User, search: str = "") -> QuerySet[Application]:
    """Return the user's applications for a list, the latest first; `search` looks at studio, leader and number."""
    found = own_applications(user).select_related(
        "studio", "cycle", "enterprise", "union", "district", "city"
    )
    for word in search.split():
        found = found.filter(
            Q(studio__name__contains=word) | Q(number__icontains=word) | Q(cycle__title__contains=word)
        )
    return found.order_by("-created_at", "-pk")


def open_cycles(at: datetime) -> QuerySet[Cycle]:
    """Return the cycles that take applications now, the one that closes first first."""
    return Cycle.objects.filter(opens_at__lte=at, closes_at__gt=at).order_by("closes_at")


def next_cycle(at: datetime) -> Cycle | None:
    """Return the cycle that opens next."""
    return Cycle.objects.filter(opens_at__gt=at).order_by("opens_at").first()


def existing(cycle: Cycle, enterprise: Organisation, leader_name: str) -> Application | None:
    """Return the application that stands in the way of another one of the same studio in the cycle."""
    return (
        Application.objects.filter(cycle=cycle, enterprise=enterprise, studio__leader_name=leader_name)
        .exclude(state=State.WITHDRAWN)
        .first()
    )


def waiting_task(application: Application) -> Task | None:
    """Return the task that is open on the application, the one due first."""
    return open_tasks(application).order_by("due_at").first()


def earlier_applications(application: Application) -> QuerySet[Application]:
    """Return the studio's other applications, the latest first."""
    others = Application.objects.filter(studio=application.studio_id).exclude(pk=application.pk)
    return others.select_related("cycle").order_by("-created_at")


def _applied_for_by(user: User) -> QuerySet[OrganisationUserObjectPermission, int]:
    held = OrganisationUserObjectPermission.objects.filter(
        user=user, user__is_active=True, permission__codename=APPLY
    )
    return held.values_list("content_object_id", flat=True)
