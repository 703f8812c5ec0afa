"""Verify all of the ledger, or what came to it since a checkpoint."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from workflows.ledger import keys, log, peers, tree
from workflows.ledger.notes import Verifier
from workflows.ledger.verification import erasures, leaves, rows
from workflows.ledger.verification.broken import Broken, CannotVerify, Fault, Place
from workflows.ledger.verification.chains import Chains
from workflows.ledger.verification.leaves import Tree
from workflows.ledger.verification.marks import Mark, opened, refuse_forgotten, rewritten, rolled_back
from workflows.ledger.verification.procession import Counts, Procession
from workflows.ledger.verification.reading import snapshot

Tell = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is (0: not known)."""
LEAVES, ROWS = "leaves", "rows"


@dataclass
class Verified:
    """What was verified and holds.

    `start` is the size of the checkpoint that was trusted, `size` that of the log, `root` its root; `fresh` of the
    events are in no checkpoint's tree yet. `newest` is the last statement that they were held against.
    """

    start: int = 0
    size: int = 0
    root: bytes = b""
    events: int = 0
    fresh: int = 0
    rows: int = 0
    newest: Mark | None = None
    counts: Counts = field(default_factory=Counts)


def verify(
    *, kept: Path | None = None, since: Path | None = None, tell: Tell = lambda what, done, total: None
) -> Verified:
    """Verify everything, or what came since a checkpoint that is trusted, and that the log holds what was kept.

    Raises Broken at the first record that does not hold, CannotVerify where nothing can be found out.
    """
    known = known_keys()
    trusted = from_file(since, known) if since else None
    demanded = from_file(kept, known) if kept else None
    with snapshot():
        grown = _trusted_tree(trusted) if trusted else Tree()
        if trusted and demanded and demanded.size < trusted.size:
            check_older(demanded, trusted)
        found = _follow(grown, trusted, demanded, known, tell)
        found.rows = _check_rows(trusted, lambda done: tell(ROWS, done, 0))
        refuse_forgotten(trusted, demanded)
    return found


def _follow(
    grown: Tree, trusted: Mark | None, kept: Mark | None, known: Sequence[Verifier], tell: Tell
) -> Verified:
    """Verify every event from the end of the tree on, and what was signed of the log. Raises Broken."""
    found, erased, chains, total = Verified(start=grown.size), erasures.recorded(), Chains(), log.size()
    marks = Procession(grown.size, trusted=trusted, kept=kept, verifiers=known, witnesses=_witnesses())
    with closing(marks):
        marks.hold(grown.size, grown.root)
        leaves.follow(grown, marks, chains, erased, lambda done: tell(LEAVES, done, total))
    unnumbered = leaves.check_unnumbered(chains, erased, marks.not_before)
    found.newest, found.counts = marks.held, marks.counts
    found.size, found.root = grown.size, grown.root
    found.events = grown.size - found.start + unnumbered
    found.fresh = unnumbered + grown.size - (marks.held.size if marks.held else 0)
    return found


def known_keys() -> list[Verifier]:
    """Return the keys that may have signed checkpoints. Raises CannotVerify."""
    try:
        return keys.verifiers()
    except keys.NoKey as error:
        raise CannotVerify(_("没有公钥，检查点的签名无从核对：%(error)s") % {"error": error}) from error


def _witnesses() -> list[Verifier]:
    try:
        return peers.witnesses()
    except peers.BadSetting as error:
        raise CannotVerify(str(error)) from error


def from_file(path: Path, known: Sequence[Verifier]) -> Mark:
    """Return what the checkpoint in a file states. Raises CannotVerify without the file; Broken without a signature."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotVerify(_("读不出%(path)s：%(error)s") % {"path": path, "error": error}) from error
    return opened(text, Place("file", str(path)), known)


def check_older(older: Mark, newer: Mark) -> None:
    """Raise Broken unless the log of the older statement is the beginning of that of the newer."""
    try:
        if older.size:
            proof = log.consistency_proof(older.size, newer.size)
            tree.check_consistency(older.size, older.root, newer.size, newer.root, proof)
    except (tree.BadProof, KeyError) as error:
        said = {"older": older.size, "newer": newer.size}
        what = _("检查点%(newer)d不是从检查点%(older)d接下去的") % said
        raise Broken(older.place, Fault.REWRITTEN, what) from error


def _trusted_tree(trusted: Mark) -> Tree:
    """Return the tree that the log had at a checkpoint, from the nodes that are stored. Raises Broken."""
    if (size := log.size()) < trusted.size:
        raise rolled_back(trusted, size)
    positions = list(tree.complete((0, trusted.size)))
    hashes = log.hashes_at(positions)
    grown = Tree(trusted.size, [hashes.get(at, b"") for at in positions])
    if grown.root != trusted.root:
        raise rewritten(trusted, 0)
    return grown


def _check_rows(trusted: Mark | None, tell: Callable[[int], None]) -> int:
    if trusted is None:
        return rows.check_all(tell)
    return rows.check_of(rows.touched_from(trusted.size), tell) + rows.check_sums(None)
