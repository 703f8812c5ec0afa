"""How an application stood after some of its events, calculated from these alone: state, revision, panel, notice, work.

Only what the ledger holds is used, so whoever trusts the ledger can trust the answer. An event whose facts do not
fit (a record that was tampered with) is passed over and named in `unread`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accreditation.queries.replay_effects import EFFECTS, Known
from accreditation.queries.replay_works import Deed, Works
from accreditation.states import LEVEL_OF, State
from workflows.models import Event

PERSON = "user/"
UNFIT = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What reading facts raises that are not what the action writes."""


@dataclass
class Replay(Known):
    """An application as its events tell it. `sequence` is the last of them, 0 before the first."""

    sequence: int = 0
    state: str = State.DRAFT
    since: datetime | None = None
    works: Works = field(default_factory=Works)
    unread: list[int] = field(default_factory=list)

    @property
    def level(self) -> str:
        """Return the level that had it, or had it last."""
        return LEVEL_OF.get(State(self.state), "") if self.state in State.values else ""

    def follow(self, event: Event) -> None:
        """Go on by one event."""
        self.sequence = event.sequence
        deed = _deed(event)
        try:
            self._follow(deed)
        except UNFIT:
            self.unread.append(event.sequence)

    def _follow(self, deed: Deed) -> None:
        self.since = self.since or deed.at
        if deed.action in EFFECTS:
            EFFECTS[deed.action](self, deed)
        self.works.follow(deed, self._to_score(deed))
        if deed.moved:
            self.state, self.since, self.last_move = deed.to_state, deed.at, deed.facts
        if deed.facts.get("meeting"):
            self.meetings.append(deed.text("meeting"))

    def _to_score(self, deed: Deed) -> list[str]:
        """Return who has to score from this event on: the experts it seats; all without a card if it is taken back."""
        if deed.action == "convene":
            return deed.texts("experts")
        return [seat.expert for seat in self.panel if not seat.card]


def replay(events: Iterable[Event], at: datetime | None = None, upto: int | None = None) -> Replay:
    """Return how it stood after these events (one stream, in order), after those up to a moment, or up to a number.

    No event happened before the one that it is chained to, whatever its clock said: the first later one ends it.
    """
    found = Replay()
    for event in events:
        is_later = event.sequence > upto if upto is not None else at is not None and event.at > at
        if is_later:
            break
        found.follow(event)
    return found


def person(code: Any) -> Any:
    """Return the public identifier (or several) of whom the ledger names as "user/…"; other codes as they stand."""
    if isinstance(code, list):
        return [person(one) for one in code]
    return code.removeprefix(PERSON) if isinstance(code, str) else code


def _deed(event: Event) -> Deed:
    facts = event.facts
    actor = person(event.said.get("actor", ""))
    return Deed(
        action=event.action,
        actor=actor,
        holder=person(facts.get("for")) or actor,
        at=event.at,
        from_state=event.from_state,
        to_state=event.to_state,
        facts=facts | {name: person(facts[name]) for name in ("to", "signer") if name in facts},
    )
