"""Checkpoints: signed statements of the log's size and root, made when they are due or somebody needs one."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from workflows.ledger import keys, log, tree
from workflows.ledger.complaints import complain, is_well
from workflows.ledger.notes import Tree
from workflows.models import Checkpoint, Event

LOG = "the log of events"


class Forked(keys.CannotSign):
    """The log is not the continuation of what was signed before: a checkpoint of it would be a lie."""


def latest() -> Checkpoint | None:
    """Return the checkpoint of the largest tree."""
    return Checkpoint.objects.order_by("-size").first()


def keep_log(at: datetime) -> int:
    """Duty: number what is new, and sign a checkpoint if the last is older than `settings.LEDGER_CHECKPOINT_EVERY`.

    Returns the number of events numbered. Without a key the events are numbered and nothing is signed. A log that was
    tampered with is complained of, and holds up no other duty.
    """
    try:
        numbered = log.number_events(at)
        _sign_if_due(at)
    except (KeyError, IntegrityError) as error:
        complain(LOG, f"its tree is damaged, nothing is numbered or signed (see verify_ledger): {error}")
        return 0
    except keys.CannotSign as error:
        complain(LOG, f"no checkpoint is signed: {error}")
        return numbered
    is_well(LOG)
    return numbered


def make(at: datetime) -> Checkpoint | None:
    """Sign a checkpoint of the log as it is; the last one if it has not grown, None if it is empty.

    Raises NoKey, and Forked where the log does not go on from the last checkpoint.
    """
    last = latest()
    size = log.size()  # after the last checkpoint was read: it cannot have more leaves than this
    if not size and last is None:
        return None
    if last and last.size == size:
        return last
    signer = keys.signer()
    root = _root_after(last, size)
    text = Tree(signer.name, size, root, at).text()
    note = f"{text}\n{signer.sign(text)}"
    try:
        with transaction.atomic():
            return Checkpoint.objects.create(
                size=size, root=root.hex(), at=at.replace(microsecond=0), note=note
            )
    except IntegrityError:  # two at once: either is right
        return Checkpoint.objects.get(size=size)


def covering(event: Event, at: datetime) -> Checkpoint | None:
    """Return the first checkpoint whose tree holds the event, made if there is none yet.

    None while the event cannot be numbered, as before its transaction has ended. Raises what `make` does.
    """
    leaf = getattr(event, "leaf", None)
    if leaf is None:
        log.number_events(at)
        event = Event.objects.select_related("leaf").get(pk=event.pk)
        leaf = getattr(event, "leaf", None)
    if leaf is None:
        return None
    return Checkpoint.objects.filter(size__gt=leaf.index).order_by("size").first() or make(at)


def _sign_if_due(at: datetime) -> None:
    last = latest()
    every = timedelta(seconds=settings.LEDGER_CHECKPOINT_EVERY)
    if last is None or (last.at + every <= at and log.size() != last.size):
        make(at)


def _root_after(last: Checkpoint | None, size: int) -> bytes:
    """Return the root of the first `size` leaves, proved to go on from the last checkpoint. One query."""
    if last is None:
        return log.root(size)
    if size < last.size:
        raise Forked(f"the log has {size} leaves, its last checkpoint says {last.size}")
    root, *proof = log.roots([(0, size), *tree.consistency(last.size, size)])
    try:
        tree.check_consistency(last.size, bytes.fromhex(last.root), size, root, proof)
    except ValueError as error:  # a wrong proof, or a root that is none
        raise Forked(f"the log does not go on from its checkpoint of {last.size} leaves") from error
    return root
