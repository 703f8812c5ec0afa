"""What the events say of organisations: their place in the tree, their people, who stands in for whom."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from accreditation.queries.replay_deeds import person
from accreditation.services.explained.comparing import Claim, texts_of
from workflows.ledger.verification.erasures import ERASE
from workflows.models import Event

NAMED = ("kind", "code", "name", "short_name")
PERIOD = ("starts_at", "ends_at")
TEXTS = {"join": ("position", "position"), "substitute": ("reason", "note")}
"""The personal text that a row repeats, and in which column, by action."""


class Deed(NamedTuple):
    """An event of an organisation. `given` are the fields of personal text that it was given."""

    stream: str
    sequence: int
    actor: str
    office: str
    at: datetime
    facts: Mapping[str, Any]
    given: Mapping[str, str]

    def claim(self, **columns: Any) -> Claim:
        """Return what it says of a row."""
        return Claim(self.stream, self.sequence, columns)


@dataclass
class Office:
    """What the events say of one organisation: of each grant (person, grant) the event that gave it last.

    `members` are the memberships of each person in their order; `has_erased` tells whether texts of its events were
    erased.
    """

    founded: dict[str, Any] = field(default_factory=dict)
    members: dict[str, list[Claim]] = field(default_factory=dict)
    grants: dict[tuple[str, str], int] = field(default_factory=dict)
    substitutions: dict[str, Claim] = field(default_factory=dict)
    escalates_to: str = ""
    has_erased: bool = False


def offices_of(streams: Sequence[str]) -> dict[str, Office]:
    """Return what is said of the organisations with these streams. Two queries."""
    found = {stream: Office() for stream in streams}
    rows = Event.objects.filter(stream__in=streams, action__in=FOLLOWED).order_by("stream", "sequence")
    told: dict[int, tuple[dict[str, Any], str, str]] = {}
    columns = ("pk", "stream", "sequence", "action", "body")
    for pk, stream, sequence, action, body in rows.values_list(*columns).iterator():
        deed = _deed(stream, sequence, json.loads(body))
        claim = FOLLOWED[action](found[stream], deed)
        if claim is None:
            continue
        text, column = TEXTS[action]
        claim.columns[column] = ""
        if text in deed.given:
            del claim.columns[column]  # what was erased is not compared
            told[pk] = claim.columns, text, column
    for pk, texts in texts_of(told):
        of_row, text, column = told[pk]
        of_row |= {column: texts[text]} if text in texts else {}
    return found


def _deed(stream: str, sequence: int, said: Mapping[str, Any]) -> Deed:
    at = datetime.fromisoformat(said["at"])
    return Deed(stream, sequence, person(said["actor"]), said["office"], at, said["facts"], said["personal"])


def _founded(office: Office, deed: Deed) -> None:
    office.founded = {name: deed.facts[name] for name in NAMED} | {"parent": deed.office}


def _join(office: Office, deed: Deed) -> Claim:
    joined = deed.claim(started_at=deed.at, ended_at=None)
    office.members.setdefault(deed.facts["member"], []).append(joined)
    return joined


def _leave(office: Office, deed: Deed) -> None:
    left = office.members[deed.facts["member"]]
    left[-1].columns["ended_at"] = deed.at
    left[-1] = left[-1]._replace(sequence=deed.sequence)


def _grant(office: Office, deed: Deed) -> None:
    office.grants[deed.facts["member"], deed.facts["grant"]] = deed.sequence


def _revoke(office: Office, deed: Deed) -> None:
    office.grants.pop((deed.facts["member"], deed.facts["grant"]), None)


def _escalate(office: Office, deed: Deed) -> None:
    office.escalates_to = deed.facts.get("member", "")


def _substitute(office: Office, deed: Deed) -> Claim:
    facts = deed.facts
    period = {name: datetime.fromisoformat(facts[name]) for name in PERIOD}
    people = {"principal": facts["member"], "substitute": facts["substitute"], "made_by": deed.actor}
    made = deed.claim(**people, **period, made_at=deed.at, ended_at=None)
    office.substitutions[facts["substitution"]] = made
    return made


def _end(office: Office, deed: Deed) -> None:
    code = deed.facts["substitution"]
    office.substitutions[code].columns["ended_at"] = deed.at
    office.substitutions[code] = office.substitutions[code]._replace(sequence=deed.sequence)


def _erase(office: Office, deed: Deed) -> None:
    office.has_erased = True


FOLLOWED: Mapping[str, Callable[[Office, Deed], Claim | None]] = {
    "found": _founded,
    "join": _join,
    "leave": _leave,
    "grant": _grant,
    "revoke": _revoke,
    "set_escalation": _escalate,
    "substitute": _substitute,
    "end_substitution": _end,
    ERASE: _erase,
}
