"""What the events say of applications: of many at once, and only those events that explain a row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Model, Q
from django.utils.translation import gettext as _

from accreditation.process import ReviewProcess
from accreditation.queries.certificates import ENDS
from accreditation.queries.replay import UNFIT
from accreditation.queries.replay_deeds import Deed, person
from accreditation.queries.replay_effects import EFFECTS, Known
from accreditation.services.certificate_proofs import FILE, ISSUE
from accreditation.services.explained.comparing import place_of
from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.models import Event

FREEZING = frozenset({"submit", "resubmit"})
START = "start"
KEPT = frozenset({START, "visit", "score", "name_studio", ISSUE, FILE, *ENDS}) | FREEZING
"""Actions whose rows are compared one by one with the event."""
EXPLAINING = frozenset(EFFECTS) | KEPT
_read = json.JSONDecoder().raw_decode


@dataclass(frozen=True)
class Said:
    """An event that explains a row."""

    stream: str
    sequence: int
    actor: str
    at: datetime
    facts: Mapping[str, Any]

    def place(self, model: type[Model], key: object) -> Place:
        """Return the place of a row that it explains."""
        return place_of(model, key, self.stream, self.sequence)


@dataclass
class History:
    """What the events say of one application. `version` counts as the engine does; `kept` are events by action.

    `since` is when it came into its state.
    """

    known: Known = field(default_factory=Known)
    version: int = 0
    since: datetime | None = None
    kept: dict[str, list[Said]] = field(default_factory=dict)

    def said(self, *actions: str) -> list[Said]:
        """Return the events of these actions."""
        return [one for action in actions for one in self.kept.get(action, ())]


def histories(streams: Sequence[str]) -> dict[str, History]:
    """Return the histories of applications by stream. One query. Raises Broken where an event does not fit."""
    moving = ~Q(from_state=F("to_state"))
    rows = Event.objects.filter(moving | Q(action__in=EXPLAINING), stream__in=streams).order_by(
        "stream", "sequence"
    )
    found = {stream: History() for stream in streams}
    for pk, stream, sequence, body in rows.values_list("pk", "stream", "sequence", "body").iterator():
        try:
            deed = _deed(_read(body)[0])  # the columns are known to say the same, and take longer to read
            _follow(found[stream], deed)
        except UNFIT as error:
            place = place_of(Event, pk, stream, sequence)
            raise Broken(place, Fault.UNREADABLE, _("它说的与前面的操作记录不合")) from error
        if deed.action in KEPT:
            said = Said(stream, sequence, deed.actor, deed.at, deed.facts)
            found[stream].kept.setdefault(deed.action, []).append(said)
    return found


def _deed(said: Mapping[str, Any]) -> Deed:
    actor, facts, at = person(said["actor"]), said["facts"], datetime.fromisoformat(said["at"])
    holder = person(facts.get("for")) or actor
    return Deed(said["action"], actor, holder, at, said["from"], said["to"], facts)


def _follow(history: History, deed: Deed) -> None:
    if deed.action in EFFECTS:
        EFFECTS[deed.action](history.known, deed)
    history.version += deed.moved or deed.action in ReviewProcess.makes_stale
    if deed.moved or deed.action == START:
        history.since = deed.at
    if deed.moved:
        history.known.last_move = deed.facts
