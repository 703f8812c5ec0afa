"""Witnesses: cosignatures of others under our checkpoints, and ours under those of others (C2SP tlog-witness).

A witness signs a checkpoint only if it goes on from the last one that it signed: so the keeper of a log cannot show
one history to some and another to the rest.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from workflows.ledger import keys, peers, tree
from workflows.ledger.notes import BadNote, Note, Signature, Tree, open_checkpoint, read_note, read_tree
from workflows.ledger.proofs import in_base64
from workflows.models import Checkpoint, Cosignature, Witnessed

MOST_HASHES = 63


class NotWitnessed(Exception):
    """A checkpoint, or a cosignature, that is not taken. `status` is the answer over HTTP."""

    status = 400


class UnknownLog(NotWitnessed):
    """A log that we do not witness, or a checkpoint that we do not have."""

    status = 404


class NotSigned(NotWitnessed):
    """No signature of a key that we know."""

    status = 403


class Inconsistent(NotWitnessed):
    """The proof does not show that the checkpoint goes on from the last one."""

    status = 422


class Conflict(NotWitnessed):
    """The last checkpoint that we cosigned is another one: `kept` is its size, `note` it. Or it is a fork."""

    status = 409

    def __init__(self, text: str, kept: int, note: str = "") -> None:
        super().__init__(text)
        self.kept, self.note = kept, note


@dataclass(frozen=True)
class Submission:
    """A checkpoint that somebody wants cosigned, with the proof that it goes on from one of `old` leaves."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        """Return it as C2SP's add-checkpoint writes it."""
        return "".join(f"{line}\n" for line in (f"old {self.old}", *in_base64(self.proof))) + f"\n{self.note}"


def read_submission(text: str) -> Submission:
    """Read what add-checkpoint is sent. Raises NotWitnessed."""
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    old = first.removeprefix("old ")
    try:
        proof = tuple(b64decode(line, validate=True) for line in lines)
        size = int(old)
    except ValueError as error:
        raise NotWitnessed("this is no checkpoint with its proof") from error
    if (
        not blank
        or first != f"old {size}"
        or len(proof) > MOST_HASHES
        or any(len(one) != 32 for one in proof)
    ):
        raise NotWitnessed("this is no checkpoint with its proof")
    return Submission(size, proof, note)


def last_cosigned(origin: str) -> Witnessed | None:
    """Return what we cosigned last of a log."""
    return Witnessed.objects.filter(origin=origin).first()


def cosign(submitted: Submission, at: datetime) -> str:
    """Return our cosignature (its line) under the checkpoint of another log, which is the last one from now on.

    Raises NotWitnessed or one of its kinds, and NoKey; BadSetting where the settings of witnesses cannot be read.
    """
    signer = keys.signer()
    offered, note = _offered(submitted.note)
    if submitted.old > offered.size:
        raise NotWitnessed("the checkpoint is older than the one it is said to go on from")
    with transaction.atomic():
        last = _locked(offered, submitted.note, at)
        if last.size != submitted.old:
            raise Conflict(f"{offered.origin}: we cosigned {last.size} leaves last", last.size, last.note)
        _refuse_fork(last, offered, submitted.proof)
        last.size, last.root, last.note, last.at = offered.size, offered.root.hex(), submitted.note, at
        last.save()
    return signer.cosign(note.text, at)


def add_cosignatures(text: str) -> list[Cosignature]:
    """Keep the cosignatures of known witnesses under one of our checkpoints; return them, those known before too.

    `text` is the checkpoint with the lines. Raises NotWitnessed or one of its kinds; BadSetting.
    """
    try:
        note = read_note(text)
        said = read_tree(note.text)
    except BadNote as error:
        raise NotWitnessed(str(error)) from error
    ours = Checkpoint.objects.filter(size=said.size).first()
    if ours is None or read_note(ours.note).text != note.text:
        raise UnknownLog("this checkpoint is not one of ours")
    try:
        found = [one for one in map(note.of, peers.witnesses()) if one]
        kept = [_keep(ours, one) for one in found]
    except BadNote as error:
        raise NotSigned(str(error)) from error
    if not kept:
        raise NotSigned("none of the signatures is that of a known witness")
    return kept


def with_cosignatures(checkpoint: Checkpoint) -> str:
    """Return the note of a checkpoint with the lines of all witnesses so far."""
    return checkpoint.note + "".join(one.line for one in checkpoint.cosignatures.all())


def _offered(text: str) -> tuple[Tree, Note]:
    """Return what the checkpoint of a log says that we witness. Raises NotWitnessed, UnknownLog, NotSigned."""
    try:
        note = read_note(text)
        origin = read_tree(note.text).origin
    except BadNote as error:
        raise NotWitnessed(str(error)) from error
    trusted = [one.key for one in peers.witnessed_logs() if one.key.name == origin]
    if not trusted:
        raise UnknownLog(f"{origin!r} is no log that we witness")
    try:
        return open_checkpoint(text, trusted), note
    except BadNote as error:
        raise NotSigned(str(error)) from error


def _locked(offered: Tree, note: str, at: datetime) -> Witnessed:
    """Return the row of the log, locked; a new one is that of the empty tree, and goes with the transaction."""
    begun = {"size": 0, "root": tree.root_of((0, 0), {}).hex(), "note": note, "at": at}
    Witnessed.objects.get_or_create(origin=offered.origin, defaults=begun)
    return Witnessed.objects.select_for_update().get(origin=offered.origin)


def _refuse_fork(last: Witnessed, offered: Tree, proof: Sequence[bytes]) -> None:
    root = bytes.fromhex(last.root)
    if last.size == offered.size and root != offered.root:
        raise Conflict(
            f"{offered.origin}: another root over the same {last.size} leaves", last.size, last.note
        )
    try:
        tree.check_consistency(last.size, root, offered.size, offered.root, proof)
    except tree.BadProof as error:
        raise Inconsistent(f"{offered.origin}: {error}") from error


def _keep(checkpoint: Checkpoint, made: Signature) -> Cosignature:
    """Keep the signature, unless this key made one before: the first stands."""
    kept, _created = Cosignature.objects.get_or_create(
        checkpoint=checkpoint,
        witness=f"{made.name}+{made.key_hash.hex()}",
        defaults={"line": made.line, "at": made.time},
    )
    return kept
