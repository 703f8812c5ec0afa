"""意见栏: what each level said of an application up to one of its revisions, as the form has cells for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accreditation.models import Application
from accreditation.queries.event_facts import number
from accreditation.queries.part import Part
from accreditation.queries.timeline import Entry, known_to
from accreditation.states import LEVEL_OF, Level, State
from workflows.models import Event

OPINIONS = frozenset({"recommend", "send_back", "return_to_level", "reject", "approve", "uphold_objection"})
"""Decisions with a reason that stand in the cell of whoever took them. (What is said of an objection that was
dismissed leaves the decision before it in force.)"""


@dataclass(frozen=True)
class Cell:
    """The cell of a level. `entry` is its last opinion on this revision or one before it; None if there is none."""

    level: Level
    office: str
    entry: Entry | None


def cells(application: Application, part: Part, events: Sequence[Event], revision: int) -> list[Cell]:
    """Return the cells of a revision as somebody with this part may know them; `events` are the application's."""
    given = [event for event in _standing(events) if (number(event.facts.get("revision")) or 0) <= revision]
    last = {LEVEL_OF[State(event.from_state)]: event for event in given if event.from_state in LEVEL_OF}
    known = known_to(application, part, (), list(last.values()))
    said = {entry.key: entry for entry in known}
    return [Cell(level, _office(application, level), said.get(_key(last.get(level)))) for level in Level]


def _standing(events: Iterable[Event]) -> list[Event]:
    """Return the opinions that were not taken back, the oldest first."""
    found: list[Event] = []
    for event in events:
        if event.action in OPINIONS:
            found.append(event)
        elif event.action == "recall" and found and event.facts.get("recalled") == found[-1].action:
            found.pop()
    return found


def _key(event: Event | None) -> int:
    return event.pk if event else 0


def _office(application: Application, level: Level) -> str:
    office = application.office_at(level)
    return office.name if office else ""
