"""回避: who could keep out of an application, and who does."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from accreditation.bars import recusals
from accreditation.models import Application, Organisation, User
from accreditation.permissions import DECIDE, OFFICE_FIELD, REVIEW, appointments, grants_on, substitutions
from accreditation.states import ENDED, LEVEL_OF, Level, State
from workflows.models import Appointment, Recusal, Signature
from workflows.signing.rounds import RUNNING


def recusing_office(application: Application, user: User, at: datetime) -> Organisation | None:
    """Return the office for which the user has to do with the application now, or None if for none.

    Whoever reviews there, stands in for somebody, was named for it, or is asked for something; at the city,
    where reviewers are experts, only who decides or sits on the panel.
    """
    state = State(application.state)
    level = LEVEL_OF.get(state)
    if level is None or state in ENDED or not user.is_active:
        return None
    office: Organisation = getattr(application, OFFICE_FIELD[level].removesuffix("_id"))
    grants = (DECIDE,) if level == Level.CITY else (REVIEW, DECIDE)
    concerned = (
        grants_on(user.pk, grants, office.pk).exists()
        or _is_asked(application, user)
        or _appointed(application, user).filter(office=office).exists()
        or substitutions(user, at).filter(office=office).exists()
    )
    return office if concerned else None


def has_recused(application: Application, user: User) -> bool:
    """Return whether the user keeps out of the application."""
    kind = ContentType.objects.get_for_model(Application).pk
    return recusals([user.pk], kind, [application.pk]).exists()


def recused(application: Application) -> QuerySet[Recusal]:
    """Return who keeps out of the application, in the order of time."""
    kind = ContentType.objects.get_for_model(Application)
    return (
        Recusal.objects.filter(content_type=kind, object_id=application.pk)
        .select_related("user", "office")
        .order_by("at", "pk")
    )


def _is_asked(application: Application, user: User) -> bool:
    """Whether a card, some work, advice or a signature is expected of the user."""
    tasks = application.tasks.filter(closed_at=None)
    signs = Signature.objects.filter(
        signer=user, verdict="", removed_at=None, round__state__in=RUNNING, round__task__in=tasks
    )
    return tasks.filter(assignee=user).exists() or signs.exists()


def _appointed(application: Application, user: User) -> QuerySet[Appointment]:
    kind = ContentType.objects.get_for_model(Application)
    return appointments().filter(user=user, content_type=kind, object_id=application.pk)
