"""How an application stood after some of its events, calculated from these alone: state, revision, panel, notice, work.

Only what the ledger holds is used, so whoever trusts the ledger can trust the answer. An event whose facts do not
fit (a record that was tampered with) is passed over and named in `unread`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from accreditation.queries.event_facts import UNFIT
from accreditation.queries.replay_deeds import Deed, deed_of
from accreditation.queries.replay_effects import EFFECTS, Known
from accreditation.queries.replay_works import Works
from accreditation.states import State
from workflows.models import Event


@dataclass
class Replay(Known):
    """An application as its events tell it. `sequence` is the last of them, 0 before the first."""

    sequence: int = 0
    state: str = State.DRAFT
    since: datetime | None = None
    works: Works = field(default_factory=Works)
    unread: list[int] = field(default_factory=list)

    def follow(self, event: Event) -> None:
        """Go on by one event."""
        self.sequence = event.sequence
        deed = deed_of(event)
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
