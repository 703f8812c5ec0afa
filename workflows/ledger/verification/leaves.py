"""The log: every leaf in its order, every node above them, and what was signed of them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from workflows.ledger import tree
from workflows.ledger.verification import events, reading
from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.ledger.verification.chains import Chains
from workflows.ledger.verification.erasures import Erased
from workflows.ledger.verification.procession import Procession
from workflows.ledger.verification.reading import Row
from workflows.models import Leaf, Node

Tell = Callable[[int], None]
"""Is told how many leaves are done."""
AT_TIMES = 1000


@dataclass
class Tree:
    """A log as it is calculated: how many leaves, and the hashes of its complete subtrees from left to right."""

    size: int = 0
    edge: list[bytes] = field(default_factory=list)

    @property
    def root(self) -> bytes:
        """Return the root over all leaves."""
        return tree.root_over(self.edge)


def follow(grown: Tree, marks: Procession, chains: Chains, erased: Erased, tell: Tell) -> None:
    """Let the tree grow by the leaves of the log that it does not have yet. Raises Broken at the first bad record."""
    position, not_before = tree.stored(grown.size), marks.not_before
    with reading.numbered(grown.size) as rows, reading.nodes(position) as nodes:
        for row in rows:
            if row.leaf != grown.size or row.event is None:
                raise _missing(row, grown.size)
            leaf = tree.leaf_hash(events.check(row, chains, erased, not_before))
            for new in tree.grow(grown.size, grown.edge, leaf):
                stored = next(nodes, None)
                if stored != (position, new.hex()):
                    raise _wrong(row, position, stored, is_leaf=new == leaf)
                position += 1
            grown.size += 1
            if grown.size == marks.next_size:
                marks.hold(grown.size, grown.root)
                not_before = marks.not_before
            if not grown.size % AT_TIMES:
                tell(grown.size)
        if stored := next(nodes, None):
            raise _stray(stored[0], position, grown.size)
    marks.end(grown.size)


def check_unnumbered(chains: Chains, erased: Erased, not_before: str) -> int:
    """Check the events that have no place in the log yet; return how many there are. Raises Broken."""
    count = 0
    with reading.unnumbered() as rows:
        for row in rows:
            events.check(row, chains, erased, not_before)
            count += 1
    return count


def _missing(row: Row, size: int) -> Broken:
    if row.leaf != size:
        return _leaf_missing(size)
    place = Place(Leaf._meta.db_table, str(row.leaf), leaf=row.leaf)
    return Broken(place, Fault.MISSING, _("这个序号的操作记录不见了"))


def _leaf_missing(size: int) -> Broken:
    place = Place(Leaf._meta.db_table, str(size), leaf=size)
    return Broken(place, Fault.MISSING, _("这个序号的记录不见了"))


def _wrong(row: Row, position: int, stored: tuple[int, str] | None, *, is_leaf: bool) -> Broken:
    place = Place(Node._meta.db_table, str(position), row.stream, row.sequence, row.leaf)
    if stored is None or stored[0] != position:
        return Broken(place, Fault.MISSING, _("这个结点不见了"))
    if is_leaf:
        return Broken(row.place, Fault.LEAF, _("编号时不是现在的内容"))
    return Broken(place, Fault.NODE, _("这个结点与其下的记录不符"))


def _stray(position: int, expected: int, size: int) -> Broken:
    if position == expected:  # its leaf was taken away
        return _leaf_missing(size)
    place = Place(Node._meta.db_table, str(position))
    return Broken(place, Fault.STRAY, _("这个结点下面没有记录"))
