"""What an applicant's pages show."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accreditation.models import Application, Cycle, Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import APPLY, visible_applications
from accreditation.states import State
from workflows.engine import open_tasks
from workflows.models import Event, Task

HIDDEN = ("score", "claim", "release")
"""Events that are nobody's business outside the reviewing offices: who sits on the panel, who has it in hand."""


@dataclass(frozen=True)
class Entry:
    """An event as the applicant reads it: which office did what, when, and the reason in full."""

    action: str
    at: datetime
    person: str
    office: Organisation | None
    from_state: str
    to_state: str
    reason: str
    revision: int | None
    steps: tuple[str, ...]


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


def history(application: Application) -> list[Entry]:
    """Return what happened to the application, the oldest first, without experts and without marks."""
    events = (
        Event.objects.filter(stream=application.stream)
        .exclude(action__in=HIDDEN)
        .select_related("office", "payload")
        .order_by("sequence")
    )
    return [_entry(event) for event in events]


def last_of(entries: Iterable[Entry], *actions: str) -> Entry | None:
    """Return the last of the entries with one of these actions."""
    return next((entry for entry in reversed(list(entries)) if entry.action in actions), None)


def opinions(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries in which an office gave a reason, the latest first."""
    return [
        entry
        for entry in reversed(entries)
        if entry.reason and entry.action not in ("withdraw", "file_objection")
    ]


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


def _entry(event: Event) -> Entry:
    payload = getattr(event, "payload", None)
    personal = json.loads(payload.content) if payload else {}
    facts = json.loads(event.body)["facts"]
    return Entry(
        action=event.action,
        at=event.at,
        person=personal.get("actor", ""),
        office=event.office,
        from_state=event.from_state,
        to_state=event.to_state,
        reason=personal.get("reason", ""),
        revision=facts.get("revision"),
        steps=tuple(facts.get("steps", ())),
    )
