"""What can be said of events on the spot: each holds, or is too new for a checkpoint, or what is wrong with it.

An event that a signed checkpoint holds stands by its own proof, whatever became of those beside it. A newer one stands
by the chain: it holds as long as everything before it does.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflows.ledger import checkpoints, keys, log, tree
from workflows.ledger.chain import digest, instant, kept_fields
from workflows.ledger.notes import BadNote, Tree, open_checkpoint
from workflows.ledger.verification.broken import Fault
from workflows.ledger.verification.erasures import recorded
from workflows.models import Checkpoint, Event, Stream

PERSON = "user/"
Erased = Mapping[int, Set[str]]
"""The fields that were erased by order, by the number of the event."""


class Trouble(StrEnum):
    """Why the newest checkpoint proves nothing."""

    NONE = "none"  # there is none yet
    KEY = "key"  # no public key is known to check it with
    SIGNATURE = "signature"  # no known key signed it
    COLUMNS = "columns"  # the columns beside the note say something else


@dataclass(frozen=True)
class Seal:
    """The newest checkpoint, and the tree that it signs: None, with the trouble, where it proves nothing."""

    checkpoint: Checkpoint | None
    tree: Tree | None
    trouble: Trouble | None = None

    def holds(self, event: Event) -> bool:
        """Whether the event has a place in the tree that is signed."""
        leaf = getattr(event, "leaf", None)
        return self.tree is not None and leaf is not None and leaf.index < self.tree.size


@dataclass(frozen=True)
class Mark:
    """What can be said of one event. `leaf` is its number in the log, None before it has one.

    `is_fresh`: no checkpoint holds it yet. `is_doubtful`: it is fresh, and something before it does not hold.
    """

    fault: Fault | None
    is_fresh: bool
    leaf: int | None
    is_doubtful: bool = False

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return self.fault is None and not self.is_doubtful


@dataclass(frozen=True)
class Examined:
    """What examining a stream found, by the key of each event.

    `missing` are the numbers that no event has; `is_cut`: events after the last one are gone.
    """

    marks: Mapping[int, Mark]
    missing: Sequence[int] = ()
    is_cut: bool = False

    @property
    def holds(self) -> bool:
        """Whether everything is there and as it was written."""
        return not (self.missing or self.is_cut) and all(mark.holds for mark in self.marks.values())


def newest_seal() -> Seal:
    """Return the newest checkpoint with what it is worth: its signature is checked. One query."""
    checkpoint = checkpoints.latest()
    if checkpoint is None:
        return Seal(None, None, Trouble.NONE)
    try:
        signed = open_checkpoint(checkpoint.note, keys.verifiers())
    except keys.NoKey:
        return Seal(checkpoint, None, Trouble.KEY)
    except BadNote:
        return Seal(checkpoint, None, Trouble.SIGNATURE)
    if (signed.size, signed.root.hex()) != (checkpoint.size, checkpoint.root):
        return Seal(checkpoint, None, Trouble.COLUMNS)
    return Seal(checkpoint, signed)


def examine(events: Sequence[Event], seal: Seal, *, of: Stream, shown: Set[int] | None = None) -> Examined:
    """Examine a whole stream, in order; `of` is its row. Two queries.

    The events come with `payload`, `leaf`, `actor`, `principal` and `office`. The leaf of each event in `shown` (keys;
    None: all) is proved by itself, and that of the last which the checkpoint holds: it is chained to all before it.
    Where one fails, all are proved, to say which.
    """
    held = [event for event in events if seal.holds(event)]
    asked = [event for event in held if shown is None or event.pk in shown or event is held[-1]]
    outside = _outside(asked, seal)
    if outside and len(asked) < len(held):
        outside = _outside(held, seal)
    numbers = [event.sequence for event in events]
    end = (numbers[-1], events[-1].hash) if events else (0, "")
    return Examined(
        _marked(events, seal, outside, recorded(of.stream).get(of.stream, {})),
        missing=sorted(set(range(1, max(numbers, default=0))) - set(numbers)),
        is_cut=end != (of.sequence, of.head),
    )


def examine_each(events: Sequence[Event], seal: Seal) -> Examined:
    """Examine events of several streams, each by itself; whatever text is gone was erased, for all that is known."""
    outside = _outside([event for event in events if seal.holds(event)], seal)
    marks = {}
    for event in events:
        fault = _own_fault(event, {event.sequence: set(event.erased)})
        fault = fault or (Fault.LEAF if event.pk in outside else None)
        marks[event.pk] = Mark(fault, not seal.holds(event), _leaf(event))
    return Examined(marks)


def _marked(events: Iterable[Event], seal: Seal, outside: Collection[int], erased: Erased) -> dict[int, Mark]:
    """Mark each event of a stream. One that no checkpoint holds, before one that it does hold, was slipped in."""
    marks: dict[int, Mark] = {}
    unheld: list[Event] = []
    before: Event | None = None
    is_whole = True
    for event in events:
        is_fresh = not seal.holds(event)
        fault = _own_fault(event, erased)
        if is_fresh:
            unheld.append(event)
            fault = fault or (None if _goes_on(event, before) else Fault.CHAIN)
        elif event.pk in outside:
            fault = fault or Fault.LEAF
        else:
            marks |= {one.pk: Mark(Fault.LEAF, False, _leaf(one)) for one in unheld}
            is_whole, unheld = is_whole and not unheld, []
        marks[event.pk] = Mark(fault, is_fresh, _leaf(event), is_doubtful=is_fresh and not is_whole)
        is_whole, before = is_whole and fault is None, event
    return marks


def _own_fault(event: Event, erased: Erased) -> Fault | None:
    """Return what is wrong with an event by itself."""
    said, payload = event.said, getattr(event, "payload", None)
    if event.hash != digest(event.body):
        return Fault.HASH
    columns = {
        "stream": event.stream,
        "sequence": event.sequence,
        "previous": event.previous,
        "action": event.action,
        "office": event.office.code if event.office else "",
        "role": event.role,
        "from": event.from_state,
        "to": event.to_state,
        "at": instant(event.at),
    }
    people = (event.actor, said.get("actor")), (event.principal, event.facts.get("for"))
    if any(said.get(name) != column for name, column in columns.items()) or not all(map(_is_person, people)):
        return Fault.COLUMN
    if payload and kept_fields(said.get("personal"), payload.salt, payload.content) is None:
        return Fault.PERSONAL
    if set(event.erased) - erased.get(event.sequence, frozenset()):
        return Fault.PERSONAL
    return None


def _is_person(column_and_code: tuple[Any, Any]) -> bool:
    """Whether the column holds who the text names: nobody where that is a machine."""
    person, code = column_and_code
    named = str(code or "")
    return named == f"{PERSON}{person.public_id}" if person else not named.startswith(PERSON)


def _goes_on(event: Event, before: Event | None) -> bool:
    """Whether the event names the one before it by its hash."""
    if before is None:
        return (event.sequence, event.previous) == (1, "")
    return event.sequence == before.sequence + 1 and event.previous in {before.hash, digest(before.body)}


def _outside(held: Sequence[Event], seal: Seal) -> set[int]:
    """Return the keys of those whose proof does not lead from their text to the root that is signed."""
    signed = seal.tree
    if signed is None or not held:
        return set()
    paths = {event.pk: tree.inclusion(event.leaf.index, signed.size) for event in held}
    hashes = log.hashes_at(tree.positions(one for path in paths.values() for one in path))
    found = set()
    for event in held:
        try:
            proof = [tree.root_of(one, hashes) for one in paths[event.pk]]
            leaf = tree.leaf_hash(event.body.encode())
            tree.check_inclusion(event.leaf.index, signed.size, leaf, proof, signed.root)
        except (tree.BadProof, KeyError):
            found.add(event.pk)
    return found


def _leaf(event: Event) -> int | None:
    leaf = getattr(event, "leaf", None)
    return None if leaf is None else leaf.index
