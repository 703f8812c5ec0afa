"""What somebody has done 已办: their own acts on applications, the latest first."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accreditation.models import Application, User
from accreditation.permissions import visible_applications
from workflows.models import Event

ACTS = (
    "recommend", "send_back", "reject", "convene", "score", "conclude", "approve", "publish",
    "dismiss_objection", "uphold_objection", "name_studio",
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """One act: the event, its reason, and the application as far as the user may still see it."""

    event: Event
    reason: str
    application: Application | None


def acts_of(user: User) -> QuerySet[Event]:
    """Return the user's acts on applications."""
    return (
        Event.objects.filter(actor=user, action__in=ACTS, stream__startswith=f"{Application.stream_kind}/")
        .select_related("office", "payload")
        .order_by("-at", "-pk")
    )


def done(events: Sequence[Event], user: User) -> list[Done]:
    """Return the rows of these events; what is no longer in the user's scope is shown without its name."""
    ids = {event.pk: uuid.UUID(event.stream.partition("/")[2]) for event in events}
    seen = visible_applications(user).filter(public_id__in=set(ids.values()))
    applications = {
        application.public_id: application for application in seen.select_related("studio", "enterprise")
    }
    return [Done(event, _reason(event), applications.get(ids[event.pk])) for event in events]


def _reason(event: Event) -> str:
    payload = getattr(event, "payload", None)
    return json.loads(payload.content).get("reason", "") if payload else ""
