"""The events that the rules look at together, and what is read beside them once for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from accreditation.models import Application
from workflows.models import Event

KIND = f"{Application.stream_kind}/"
SLIM = (
    "stream",
    "sequence",
    "action",
    "actor_id",
    "principal_id",
    "office_id",
    "from_state",
    "to_state",
    "at",
)
"""What of an event tells who did what when; its body is read only where a rule needs its facts."""
SUBMITTING = ("submit", "resubmit")


@dataclass(frozen=True)
class Batch:
    """Events of the log in their order."""

    events: Sequence[Event]

    def of(self, *actions: str) -> list[Event]:
        """Return those that are one of these actions."""
        return [event for event in self.events if event.action in actions]

    def acts(self, *actions: str) -> list[Event]:
        """Return those of these actions that somebody took on an application."""
        return [one for one in self.of(*actions) if one.actor_id and one.stream in self.applications]

    @cached_property
    def applications(self) -> Mapping[str, Application]:
        """The applications that the events belong to, by stream. One query."""
        return applications_of({event.stream for event in self.events if event.stream.startswith(KIND)})

    @cached_property
    def histories(self) -> Mapping[str, Sequence[Event]]:
        """Everything that happened to these applications, by stream, without the bodies. One query."""
        found: dict[str, list[Event]] = defaultdict(list)
        rows = Event.objects.filter(stream__in=list(self.applications)).only(*SLIM)
        for event in rows.order_by("stream", "sequence"):
            found[event.stream].append(event)
        return found

    def before(self, event: Event) -> list[Event]:
        """Return what happened to the application before an event."""
        return [one for one in self.histories[event.stream] if one.sequence < event.sequence]


def applications_of(streams: set[str]) -> dict[str, Application]:
    """Return by stream the applications of these streams. One query."""
    if not streams:
        return {}
    keys = [UUID(stream.removeprefix(KIND)) for stream in streams]
    rows = Application.objects.filter(public_id__in=keys)
    shown = ("public_id", "cycle_id", "enterprise_id", "union_id", "district_id", "city_id", "rubric_id")
    return {one.stream: one for one in rows.only(*shown)}


def since_submission(history: Sequence[Event]) -> list[Event]:
    """Return what happened since the form was last submitted: about the revision that is judged now."""
    last = max((place for place, one in enumerate(history) if one.action in SUBMITTING), default=-1)
    return list(history[last + 1 :])
