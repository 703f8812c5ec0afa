"""What each action changes of an application beside its state and its work, as its events tell it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accreditation.queries.replay_deeds import Deed
from accreditation.states import LEVEL_OF, Level, State
from workflows.working_days import working_days_in


@dataclass
class Seat:
    """An expert's place on the panel for one revision. `card` is the hash of the card that was handed in."""

    revision: int
    expert: str
    seated_at: datetime
    card: str = ""
    submitted_at: datetime | None = None


@dataclass
class Ruling:
    """An objection: when it was filed, to which notice, and what was ruled on it by whom ("" while it was open)."""

    filed_at: datetime
    notice: str = ""
    outcome: str = ""
    ruled_at: datetime | None = None
    ruled_by: str = ""


@dataclass
class Known:
    """What is known of an application: its revision, its panel and their total, its notice, who has to do with it."""

    submitted_at: datetime | None = None
    recommended_at: datetime | None = None
    revision: int = 0
    process: str = ""
    rubric: str = ""
    owed_to: str = ""
    total: Decimal | None = None
    trimmed: bool = False
    notice: str = ""
    notice_ends_on: date | None = None
    notice_days_left: int | None = None
    decision: str = ""
    certificate: str = ""
    revoked_on: date | None = None
    seats: list[Seat] = field(default_factory=list)
    objections: dict[str, Ruling] = field(default_factory=dict)
    meetings: list[str] = field(default_factory=list)
    visits: dict[str, str] = field(default_factory=dict)
    recused: list[str] = field(default_factory=list)
    appointed: dict[str, str] = field(default_factory=dict)
    copied: list[str] = field(default_factory=list)
    last_move: Mapping[str, Any] = field(default_factory=dict)

    @property
    def panel(self) -> list[Seat]:
        """Return the seats for the revision that is in force."""
        return [seat for seat in self.seats if seat.revision == self.revision]

    @property
    def open_objections(self) -> list[str]:
        """Return the objections that nobody has ruled on."""
        return [code for code, ruling in self.objections.items() if not ruling.outcome]

    def rule(self, outcome: str, deed: Deed) -> None:
        """Rule on every open objection."""
        for code in self.open_objections:
            ruling = self.objections[code]
            ruling.outcome, ruling.ruled_at, ruling.ruled_by = outcome, deed.at, deed.actor


def _freeze(now: Known, deed: Deed) -> None:
    now.revision, now.total, now.trimmed = deed.number("revision"), None, False


def _submit(now: Known, deed: Deed) -> None:
    _freeze(now, deed)
    now.submitted_at = deed.at
    now.process, now.rubric = deed.facts.get("process", ""), deed.facts.get("rubric", "")


def _withdraw(now: Known, deed: Deed) -> None:
    now.recommended_at = None
    now.rule("lapsed", deed)


def _recommend(now: Known, deed: Deed) -> None:
    if deed.facts.get("place"):
        now.recommended_at = deed.at
    if "owed_before" in deed.facts:
        now.owed_to = ""


def _send_back(now: Known, deed: Deed) -> None:
    now.total = None


def _return_to_level(now: Known, deed: Deed) -> None:
    now.owed_to = Level(LEVEL_OF[State(deed.from_state)])


def _reject(now: Known, deed: Deed) -> None:
    now.rule("upheld", deed)
    if deed.facts.get("place_freed"):
        now.recommended_at = None


def _recall(now: Known, deed: Deed) -> None:
    """Undo what the decision did that is taken back."""
    undone = now.last_move
    if undone.get("place"):
        now.recommended_at = None
    if undone.get("place_freed"):
        now.recommended_at = deed.at
    if "total_before" in undone:
        now.total = Decimal(undone["total_before"])
    owed = undone.get("owed_before", now.owed_to)
    now.owed_to = Level(owed) if owed else ""


def _convene(now: Known, deed: Deed) -> None:
    now.seats += [Seat(deed.number("revision"), one, deed.at) for one in deed.texts("experts")]


def _score(now: Known, deed: Deed) -> None:
    (seat,) = (one for one in now.panel if one.expert == deed.actor)
    seat.card, seat.submitted_at = deed.text("scorecard"), deed.at


def _conclude(now: Known, deed: Deed) -> None:
    now.total, now.trimmed = Decimal(deed.text("total")), bool(deed.facts.get("trimmed"))


def _publish(now: Known, deed: Deed) -> None:
    now.notice, now.notice_ends_on = deed.text("notice"), date.fromisoformat(deed.text("ends_on"))


def _object(now: Known, deed: Deed) -> None:
    now.objections[deed.text("objection")] = Ruling(deed.at, now.notice)
    if now.notice_days_left is None and now.notice_ends_on:
        left = working_days_in(timezone.localdate(deed.at), now.notice_ends_on)
        now.notice_days_left = max(left, 1)


def _dismiss(now: Known, deed: Deed) -> None:
    now.rule("dismissed", deed)
    now.notice_ends_on, now.notice_days_left = date.fromisoformat(deed.text("ends_on")), None


def _uphold(now: Known, deed: Deed) -> None:
    now.rule("upheld", deed)
    now.notice_days_left = None


def _name(now: Known, deed: Deed) -> None:
    now.decision = deed.text("decision")


def _certify(now: Known, deed: Deed) -> None:
    now.certificate = deed.text("certificate")


def _revoke(now: Known, deed: Deed) -> None:
    now.revoked_on = date.fromisoformat(deed.text("ended_on"))


def _move_version(now: Known, deed: Deed) -> None:
    now.process, now.rubric = deed.text("process_to"), deed.text("rubric_to")


def _visit(now: Known, deed: Deed) -> None:
    """A record that corrects another takes its place."""
    now.visits.pop(deed.facts.get("corrects", ""), None)
    now.visits[deed.text("visit")] = deed.text("on")


def _appoint(now: Known, deed: Deed) -> None:
    now.appointed[deed.text("acts_for")] = deed.text("to")


def _uncopy(now: Known, deed: Deed) -> None:
    now.copied.remove(deed.text("to"))


EFFECTS: Mapping[str, Callable[[Known, Deed], None]] = {
    "submit": _submit,
    "resubmit": _freeze,
    "withdraw": _withdraw,
    "recommend": _recommend,
    "send_back": _send_back,
    "return_to_level": _return_to_level,
    "reject": _reject,
    "recall": _recall,
    "convene": _convene,
    "score": _score,
    "conclude": _conclude,
    "publish": _publish,
    "file_objection": _object,
    "dismiss_objection": _dismiss,
    "uphold_objection": _uphold,
    "name_studio": _name,
    "issue_certificate": _certify,
    "revoke_certificate": _revoke,
    "move_version": _move_version,
    "visit": _visit,
    "recuse": lambda now, deed: now.recused.append(deed.actor),
    "appoint": _appoint,
    "copy": lambda now, deed: now.copied.extend(deed.texts("to")),
    "withdraw_copy": _uncopy,
}
