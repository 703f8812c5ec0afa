"""Who had the open work of an application, calculated from its events alone: no row that could have been changed.

People and bodies stand here by what stands for them in the ledger: a person's public identifier, an office's code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from accreditation.queries.replay_deeds import Deed
from accreditation.states import HOLDER, State
from workflows.models import SigningRound, Task

PLANNED, OPEN = SigningRound.State.PLANNED, SigningRound.State.OPEN
PASSED, REFUSED = SigningRound.State.PASSED, SigningRound.State.REFUSED
HOLDS: Mapping[str, str] = {OPEN: Task.Hold.SIGNING, PLANNED: Task.Hold.PLANNED}
"""How a work waits while its round is in a state."""


@dataclass
class Round:
    """A round of signatures: who is in it, in their order, and what they signed so far."""

    code: str
    placement: str
    state: str
    mode: str = ""
    threshold: int = 0
    quorum: int = 0
    in_order: bool = False
    signers: list[str] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)
    decision: str = ""

    @property
    def awaited(self) -> list[str]:
        """Return whose turn it is to sign."""
        waiting = [one for one in self.signers if one not in self.verdicts] if self.state == OPEN else []
        return waiting[:1] if self.in_order else waiting


@dataclass
class Work:
    """An open work: of which office of the application (the field that holds it), in whose hands, waiting for what.

    `advice` is who was asked for it, `above` the body that is to name somebody; `round` is the one that runs.
    """

    stage: str
    office: str
    opened_at: datetime
    assignee: str = ""
    held_since: datetime | None = None
    handed_by: str = ""
    hold: str = ""
    advice: str = ""
    above: str = ""
    round: Round | None = None
    ruled: str = ""


@dataclass
class Works:
    """The open works: one where an office has it, one for each expert while they score."""

    opened: list[Work] = field(default_factory=list)
    closed: dict[tuple[str, str], Work] = field(default_factory=dict)

    @property
    def one(self) -> Work:
        """Return the work that is handed about. Raises IndexError where none is open."""
        return self.opened[0]

    def follow(self, deed: Deed, experts: Sequence[str]) -> None:
        """Take the works on by one event; `experts` are those who have to score from now on.

        Raises LookupError, TypeError or ValueError where the event does not fit.
        """
        if deed.moved:
            self._move(deed, experts)
        elif deed.action == "convene":
            self.opened += [_of_expert(one, deed) for one in experts]
        elif deed.action == "score":
            self.opened = [one for one in self.opened if one.assignee != deed.actor]
        elif deed.action in {"recuse", "step_aside"}:
            self._let_go(deed)
        elif deed.action in HANDED:
            HANDED[deed.action](self.one, deed)
        elif "round" in deed.facts and deed.action != "proposal_lapsed":
            _sign(self.one, deed)

    def _move(self, deed: Deed, experts: Sequence[str]) -> None:
        self.closed |= {(one.stage, one.office): one for one in self.opened}
        holder = HOLDER.get(State(deed.to_state))
        if deed.to_state == State.PANEL_SCORING:
            self.opened = [_of_expert(one, deed) for one in experts]
        elif holder is None:
            self.opened = []
        else:
            self.opened = [self._again(Work(deed.to_state, holder.removesuffix("_id"), deed.at), deed)]

    def _again(self, work: Work, deed: Deed) -> Work:
        """A decision that is taken back leaves the work with who took it, and with what signers refused in it."""
        before = self.closed.get((work.stage, work.office))
        if deed.action != "recall":
            return work
        refused = before is not None and before.hold == Task.Hold.REFUSED
        return replace(
            work,
            assignee=deed.holder,
            held_since=deed.at,
            ruled=before.ruled if before else "",
            hold=Task.Hold.REFUSED if refused else "",
        )

    def _let_go(self, deed: Deed) -> None:
        alone = deed.to_state == State.PANEL_SCORING
        self.opened = [one for one in self.opened if not (alone and one.assignee == deed.actor)]
        for work in self.opened:
            if work.assignee == deed.actor:
                _put(work, "", deed)
            if work.advice == deed.actor:
                work.advice, work.hold = "", ""


def _of_expert(expert: str, deed: Deed) -> Work:
    return Work(State.PANEL_SCORING, "city", deed.at, assignee=expert, held_since=deed.at)


def _put(work: Work, to: str, deed: Deed, by: str = "") -> None:
    work.assignee, work.handed_by = to, by
    work.held_since = deed.at if to else None


def _escalate(work: Work, deed: Deed) -> None:
    if deed.facts.get("handed"):
        _put(work, deed.text("to"), deed)


def _appoint(work: Work, deed: Deed) -> None:
    _put(work, deed.text("to"), deed)
    work.above = ""


def _delegate(work: Work, deed: Deed) -> None:
    work.advice, work.hold = deed.text("to"), Task.Hold.ADVICE


def _advised(work: Work, deed: Deed) -> None:
    work.advice, work.hold = "", ""


def _ask_above(work: Work, deed: Deed) -> None:
    work.above = deed.text("above")


HANDED: Mapping[str, Callable[[Work, Deed], None]] = {
    "claim": lambda work, deed: _put(work, deed.holder, deed),
    "release": lambda work, deed: _put(work, "", deed),
    "assign": lambda work, deed: _put(work, deed.text("to"), deed, by=deed.holder),
    "unassign": lambda work, deed: _put(work, "", deed),
    "transfer": lambda work, deed: _put(work, deed.text("to"), deed, by=work.assignee),
    "take_back": lambda work, deed: _put(work, work.handed_by, deed),
    "escalate": _escalate,
    "appoint": _appoint,
    "ask_above": _ask_above,
    "delegate": _delegate,
    "advise": _advised,
    "withdraw_delegation": _advised,
}


def _sign(work: Work, deed: Deed) -> None:
    """Take the round of the work on by one event: what was done to it, and what it came to by that."""
    code, result = deed.text("round"), deed.text("result")
    if deed.action == "open_signing":
        work.round = Round(code, deed.text("placement"), result, signers=deed.texts("to"))
    signing = work.round
    if signing is None or signing.code != code:
        raise LookupError(code)
    IN_ROUND[deed.action](signing, deed)
    signing.state = result
    work.hold = HOLDS.get(signing.state, "")
    if work.hold:
        return
    if signing.state in {PASSED, REFUSED}:
        work.ruled = signing.state
    work.round, work.hold = None, Task.Hold.REFUSED if work.ruled == REFUSED else ""


def _terms(signing: Round, deed: Deed) -> None:
    signing.mode, signing.in_order = SigningRound.Mode(deed.text("mode")), deed.facts["in_order"] is True
    signing.threshold, signing.quorum = deed.number("threshold"), deed.number("quorum")


def _propose(signing: Round, deed: Deed) -> None:
    signing.decision = deed.text("decision")


def _signed(signing: Round, deed: Deed) -> None:
    signing.verdicts[deed.holder] = deed.text("verdict")


def _remove(signing: Round, deed: Deed) -> None:
    signing.signers.remove(deed.text("to" if "to" in deed.facts else "signer"))


IN_ROUND: Mapping[str, Callable[[Round, Deed], None]] = {
    "open_signing": _terms,
    "change_signing": _terms,
    "add_signer": lambda signing, deed: signing.signers.append(deed.text("to")),
    "remove_signer": _remove,
    "cancel_signing": lambda signing, deed: None,
    "propose": _propose,
    "sign": _signed,
}
