"""The levels that an application climbs, with what happened at each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accreditation.models import Application
from accreditation.queries.timeline import Entry
from accreditation.states import RETURNED, ActionWord, State

APPLY, ENTERPRISE, DISTRICT, CITY, NOTICE, NAMING = range(6)
PLACES: dict[str, int] = {
    State.DRAFT: APPLY,
    State.ENTERPRISE_REVIEW: ENTERPRISE,
    State.RETURNED_BY_ENTERPRISE: ENTERPRISE,
    State.DISTRICT_REVIEW: DISTRICT,
    State.RETURNED_BY_DISTRICT: DISTRICT,
    State.CITY_INTAKE: CITY,
    State.PANEL_SCORING: CITY,
    State.CITY_DECISION: CITY,
    State.LISTED: CITY,
    State.RETURNED_BY_CITY: CITY,
    State.PUBLIC_NOTICE: NOTICE,
    State.OBJECTION: NOTICE,
    State.NOTICE_ENDED: NAMING,
    State.NAMED: NAMING,
}


@dataclass(frozen=True)
class RailStep:
    """One level. `standing` is done, now, back (returned), stopped (ended here) or ahead."""

    standing: str
    name: str
    note: str = ""


def rail(application: Application, entries: Sequence[Entry]) -> list[RailStep]:
    """Return the six levels; `entries` are the reader's own, so that a note tells nothing they may not know."""
    state = State(application.state)
    last = next((entry for entry in reversed(entries) if entry.from_state != entry.to_state), None)
    here = PLACES[state] if state in PLACES else _stopped_at(last)
    notes = _notes(entries)
    if state in PLACES and state not in RETURNED and state != State.NAMED:
        notes[here] = str(state.label) if here == CITY else notes.get(here, "") if here == NOTICE else ""
    return [
        RailStep(_standing(place, here, state), name, notes.get(place, "") if place <= here else "")
        for place, name in enumerate(_names(application))
    ]


def _names(application: Application) -> list[str]:
    return [
        _("申报"), application.union.label, application.district.label, _("市级评审"), _("公示"), _("命名"),
    ]  # fmt: skip


def _standing(place: int, here: int, state: State) -> str:
    if place != here:
        return "done" if place < here else "ahead"
    if state == State.NAMED:
        return "done"
    if state in RETURNED:
        return "back"
    return "stopped" if state in {State.REJECTED, State.WITHDRAWN} else "now"


def _stopped_at(last: Entry | None) -> int:
    """Where it was when it ended."""
    return PLACES.get(State(last.from_state), APPLY) if last else APPLY


def _notes(entries: Sequence[Entry]) -> dict[int, str]:
    """The last step out of each level: when, and what it was."""
    notes = {}
    for entry in entries:
        if entry.from_state == entry.to_state or not entry.from_state:
            continue
        place = PLACES[State(entry.from_state)]
        if entry.to_state == State.NAMED:
            place = NAMING
        if entry.to_state == State.PUBLIC_NOTICE:
            place = NOTICE
        if entry.action == "resubmit":
            continue
        notes[place] = _("%(date)s%(action)s") % {
            "date": date_format(localtime(entry.at), "MONTH_DAY_FORMAT"),
            "action": ActionWord(entry.action).label,
        }
    return notes
