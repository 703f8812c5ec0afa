"""Signed statements of the log: checkpoints of the database, with cosignatures, and those that auditors kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from workflows.ledger.chain import instant
from workflows.ledger.notes import BadNote, Verifier, open_checkpoint, read_note, read_signature
from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.models import Checkpoint, Cosignature

LATE = timedelta(hours=1)
"""How long after an event the transaction that wrote it may still have been running when a checkpoint was signed."""


@dataclass(frozen=True, order=True)
class Mark:
    """What was signed: size and root of the log, and when. `place` is where it stands."""

    size: int
    root: bytes = field(compare=False)
    at: datetime | None = field(compare=False)
    place: Place = field(compare=False)


def opened(text: str, place: Place, verifiers: Sequence[Verifier]) -> Mark:
    """Return what a checkpoint states. Raises Broken where no known key signed it, or it says nothing."""
    try:
        tree = open_checkpoint(text, verifiers)
    except BadNote as error:
        raise Broken(
            place, Fault.SIGNATURE, _("检查点没有可信的签名：%(error)s") % {"error": error}
        ) from error
    return Mark(tree.size, tree.root, tree.at, place)


def stored(row: Checkpoint, verifiers: Sequence[Verifier]) -> Mark:
    """Return what a checkpoint of the database states. Raises Broken where its columns say something else."""
    place = Place(Checkpoint._meta.db_table, str(row.size))
    mark = opened(row.note, place, verifiers)
    stated = {"size": (row.size, mark.size), "root": (row.root, mark.root.hex()), "at": (row.at, mark.at)}
    if names := [name for name, (column, said) in stated.items() if column != said]:
        what = _("这些列与签署的检查点不符：%(columns)s") % {"columns": ", ".join(names)}
        raise Broken(place, Fault.COLUMN, what)
    return mark


def refuse_forgotten(*kept: Mark | None) -> None:
    """Raise Broken where a checkpoint that was kept elsewhere, and agrees with the log, is not in the database."""
    for mark in kept:
        if mark and not Checkpoint.objects.filter(size=mark.size).exists():
            place = Place(Checkpoint._meta.db_table, str(mark.size))
            raise Broken(place, Fault.MISSING, _("留存在外的检查点签署过，数据库里的这一个不见了"))


def check_cosignature(row: Cosignature, checkpoint: Checkpoint | None, witnesses: Sequence[Verifier]) -> bool:
    """Return whether the witness is known, and so the signature held. Raises Broken."""
    place = Place(Cosignature._meta.db_table, str(row.pk))
    if checkpoint is None or checkpoint.size != row.checkpoint_id:
        raise Broken(place, Fault.STRAY, _("它所签署的检查点%(size)d不见了") % {"size": row.checkpoint_id})
    try:
        made = read_signature(row.line.removesuffix("\n"))
        stated = {"witness": (row.witness, f"{made.name}+{made.key_hash.hex()}"), "at": (row.at, made.time)}
    except BadNote as error:
        raise Broken(place, Fault.SIGNATURE, _("见证的签名读不出来")) from error
    if names := [column for column, (one, other) in stated.items() if one != other]:
        raise Broken(place, Fault.COLUMN, _("这些列与签名不符：%(columns)s") % {"columns": ", ".join(names)})
    known = next((one for one in witnesses if (one.name, one.key_hash) == made[:2]), None)
    if known and not known.signs(read_note(checkpoint.note).text, made.signature):
        raise Broken(place, Fault.SIGNATURE, _("见证的签名与检查点不符"))
    return known is not None


def moment(at: datetime | None) -> str:
    """Return, as in a body, what nothing may have happened before that was numbered after a checkpoint of that time."""
    return instant(at - LATE) if at else ""


def rewritten(mark: Mark, since: int) -> Broken:
    """Return what is said of a statement with another root than the log; up to `since` leaves they agree."""
    said = {"first": since, "last": mark.size - 1}
    what = _("记录与这个检查点签署时不同：序号%(first)d到%(last)d之间有改写、删去或补入的") % said
    return Broken(mark.place, Fault.REWRITTEN, what)


def rolled_back(mark: Mark, size: int) -> Broken:
    """Return what is said of a statement of a larger log than there is."""
    said = {"size": size, "stated": mark.size}
    what = _("记录只有%(size)d条，这个检查点签署时有%(stated)d条：被截断，或者退回到旧的副本") % said
    return Broken(mark.place, Fault.ROLLED_BACK, what)
