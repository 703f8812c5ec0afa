"""Rounds of signatures as the events of an application tell them: what each of their rows must be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accreditation.queries.replay import UNFIT
from accreditation.queries.replay_deeds import person
from accreditation.services.explained.histories import MOVE_VERSION, History, Said, unfit
from workflows.models import Event, SigningRound
from workflows.signing.rounds import RUNNING

CANCELLED = SigningRound.State.CANCELLED
TERMS = ("mode", "in_order", "threshold", "quorum")
BESIDE = frozenset({"round", "result", "decision", "revision", "document", "scorecards", "total", "for"})
"""Facts of a proposal beside those of the decision that is proposed."""


@dataclass
class Signer:
    """Somebody's place in a round. `sequence` is the event that explains it as it stands."""

    signer: str
    sequence: int
    verdict: str = ""
    opinion: str | None = None
    signed_at: datetime | None = None
    signed_by: str = ""
    removed_at: datetime | None = None


@dataclass
class Round:
    """A round of signatures. `stage` and `opened` say on which work: that which was opened then."""

    stage: str
    office: str
    opened: datetime
    sequence: int
    columns: dict[str, Any]
    note: str | None
    signers: list[Signer] = field(default_factory=list)
    proposal: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None

    @property
    def is_running(self) -> bool:
        """Return whether it has not ended."""
        return self.columns["state"] in RUNNING

    def end(self, state: str, said: Said) -> None:
        """Let it have come to this by an event."""
        self.columns["state"], self.sequence = state, said.sequence
        self.columns["ended_at"] = None if self.is_running else said.at

    def place_of(self, signer: str) -> Signer:
        """Return somebody's place. Raises LookupError where they have none."""
        [place] = [one for one in self.signers if one.signer == signer and one.removed_at is None]
        return place


def rounds_of(history: History) -> dict[str, Round]:
    """Return the rounds of an application by their codes. Raises Broken where an event does not fit."""
    found: dict[str, Round] = {}
    began = dict(history.earlier)
    for said in history.course:
        try:
            if said.action in CHANGES:
                _change(found, said, began)
            elif said.action == MOVE_VERSION:
                _move_version(found.values(), said)
            else:
                _move(found.values(), said, began)
        except UNFIT as error:
            raise unfit(said.place(Event, said.action)) from error
    return found


def _move(rounds: Iterable[Round], said: Said, began: dict[str, datetime]) -> None:
    """A change of state ends what still runs; where a decision is taken back, the work's rounds go on with it."""
    last = began.get(said.state)
    for one in rounds:
        if one.is_running:
            one.end(CANCELLED, said)
        if said.action == "recall" and (one.stage, one.opened) == (said.state, last):
            one.opened = said.at
    began[said.state] = said.at


def _move_version(rounds: Iterable[Round], said: Said) -> None:
    """A decision that waits for signatures goes on waiting, on the application as it now is."""
    for one in rounds:
        if one.is_running and one.proposal:
            one.proposal["version"] = said.version


def _change(rounds: dict[str, Round], said: Said, began: Mapping[str, datetime]) -> None:
    code = said.facts["round"]
    if said.action == "open_signing":
        rounds[code] = _opened(said, began[said.state])
    CHANGES[said.action](rounds[code], said)
    rounds[code].end(said.facts["result"], said)


def _opened(said: Said, work: datetime) -> Round:
    columns = {"placement": said.facts["placement"], "opened_by": said.actor, "opened_at": said.at}
    signers = [Signer(one, said.sequence) for one in person(said.facts["to"])]
    return Round(said.state, said.office, work, said.sequence, columns, said.reason, signers)


def _terms(signing: Round, said: Said) -> None:
    signing.columns |= {name: said.facts[name] for name in TERMS}


def _add(signing: Round, said: Said) -> None:
    signing.signers.append(Signer(person(said.facts["to"]), said.sequence))


def _remove(signing: Round, said: Said) -> None:
    place = signing.place_of(person(said.facts["to" if "to" in said.facts else "signer"]))
    place.removed_at, place.sequence = said.at, said.sequence


def _propose(signing: Round, said: Said) -> None:
    signing.proposal = {
        "action": said.facts["decision"],
        "version": said.version,
        "facts": {name: value for name, value in said.facts.items() if name not in BESIDE},
        "by": said.actor,
        "for": person(said.facts.get("for", "")),
    }
    signing.reason = said.reason


def _sign(signing: Round, said: Said) -> None:
    place = signing.place_of(said.holder)
    place.verdict, place.opinion, place.sequence = said.facts["verdict"], said.reason, said.sequence
    place.signed_at, place.signed_by = said.at, said.actor


CHANGES: Mapping[str, Callable[[Round, Said], None]] = {
    "open_signing": _terms,
    "change_signing": _terms,
    "add_signer": _add,
    "remove_signer": _remove,
    "cancel_signing": lambda signing, said: None,
    "propose": _propose,
    "sign": _sign,
}
