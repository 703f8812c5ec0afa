"""Verify one stream: its chain, the proof of each of its events, and the row that they explain."""

from bisect import bisect
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from workflows.ledger import log, tree
from workflows.ledger.notes import Verifier
from workflows.ledger.verification import erasures, events, reading, rows
from workflows.ledger.verification.broken import Broken, CannotVerify, Fault
from workflows.ledger.verification.chains import Chains
from workflows.ledger.verification.marks import Mark, moment, refuse_forgotten, rewritten, rolled_back, stored
from workflows.ledger.verification.reading import Row, snapshot
from workflows.ledger.verification.whole import Verified, check_older, from_file, known_keys
from workflows.models import Checkpoint

BATCH = 500


def verify_stream(stream: str, *, kept: Path | None = None) -> Verified:
    """Verify one stream: its events lead to the newest checkpoint, each by its proof, and the log holds what was kept.

    Raises Broken at the first record that does not hold, CannotVerify where nothing can be found out.
    """
    known = known_keys()
    demanded = from_file(kept, known) if kept else None
    with snapshot():
        newest = _newest(demanded, known)
        found = Verified(size=log.size(), root=newest.root if newest else b"", newest=newest)
        erased, chains = erasures.recorded(stream), Chains()
        signed = list(Checkpoint.objects.order_by("size").values_list("size", "at"))
        with reading.of_stream(stream) as all_rows:
            while some := list(islice(all_rows, BATCH)):
                leaves = [(row, events.check(row, chains, erased, _not_before(row, signed))) for row in some]
                found.events += len(leaves)
                found.fresh += len(leaves) - _prove(leaves, newest)
        if not found.events:
            raise CannotVerify(_("没有%(stream)s的操作记录") % {"stream": stream})
        found.rows = rows.check_of([stream], lambda done: None) + rows.check_sums([stream])
        refuse_forgotten(demanded)
    return found


def _newest(demanded: Mark | None, known: list[Verifier]) -> Mark | None:
    """Return the statement of the largest log that there is; the log must agree with all. Raises Broken."""
    row = Checkpoint.objects.order_by("-size").first()
    marks = sorted(mark for mark in (demanded, stored(row, known) if row else None) if mark)
    if not marks:
        return None
    *older, newest = marks
    if (size := log.size()) < newest.size:
        raise rolled_back(newest, size)
    try:
        root = log.root(newest.size)
    except KeyError:
        root = b""
    if root != newest.root:
        raise rewritten(newest, 0)
    for one in older:
        check_older(one, newest)
    return newest


def _not_before(row: Row, signed: Sequence[tuple[int, datetime]]) -> str:
    """Return the moment, as in a body, of the last checkpoint that was signed before the event was numbered."""
    before = len(signed) if row.leaf is None else bisect(signed, row.leaf, key=lambda one: one[0])
    return moment(signed[before - 1][1] if before else None)


def _prove(leaves: Sequence[tuple[Row, bytes]], newest: Mark | None) -> int:
    """Prove those of the events that the checkpoint holds; return how many they are. Raises Broken."""
    if newest is None:
        return 0
    held = {
        row.leaf: (row, content) for row, content in leaves if row.leaf is not None and row.leaf < newest.size
    }
    paths = {leaf: tree.inclusion(leaf, newest.size) for leaf in held}
    hashes = log.hashes_at(tree.positions(one for path in paths.values() for one in path))
    for leaf, (row, content) in held.items():
        try:
            proof = [tree.root_of(one, hashes) for one in paths[leaf]]
            tree.check_inclusion(leaf, newest.size, tree.leaf_hash(content), proof, newest.root)
        except (tree.BadProof, KeyError) as error:
            what = _("它不在检查点%(size)d的记录之中，或者编号时不是现在的内容") % {"size": newest.size}
            raise Broken(row.place, Fault.LEAF, what) from error
    return len(held)
