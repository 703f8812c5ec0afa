"""The Merkle log: numbers committed events over all streams, and proves what is in it.

A leaf's content is the event's body, so a proof for a leaf proves everything the body says.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from workflows.event_queue import EventQueue
from workflows.ledger import tree
from workflows.models import Leaf, Node

EVENTS = EventQueue("numbered", Leaf)
BATCH = 2000


def number_events(at: datetime) -> int:
    """Duty: give every committed event its place in the log; return how many.

    Each batch is a transaction of its own. Of two runners one does the work; the other passes it by.
    """
    if EVENTS.is_read():
        return 0
    numbered = 0
    after: int | None = 0
    while after is not None:
        count, after = _batch(after)
        numbered += count
    return numbered


def size() -> int:
    """Return how many events are numbered."""
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def roots(ranges: Sequence[tree.Range]) -> list[bytes]:
    """Return the root over each range of leaves. One query. Raises KeyError where a stored hash is missing."""
    hashes = hashes_at(tree.positions(ranges))
    return [tree.root_of(one, hashes) for one in ranges]


def hashes_at(positions: Iterable[int]) -> dict[int, bytes]:
    """Return the stored hashes at these positions. One query for every thousand."""
    wanted = sorted(set(positions))
    found: dict[int, bytes] = {}
    for start in range(0, len(wanted), 1000):
        rows = Node.objects.filter(position__in=wanted[start : start + 1000])
        found.update((at, bytes.fromhex(text)) for at, text in rows.values_list("position", "hash"))
    return found


def root(of_size: int) -> bytes:
    """Return the root of the tree of the first `of_size` leaves."""
    return roots([(0, of_size)])[0]


def inclusion_proof(index: int, in_size: int) -> list[bytes]:
    """Return the hashes that prove that leaf `index` is in the tree of `in_size` leaves. Raises ValueError."""
    return roots(tree.inclusion(index, in_size))


def consistency_proof(old: int, in_size: int) -> list[bytes]:
    """Return the hashes that prove that the tree of `old` leaves is the beginning of a later. Raises ValueError."""
    return roots(tree.consistency(old, in_size))


@transaction.atomic
def _batch(after: int) -> tuple[int, int | None]:
    """Number one batch of events above the key `after`; return how many, and where the next begins."""
    mark = EVENTS.locked()
    if mark is None:
        return 0, None  # another runner is at it
    rows = list(EVENTS.unread(max(mark.event_id, after)).values_list("pk", "body")[:BATCH])
    _append(rows)
    if len(rows) == BATCH:
        return len(rows), rows[-1][0]
    EVENTS.move(mark)
    return len(rows), None


def _append(rows: Sequence[tuple[int, str]]) -> None:
    count = size()
    at = tree.stored(count)
    edge_positions = list(tree.complete((0, count)))
    hashes = hashes_at(edge_positions)
    edge = [hashes[one] for one in edge_positions]
    leaves, nodes = [], []
    for pk, body in rows:
        leaves.append(Leaf(index=count, event_id=pk))
        for new in tree.grow(count, edge, tree.leaf_hash(body.encode())):
            nodes.append(Node(position=at, hash=new.hex()))
            at += 1
        count += 1
    Leaf.objects.bulk_create(leaves, batch_size=1000)
    Node.objects.bulk_create(nodes, batch_size=1000)
