"""What somebody has done 已办: their own acts on applications, the latest first."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accreditation.models import Application, User
from accreditation.queries.recall import recallable
from accreditation.scope import visible_applications
from workflows.models import Event

ACTS = (
    "recommend", "send_back", "return_to_level", "recall", "reject", "convene", "score", "conclude", "approve",
    "publish", "dismiss_objection", "uphold_objection", "name_studio",
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """One act: the event, its reason, and the application as far as the user may still see it.

    `principal`: for whom the user stood in. `may_recall`: it is a decision on which nobody has acted, and can be
    taken back.
    """

    event: Event
    reason: str
    application: Application | None
    principal: str = ""
    may_recall: bool = False


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
    open_to_recall = set(recallable(applications.values(), user).values())
    return [
        Done(
            event,
            _personal(event).get("reason", ""),
            applications.get(ids[event.pk]),
            _personal(event).get("principal", ""),
            event.pk in open_to_recall,
        )
        for event in events
    ]


def _personal(event: Event) -> dict[str, str]:
    return event.personal
