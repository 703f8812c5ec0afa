"""Whether the record of an application is as it was written: events, and the documents that these have hashes of."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from accreditation.models import Application, Revision, Scorecard
from accreditation.queries.record import Record
from accreditation.queries.timeline import events_of
from workflows.ledger.chain import digest
from workflows.ledger.standing import Examined, Mark, Seal, Trouble, examine, examine_each, newest_seal
from workflows.models import Event


@dataclass(frozen=True)
class Proof:
    """What calculating the record of an application anew found.

    `count` is that of its events; `revisions` and `cards` are how many were compared; `bad_revisions` (their numbers)
    and `bad_cards` (how many) are not what the events have the hashes of.
    """

    count: int
    examined: Examined
    faults: Mapping[int, Mark]
    seal: Seal
    revisions: int
    cards: int
    bad_revisions: Sequence[int]
    bad_cards: int

    @property
    def holds(self) -> bool:
        """Whether the events, every revision and every scorecard are as they were written."""
        return self.examined.holds and not self.bad_revisions and not self.bad_cards

    @property
    def broken(self) -> int | None:
        """Return the number of the first event that does not hold or is not there; None if all hold."""
        numbers = [*self.examined.missing, *(n for n, mark in self.faults.items() if mark.fault)]
        return min([*numbers, *([self.count + 1] if self.examined.is_cut else [])], default=None)

    @property
    def fresh(self) -> int:
        """Return how many events no checkpoint holds yet."""
        return sum(mark.is_fresh for mark in self.examined.marks.values())


@dataclass(frozen=True)
class Proved:
    """A record with its proof: of the application, of its readings, and the mark of each event by its key."""

    proof: Proof
    readings: Examined
    marks: Mapping[int, Mark]

    @property
    def holds(self) -> bool:
        """Whether all of it holds, and the newest checkpoint is what it says it is."""
        wrong = any(mark.fault for mark in self.marks.values())
        return self.proof.holds and self.readings.holds and not wrong and not self.is_forged

    @property
    def is_forged(self) -> bool:
        """Whether there is a newest checkpoint that the log did not sign."""
        return self.proof.seal.trouble in {Trouble.SIGNATURE, Trouble.COLUMNS}


def prove_record(
    application: Application, record: Record, revisions: Iterable[Revision], shown: Set[int]
) -> Proved:
    """Prove a record, one by one the events whose keys are `shown`. Constant queries."""
    seal = newest_seal()
    cards = application.scorecards.all()
    proof = prove(application, record.events, seal, revisions=revisions, cards=cards, shown=shown)
    read = examine(record.read, seal, of=record.journal, shown=shown)
    apart = examine_each([event for event in record.around if event.pk in shown], seal)
    return Proved(proof, read, {**proof.examined.marks, **read.marks, **apart.marks})


def check(application: Application) -> Proof:
    """Calculate the record of an application anew, from its rows as they are."""
    revisions, cards = list(application.revisions.all()), list(application.scorecards.all())
    return prove(application, events_of(application.stream), newest_seal(), revisions=revisions, cards=cards)


def prove(
    application: Application,
    events: Sequence[Event],
    seal: Seal,
    *,
    revisions: Iterable[Revision],
    cards: Iterable[Scorecard],
    shown: Set[int] | None = None,
) -> Proof:
    """Calculate the record anew, from rows that were read already; `shown` as for `examine`."""
    examined = examine(events, seal, of=application, shown=shown)
    facts = [event.facts for event in events]
    documents = {(revision.number, digest(revision.document), revision.sha256) for revision in revisions}
    submitted = [card for card in cards if card.submitted_at]
    bad_cards = {digest(card.document) for card in submitted} ^ _cards_in(facts)
    return Proof(
        count=events[-1].sequence if events else 0,
        examined=examined,
        faults={event.sequence: examined.marks[event.pk] for event in events},
        seal=seal,
        revisions=len(documents),
        cards=len(submitted),
        bad_revisions=_differing(documents, facts),
        bad_cards=len(bad_cards),
    )


def _differing(kept: Iterable[tuple[int, str, str]], facts: Iterable[Mapping[str, Any]]) -> list[int]:
    """Return the numbers of the revisions that differ from what some event has the hash of, or are only on one side."""
    recorded: dict[int, set[Any]] = {}
    for one in facts:
        number, document = one.get("revision"), one.get("document")
        if isinstance(number, int) and isinstance(document, str):
            recorded.setdefault(number, set()).add(document)
    found = {number: {calculated, sha256} for number, calculated, sha256 in kept}
    return sorted(n for n in found.keys() | recorded.keys() if found.get(n) != recorded.get(n))


def _cards_in(facts: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the hashes of the cards that were handed in."""
    return {one["scorecard"] for one in facts if isinstance(one.get("scorecard"), str)}
