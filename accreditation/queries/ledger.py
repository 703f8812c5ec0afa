"""What everybody may read of the log: its checkpoints, and the proofs between them. No record itself."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from workflows.ledger import log
from workflows.ledger.notes import LARGEST
from workflows.ledger.proofs import in_base64
from workflows.ledger.witnesses import Submission, with_cosignatures
from workflows.models import Checkpoint

PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Row:
    """A checkpoint in the list."""

    checkpoint: Checkpoint
    root: str
    witnesses: list[str]


def checkpoints() -> QuerySet[Checkpoint]:
    """Return every checkpoint with its cosignatures, the newest first."""
    return Checkpoint.objects.order_by("-size").prefetch_related("cosignatures")


def rows(listed: Any) -> list[Row]:
    """Return the rows of a page of checkpoints."""
    return [
        Row(
            one,
            short_root(one.root),
            [witness.witness.rpartition("+")[0] for witness in one.cosignatures.all()],
        )
        for one in listed
    ]


def short_root(root: str) -> str:
    """Return the first twelve digits of a root in fours, as certificates print them."""
    return f"{root[:4]} {root[4:8]} {root[8:12]}"


def of_size(size: int | None) -> Checkpoint | None:
    """Return the checkpoint of this size, the newest for None."""
    known = checkpoints()
    if size is not None:
        known = known.filter(size=min(size, LARGEST))
    return known.first()


def consistency(old: int, to: Checkpoint) -> str | None:
    """Return the proof that `to` goes on from a tree of `old` leaves, with it; None if it is smaller.

    The text is what C2SP's add-checkpoint takes, so that it can be sent on to a witness.
    """
    if not 0 <= old <= to.size:
        return None
    proof = log.consistency_proof(old, to.size) if old else []
    return Submission(old, tuple(proof), with_cosignatures(to)).text()


def inclusion(leaf: int, within: Checkpoint) -> str | None:
    """Return the proof that a checkpoint holds a leaf (C2SP's tlog-proof), with it; None if it does not."""
    if not 0 <= leaf < within.size:
        return None
    hashes = in_base64(log.inclusion_proof(leaf, within.size))
    lines = [PROOF, f"index {leaf}", *hashes]
    return "".join(f"{line}\n" for line in lines) + f"\n{with_cosignatures(within)}"
