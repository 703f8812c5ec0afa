"""What the events say of applications: of many at once, and only those events that explain a row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from accreditation.models import Application
from accreditation.process import ReviewProcess
from accreditation.queries.replay import UNFIT, person
from accreditation.queries.replay_effects import EFFECTS, Known
from accreditation.queries.replay_works import Deed
from accreditation.services.certificate_proofs import FILE, ISSUE
from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.models import Event

FREEZING = frozenset({"submit", "resubmit"})
KEPT = frozenset({"visit", "score", "name_studio", ISSUE, FILE}) | FREEZING
"""Actions whose rows are compared one by one with the event."""
EXPLAINING = frozenset(EFFECTS) | KEPT


@dataclass(frozen=True)
class Said:
    """An event that explains a row."""

    stream: str
    sequence: int
    actor: str
    at: datetime
    facts: Mapping[str, Any]

    def place(self, table: str, key: object) -> Place:
        """Return the place of a row that it explains."""
        return Place(table, str(key), self.stream, self.sequence)


@dataclass
class History:
    """What the events say of one application. `version` counts as the engine does; `kept` are events by action."""

    known: Known = field(default_factory=Known)
    version: int = 0
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
    columns = ("pk", "stream", "sequence", "action", "from_state", "to_state", "at", "body")
    for pk, stream, sequence, action, before, after, at, body in rows.values_list(*columns).iterator():
        try:
            said = json.loads(body)
            actor, facts = person(said["actor"]), said["facts"]
            holder = person(facts.get("for")) or actor
            _follow(found[stream], Deed(action, actor, holder, at, before, after, facts))
        except UNFIT as error:
            place = Place(Event._meta.db_table, str(pk), stream, sequence)
            raise Broken(place, Fault.UNREADABLE, _("它说的与前面的操作记录不合")) from error
        if action in KEPT:
            found[stream].kept.setdefault(action, []).append(Said(stream, sequence, actor, at, facts))
    return found


def is_application(stream: str) -> bool:
    """Return whether a stream is that of an application."""
    return stream.startswith(f"{Application.stream_kind}/")


def _follow(history: History, deed: Deed) -> None:
    if deed.action in EFFECTS:
        EFFECTS[deed.action](history.known, deed)
    history.version += deed.moved or deed.action in ReviewProcess.makes_stale
    if deed.moved:
        history.known.last_move = deed.facts
