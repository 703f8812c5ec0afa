"""当时的情况: an application as it stood at a moment of the past, and what was known of it then.

State, revision, holders, panel, notice and signatures are calculated from the events up to that moment; rows only give
the words for them (names, titles, deadlines), and nothing that came later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accreditation.models import (
    Application,
    Meeting,
    NamingDecision,
    Notice,
    Revision,
    Scorecard,
)
from accreditation.queries.parts_then import Holding, ObjectionThen, SeatThen
from accreditation.queries.people_then import People, keys_in, people
from accreditation.queries.replay import Replay, replay
from accreditation.queries.replay_works import Round, Work
from accreditation.states import ENDED, ActionWord, State
from certificates.models import Certificate
from workflows.ledger.chain import written
from workflows.models import Event, Task


@dataclass(frozen=True)
class AsItStood:
    """An application after its events up to `at`; `total_events` is how many there are now."""

    application: Application
    at: datetime
    now: Replay
    events: Sequence[Event]
    people: People
    cards: Mapping[str, Scorecard]

    @property
    def is_begun(self) -> bool:
        """Whether there was an application at all."""
        return self.now.sequence > 0

    @property
    def is_ended(self) -> bool:
        """Whether it had come to its end."""
        return self.now.state in ENDED

    @property
    def last(self) -> Event | None:
        """Return the last event by then."""
        return next((event for event in self.events if event.sequence == self.now.sequence), None)

    @property
    def next(self) -> Event | None:
        """Return the first event that came afterwards."""
        return next((event for event in self.events if event.sequence > self.now.sequence), None)

    @property
    def previous(self) -> Event | None:
        """Return the event before the last one."""
        return next((event for event in reversed(self.events) if event.sequence < self.now.sequence), None)

    @cached_property
    def holdings(self) -> list[Holding]:
        """Return the works that were open. One query."""
        due = {
            (task.stage, task.opened_at): task.due_at
            for task in self.application.tasks.filter(kind=Task.Kind.WORK).only(
                "stage", "opened_at", "due_at"
            )
        }
        return [self._holding(work, due) for work in self.now.works.opened]

    def _holding(self, work: Work, due: Mapping[tuple[str, datetime], datetime]) -> Holding:
        return Holding(
            work=work,
            office=getattr(self.application, work.office),
            holder=self.people(work.assignee),
            handed_by=self.people(work.handed_by),
            due_at=due.get((work.stage, work.opened_at)),
            adviser=self.people(work.advice),
            above=self.people(work.above),
            signers=self._signers(work.round) if work.round else [],
        )

    def _signers(self, signing: Round) -> list[tuple[str, str, bool]]:
        return [
            (self.people(one), signing.verdicts.get(one, ""), one in signing.awaited)
            for one in signing.signers
        ]

    @cached_property
    def revision(self) -> Revision | None:
        """Return the revision that was in force. One query."""
        if not self.now.revision:
            return None
        return (
            self.application.revisions.select_related("submitted_by").filter(number=self.now.revision).first()
        )

    @property
    def panel(self) -> list[SeatThen]:
        """Return the panel for the revision that was in force."""
        return [
            SeatThen(self.people(seat.expert), seat.seated_at, seat.submitted_at, self.cards.get(seat.card))
            for seat in self.now.panel
        ]

    @property
    def submitted(self) -> int:
        """Return how many cards were in."""
        return sum(bool(seat.card) for seat in self.now.panel)

    @property
    def readers(self) -> str:
        """Return who could read the cards, as a code for words: nobody, experts, concluded or broken off."""
        if self.now.total is not None:
            return "concluded"
        if self.now.state != State.PANEL_SCORING:
            return "broken_off"
        return "experts" if self.submitted >= self.application.cycle.quorum else "own"

    @cached_property
    def objections(self) -> list[ObjectionThen]:
        """Return the objections that had been filed. One query."""
        rows = (
            {str(row.public_id): row for row in self.application.objections.all()}
            if self.now.objections
            else {}
        )
        return [
            ObjectionThen(rows.get(code), one.filed_at, one.outcome, one.ruled_at)
            for code, one in self.now.objections.items()
        ]

    @cached_property
    def notice(self) -> Notice | None:
        """Return the notice that it stood on. One query."""
        return Notice.objects.filter(public_id__in=keys_in([self.now.notice])).first()

    @cached_property
    def meetings(self) -> list[Meeting]:
        """Return the meetings that had decided on it. One query."""
        return list(
            Meeting.objects.filter(public_id__in=keys_in(self.now.meetings)).order_by("held_on", "pk")
        )

    @cached_property
    def decision(self) -> NamingDecision | None:
        """Return the decision that had named it. One query."""
        return NamingDecision.objects.filter(number=self.now.decision).first() if self.now.decision else None

    @cached_property
    def certificate(self) -> Certificate | None:
        """Return the certificate that was registered last. One query."""
        return Certificate.objects.filter(public_id__in=keys_in([self.now.certificate])).first()

    @property
    def has_more(self) -> bool:
        """Whether there had been anything beside the levels and the panel."""
        now = self.now
        return bool(now.visits or now.meetings or now.notice or now.objections or now.decision)

    @property
    def owed(self) -> str:
        """Return the name of the body to which it would go straight back."""
        office = self.application.office_at(self.now.owed_to)
        return office.name if office else ""

    @property
    def recused(self) -> list[str]:
        """Return who kept out of it."""
        return self.people.all(self.now.recused)

    @property
    def copied(self) -> list[str]:
        """Return who had been copied on it."""
        return self.people.all(self.now.copied)

    @cached_property
    def rank(self) -> tuple[int, int] | None:
        """Return its place in the order of the body that recommends, and of how many. One query."""
        code = str(self.application.public_id)
        orders = Event.objects.filter(
            stream=self.application.district.stream, action=ActionWord.RANK, at__lte=self.at
        )
        last = orders.filter(body__contains=f'"{code}"').order_by("-sequence").first()
        order = written(last.body).get("facts", {}).get("applications") if last else None
        return (order.index(code) + 1, len(order)) if isinstance(order, list) and code in order else None


def as_it_stood(
    application: Application,
    at: datetime,
    events: Sequence[Event],
    cards: Iterable[Scorecard],
    upto: int | None = None,
) -> AsItStood:
    """Return the application as it stood at a moment; with `upto`, after the event of that number, of that moment.

    `events` are its whole stream with payloads, `cards` those that the reader may open: who reads is asked of today.
    One query for names.
    """
    now = replay(events, at, upto)
    known = [event for event in events if event.sequence <= now.sequence]
    submitted = {card.sha256: card for card in cards if card.sha256}
    return AsItStood(application, at, now, events, people(known, _mentioned(now)), submitted)


def _mentioned(now: Replay) -> set[str]:
    works = now.works.opened
    rounds = [work.round for work in works if work.round]
    codes = {seat.expert for seat in now.seats} | {code for one in rounds for code in one.signers}
    codes |= {code for work in works for code in (work.assignee, work.handed_by, work.advice)}
    return codes | {*now.recused, *now.copied, *now.appointed.values()}
