"""The Merkle tree of RFC 6962, over hashes that are stored once and never change. Pure: no database, no clock.

A leaf is counted from 0. Every complete subtree has a hash, and each hash a position: the order in which an
append-only list gets them (that of Go's golang.org/x/mod/sumdb/tlog). A tree of n leaves is then the first
`stored(n)` hashes of that list, and any root or proof is calculated from a few of them.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

Range = tuple[int, int]
"""The leaves from the first number up to, and not including, the second."""


class BadProof(ValueError):
    """A proof that does not prove what it is shown for."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf with this content."""
    return hashlib.sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two."""
    return hashlib.sha256(b"\1" + left + right).digest()


def position(level: int, number: int) -> int:
    """Return the position of the hash of subtree `number` (from 0) of those with 2**level leaves."""
    first = (number + 1 << level) - 1  # the last leaf below it: the hash is stored right after that leaf's
    return sum(first >> shift for shift in range(first.bit_length() + 1)) + level


def stored(size: int) -> int:
    """Return how many hashes are stored for a tree of so many leaves."""
    return position(0, size)


def complete(leaves: Range) -> Iterator[int]:
    """Yield the positions of the complete subtrees that make up a range, from left to right."""
    low, high = leaves
    while low < high:
        level = (high - low).bit_length() - 1
        if low:
            level = min(level, (low & -low).bit_length() - 1)
        yield position(level, low >> level)
        low += 1 << level


def root_of(leaves: Range, hashes: Mapping[int, bytes]) -> bytes:
    """Return the root over a range of leaves, from the hashes at the positions of `complete(leaves)`.

    The range begins where a subtree of its size can. Raises KeyError for a hash that is not there.
    """
    return root_over([hashes[at] for at in complete(leaves)])


def root_over(edge: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees, from their hashes from left to right."""
    if not edge:
        return hashlib.sha256(b"").digest()
    root = edge[-1]
    for left in edge[-2::-1]:
        root = node_hash(left, root)
    return root


def grow(size: int, edge: list[bytes], leaf: bytes) -> list[bytes]:
    """Add a leaf (its hash) to a tree of `size` leaves; return the hashes to be stored, in the order of positions.

    `edge` holds the hashes of the complete subtrees of the tree, from left to right, and is brought up to date.
    """
    new = [leaf]
    while size & 1:
        new.append(node_hash(edge.pop(), new[-1]))
        size >>= 1
    edge.append(new[-1])
    return new


def inclusion(index: int, size: int) -> list[Range]:
    """Return the ranges whose roots prove that leaf `index` is in the tree of `size` leaves, the lowest first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[Range] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return path[::-1]


def consistency(old: int, size: int) -> list[Range]:
    """Return the ranges whose roots prove that the tree of `old` leaves is the beginning of that of `size`."""
    if not 0 < old <= size:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {size}")
    path: list[Range] = []
    low, high = 0, size
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return [*([(low, high)] if low else []), *path[::-1]]


def positions(ranges: Iterable[Range]) -> set[int]:
    """Return the positions of all hashes from which the roots of these ranges are calculated."""
    return {at for leaves in ranges for at in complete(leaves)}


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raise BadProof unless the leaf (its hash) is number `index` in the tree of `size` leaves with this root."""
    if not 0 <= index < size or len(proof) != len(inclusion(index, size)):
        raise BadProof("the proof has the wrong length")
    found = leaf
    for (_, high), other in zip(inclusion(index, size), proof, strict=True):
        found = node_hash(other, found) if high <= index else node_hash(found, other)
    if found != root:
        raise BadProof("the leaf is not in the tree")


def check_consistency(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Raise BadProof unless the tree of `old` leaves with `old_root` is the beginning of that with `root`."""
    if old == 0:
        if proof or old_root != root_of((0, 0), {}):
            raise BadProof("nothing is the beginning of every tree, and needs no proof")
        return
    if not 0 < old <= size or len(proof) != len(consistency(old, size)):
        raise BadProof("the proof has the wrong length")
    ranges = consistency(old, size)
    rest = list(zip(ranges, proof, strict=True))
    if ranges and ranges[0][1] == old and ranges[0][0]:
        before = after = rest.pop(0)[1]
    else:
        before = after = old_root
    for (low, _), other in rest:
        if low >= old:
            after = node_hash(after, other)
        else:
            before, after = node_hash(other, before), node_hash(other, after)
    if before != old_root or after != root:
        raise BadProof("the older tree is not the beginning of the newer one")


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
