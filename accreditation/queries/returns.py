"""Returns 退回 of an application: by whom, to whom, why, and what of the form they speak of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accreditation.form_fields import Mark, marks
from accreditation.models import Application
from accreditation.states import RETURNED
from workflows.ledger.chain import written
from workflows.models import Event

RETURNS = ("send_back", "return_to_level")


@dataclass(frozen=True)
class Return:
    """One return. `level` is whom it went to: "applicant", or an earlier level."""

    sequence: int
    at: datetime
    office: str
    actor: str
    reason: str
    level: str
    revision: int
    marks: Sequence[Mark]


def returns_of(application: Application) -> list[Return]:
    """Return every return that was not taken back, the oldest first. One query."""
    events = Event.objects.filter(stream=application.stream, action__in=(*RETURNS, "recall"))
    found: list[Return] = []
    for event in events.select_related("payload", "office", "actor").order_by("sequence"):
        if event.action != "recall":
            found.append(_return(event))
        elif written(event.body)["facts"].get("recalled") in RETURNS:
            found.pop()
    return found


def waiting_return(application: Application, found: Sequence[Return]) -> Return | None:
    """Return the return that whoever has the application now is to settle: the applicant, or an earlier level."""
    if application.state in RETURNED:
        return _last(found, "applicant")
    if application.owed_to and application.level and application.level != application.owed_to:
        return _last(found, application.level) or _last(found)
    return None


def return_answered(found: Sequence[Return], revision: int) -> Return | None:
    """Return the return to the applicant that led to this revision; None for the first one."""
    return _last([one for one in found if one.revision == revision - 1], "applicant")


def _last(found: Sequence[Return], level: str = "") -> Return | None:
    return next((one for one in reversed(found) if level in ("", one.level)), None)


def _return(event: Event) -> Return:
    facts = written(event.body)["facts"]
    personal = event.personal
    return Return(
        sequence=event.sequence,
        at=event.at,
        office=personal.get("office", "") or getattr(event.office, "name", ""),
        actor=personal.get("actor", ""),
        reason=personal.get("reason", ""),
        level=facts.get("level", "applicant"),
        revision=facts.get("revision", 0),
        marks=marks(facts.get("steps", ()), facts.get("fields", ())),
    )
