"""What a meeting decided, and what became of it: read from its event and those of its decisions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accreditation.models import Application, Meeting
from accreditation.states import State
from workflows.models import Event


@dataclass(frozen=True)
class Taken:
    """What the meeting decided on one application, and the event by which it was done (None: not done yet)."""

    application: Application
    decision: str
    reason: str
    event: Event | None

    @property
    def can_be_retried(self) -> bool:
        """Return whether it is not done yet and can still be."""
        return self.event is None and self.application.state == State.CITY_DECISION


def taken(meeting: Meeting) -> list[Taken]:
    """Return what a meeting decided, each with the event that did it. Constant queries."""
    entered = _entered(meeting)
    if entered is None:
        return []
    decided: Mapping[str, str] = {
        one["application"]: one["decision"] for one in json.loads(entered.body)["facts"]["decisions"]
    }
    rows = meeting.cycle.applications.filter(public_id__in=list(decided)).select_related(
        "studio", "enterprise", "district"
    )
    applications = list(rows.order_by("district__path", "number"))
    events = _events(meeting, applications)
    minutes = _reason(entered)
    return [
        Taken(
            application,
            decided[str(application.public_id)],
            _reason(event)
            if (event := events.get(application.stream))
            else reason_in(minutes, application.number),
            events.get(application.stream),
        )
        for application in applications
    ]


def _entered(meeting: Meeting) -> Event | None:
    rows = Event.objects.filter(
        stream=meeting.cycle.stream, action="hold_meeting", body__contains=f'"meeting":"{meeting.public_id}"'
    )
    return rows.select_related("payload").first()


def _events(meeting: Meeting, applications: Sequence[Application]) -> dict[str, Event]:
    """Return by stream the event with which each decision of the meeting was taken."""
    named = Event.objects.filter(
        stream__in=[one.stream for one in applications], body__contains=f'"meeting":"{meeting.public_id}"'
    )
    return {
        event.stream: event
        for event in named.select_related("payload", "actor", "principal").order_by("sequence")
    }


def _reason(event: Event) -> str:
    return event.personal.get("reason", "")


def minutes_of(common: str, own: Mapping[str, str]) -> str:
    """Return one text of the common reason and of those of single applications, by number, each on its line."""
    lines = [f"{number}：{' '.join(reason.split())}" for number, reason in own.items()]
    return "\n".join([*([common.strip()] if common.strip() else []), *lines])


def reason_in(minutes: str, number: str) -> str:
    """Return the reason that such a text gives for one application: its own, else the common one."""
    lines = minutes.splitlines()
    own = next((line for line in lines if line.startswith(f"{number}：")), "")
    if own:
        return own.removeprefix(f"{number}：")
    return "\n".join(line for line in lines if not _names_a_number(line, number))


def _names_a_number(line: str, like: str) -> bool:
    """Whether a line is the reason of another application of the same cycle."""
    cycle = like.rpartition("-")[0]
    return bool(cycle) and line.startswith(f"{cycle}-") and "：" in line
