"""Who has the open work of an application, and as whom they do it; who may take their own decision back."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accreditation.models import Application, Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import (
    DECIDE,
    OFFICE_FIELD,
    REVIEW,
    AtLevel,
    appointments,
    has_grant,
    may_decide_at,
    substitutions,
)
from accreditation.states import DECIDED_ON, LEVEL_OF, Level, State
from workflows.actors import Actor, Substitute, hands_of
from workflows.models import Event
from workflows.refusals import Verdict
from workflows.works import open_work

RECALLABLE = ("recommend", "send_back", "return_to_level", "reject", "approve")
"""Decisions that who took them can take back as long as nobody has acted on them."""


def working(state: State | str) -> AtLevel | None:
    """Return who may have the open work of a state: at the city only who decides. None where no office has it."""
    if state not in DECIDED_ON:
        return None
    level = LEVEL_OF[State(state)]
    return AtLevel(level, (DECIDE,) if level == Level.CITY else (REVIEW, DECIDE))


def may_work(application: Application, by: Actor) -> Verdict:
    """May take the open work of the application, or be given it."""
    predicate = working(application.state)
    if predicate is None:
        return Verdict(False, _("这一件现在没有待办。"), "state")
    return predicate(application, by)


def workers_of(application: Application) -> QuerySet[User]:
    """Return the active users who may do the open work, before anybody's interests: by grant or by appointment."""
    predicate = working(application.state)
    if predicate is None:
        return User.objects.none()
    office = getattr(application, OFFICE_FIELD[predicate.level])
    granted = OrganisationUserObjectPermission.objects.filter(
        permission__codename__in=predicate.grants, content_object_id=office
    )
    kind = ContentType.objects.get_for_model(Application)
    appointed = appointments().filter(office_id=office, content_type=kind, object_id=application.pk)
    return User.objects.filter(
        Q(pk__in=granted.values("user")) | Q(pk__in=appointed.values("user")), is_active=True
    ).order_by("pk")


def acting_as(user: User, application: Application, at: datetime) -> Actor:
    """Return as whom the user acts on the open work: as a substitute for who holds it, or where only that allows it.

    While experts score, who decides for the city has no work but may end that.
    """
    predicate = _deciding(application.state)
    work = open_work(application) if application.state in DECIDED_ON else None
    holder = work.assignee_id if work else None
    if predicate is None or holder == user.pk:
        return user
    office = getattr(application, OFFICE_FIELD[predicate.level])
    running = substitutions(user, at).filter(office_id=office).select_related("principal")
    standing_in = [Substitute(user, one.principal, at) for one in running]
    for one in standing_in:
        if holder == one.principal.pk:
            return one
    if holder is not None or not standing_in or predicate(application, user):
        return user
    return next((one for one in standing_in if predicate(application, one)), user)


def acting_at(user: User, office: Organisation, at: datetime) -> Actor:
    """Return as whom the user decides for an office on many applications at once: a ranking, a meeting, a notice.

    Who decides there does so in person; who only stands in for somebody who does, in the place of the first of them.
    """
    if has_grant(user, DECIDE, office):
        return user
    running = substitutions(user, at).filter(office=office).select_related("principal").order_by("pk")
    standing_in = (Substitute(user, one.principal, at) for one in running)
    return next((one for one in standing_in if may_decide_at(one, office)), user)


def _deciding(state: State | str) -> AtLevel | None:
    return AtLevel(Level.CITY, (DECIDE,)) if state == State.PANEL_SCORING else working(state)


def last_decision(application: Application) -> Event | None:
    """Return the event that brought the application into its present state."""
    moved = Event.objects.filter(stream=application.stream).exclude(from_state=F("to_state"))
    return moved.select_related("office").order_by("-sequence").first()


def may_recall(application: Application, by: Actor) -> Verdict:
    """Whose own decision was the last, and who may still decide for that office."""
    decision = last_decision(application)
    if decision is None or decision.actor_id is None or decision.actor_id not in hands_of(by):
        return Verdict(False, _("只能拿回您本人刚作的决定。"))
    if decision.action not in RECALLABLE or decision.from_state == State.OBJECTION:
        return Verdict(False, _("这一步不能拿回。"))
    predicate = working(decision.from_state) or AtLevel(Level.CITY, (DECIDE,))
    return predicate(application, by)
