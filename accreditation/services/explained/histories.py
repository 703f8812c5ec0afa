"""What the events say of applications: of many at once, and only those events that explain a row."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Model, Q
from django.utils.translation import gettext as _

from accreditation.process import ReviewProcess
from accreditation.queries.certificates import ENDS
from accreditation.queries.replay import UNFIT
from accreditation.queries.replay_deeds import Deed, person
from accreditation.queries.replay_effects import EFFECTS, Known
from accreditation.queries.replay_works import IN_ROUND
from accreditation.services.certificate_proofs import FILE, ISSUE
from accreditation.services.explained.comparing import place_of, texts_of
from accreditation.states import EDITABLE
from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.ledger.verification.erasures import ERASE
from workflows.models import Event

FREEZING = frozenset({"submit", "resubmit"})
START, MOVE_VERSION = "start", "move_version"
HANDED = frozenset({"recuse", "appoint", "copy", "withdraw_copy"})
KEPT = frozenset({START, "visit", "score", "publish", "name_studio", ISSUE, FILE, *ENDS}) | FREEZING | HANDED
"""Actions whose rows are compared one by one with the event."""
TOLD = frozenset(IN_ROUND) - {"add_signer", "remove_signer", "change_signing", "cancel_signing"}
"""Actions whose reason stands a second time in a row."""
RULINGS = frozenset({"dismiss_objection", "uphold_objection", "reject"})
"""Actions whose reason is the ruling on the objections that were open."""
EXPLAINING = frozenset(EFFECTS) | KEPT | frozenset(IN_ROUND) | {ERASE}
_read = json.JSONDecoder().raw_decode


class Said(NamedTuple):
    """An event that explains a row. `holder` is whose work it was; `version` is that of the application after it.

    `reason` is the text that was kept apart: None where it is gone, or was not asked for.
    """

    stream: str
    sequence: int
    action: str
    actor: str
    holder: str
    office: str
    state: str
    version: int
    at: datetime
    facts: Mapping[str, Any]
    reason: str | None = None

    def place(self, model: type[Model], key: object) -> Place:
        """Return the place of a row that it explains."""
        return place_of(model, key, self.stream, self.sequence)


@dataclass
class History:
    """What the events say of one application. `version` counts as the engine does; `kept` are events by action.

    `since` is when it came into its state, and `entered` when it came into each last; `form` is the last form that was
    submitted, None where it is the applicant's since. `course` is what was done to rounds of signatures, with the
    changes of state from the first of them on, before which it had come into states `earlier`. `has_erased` tells
    whether reasons of its events were erased.
    """

    known: Known = field(default_factory=Known)
    version: int = 0
    since: datetime | None = None
    entered: dict[str, datetime] = field(default_factory=dict)
    form: Said | None = None
    kept: dict[str, list[Said]] = field(default_factory=dict)
    course: list[Said] = field(default_factory=list)
    earlier: dict[str, datetime] = field(default_factory=dict)
    has_erased: bool = False

    def said(self, *actions: str) -> list[Said]:
        """Return the events of these actions."""
        return [one for action in actions for one in self.kept.get(action, ())]

    def repeated(self, text: str, said: str | None) -> str:
        """Return what a column must be that repeats the reason `said`; one that was emptied by an order may be."""
        return "" if not text and self.has_erased else said or ""


def histories(streams: Sequence[str]) -> dict[str, History]:
    """Return the histories of applications by stream. Two queries. Raises Broken where an event does not fit."""
    found = {stream: History() for stream in streams}
    told: dict[int, list[tuple[list[Said], int]]] = {}
    for pk, stream, sequence, body in _events(streams):
        history = found[stream]
        try:
            said = _read(body)[0]  # the columns are known to say the same, and take longer to read
            deed = _deed(said)
            _follow(history, deed)
        except UNFIT as error:
            raise unfit(place_of(Event, pk, stream, sequence)) from error
        for kept in _places(history, deed):
            if deed.action in TOLD or deed.action in RULINGS:
                told.setdefault(pk, []).append((kept, len(kept)))
            kept.append(_said(stream, sequence, deed, said["office"], history.version))
        if deed.action in FREEZING:
            history.form = history.kept[deed.action][-1]
    for pk, texts in texts_of(told):
        for kept, place in told[pk]:
            kept[place] = kept[place]._replace(reason=texts.get("reason"))
    return found


def _places(history: History, deed: Deed) -> Iterator[list[Said]]:
    """Yield where an event is kept; most are not."""
    action = deed.action
    if action in KEPT or (action in RULINGS and history.known.objections):
        yield history.kept.setdefault(action, [])
    if action in IN_ROUND or (history.course and (deed.moved or action == MOVE_VERSION)):
        if not history.course:
            history.earlier = dict(history.entered)
        yield history.course


def unfit(place: Place) -> Broken:
    """Return what is said of an event that does not fit those before it."""
    return Broken(place, Fault.UNREADABLE, _("它说的与前面的操作记录不合"))


def _events(streams: Sequence[str]) -> Iterator[tuple[int, str, int, str]]:
    moving = ~Q(from_state=F("to_state"))
    rows = Event.objects.filter(moving | Q(action__in=EXPLAINING), stream__in=streams)
    ordered = rows.order_by("stream", "sequence").values_list("pk", "stream", "sequence", "body")
    return ordered.iterator()


def _said(stream: str, sequence: int, deed: Deed, office: str, version: int) -> Said:
    return Said(
        stream,
        sequence,
        deed.action,
        deed.actor,
        deed.holder,
        office,
        deed.to_state,
        version,
        deed.at,
        deed.facts,
    )


def _deed(said: Mapping[str, Any]) -> Deed:
    actor, facts, at = person(said["actor"]), said["facts"], datetime.fromisoformat(said["at"])
    holder = person(facts.get("for")) or actor
    return Deed(said["action"], actor, holder, at, said["from"], said["to"], facts)


def _follow(history: History, deed: Deed) -> None:
    if deed.action == ERASE:
        history.has_erased = True
    if deed.action in EFFECTS:
        EFFECTS[deed.action](history.known, deed)
    history.version += deed.moved or deed.action in ReviewProcess.makes_stale
    if deed.moved or deed.action == START:
        history.since = deed.at
    if deed.moved:
        history.known.last_move = deed.facts
        history.entered[deed.to_state] = deed.at
        if deed.to_state in EDITABLE:
            history.form = None
