"""Which applications hold a place of a quota at a moment, by what the log says."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accreditation.models import Application
from workflows.models import Event

TAKING = ("recommend", "recall", "reject", "withdraw")
"""What takes a place, or gives it back."""


def events_about_places(streams: Iterable[str]) -> list[Event]:
    """Return, in the order of time, what has taken and freed places among these applications. One query."""
    rows = Event.objects.filter(stream__in=list(streams), action__in=TAKING)
    return list(rows.order_by("at", "pk"))


def streams_of(cycle: int, body: int) -> list[str]:
    """Return the streams of all applications that a body may recommend in a cycle. One query."""
    rows = Application.objects.filter(cycle=cycle, district=body, submitted_at__isnull=False)
    return [row.stream for row in rows.only("public_id")]


def held(events: Sequence[Event], at: datetime) -> set[str]:
    """Return which of the streams hold a place after all that had happened at a moment, that moment included."""
    holding: set[str] = set()
    decisions: dict[str, Event] = {}
    for event in events:
        if event.at > at:
            break
        if event.action == "recall":
            _take_back(holding, event.stream, decisions.get(event.stream))
        elif event.facts.get("place"):
            holding.add(event.stream)
        elif event.action == "withdraw" or event.facts.get("place_freed"):
            holding.discard(event.stream)
        decisions[event.stream] = event
    return holding


def _take_back(holding: set[str], stream: str, decision: Event | None) -> None:
    """A decision that is taken back gives back the place that it took, or takes again the one that it freed."""
    if decision is None:
        return
    if decision.facts.get("place"):
        holding.discard(stream)
    elif decision.facts.get("place_freed"):
        holding.add(stream)
