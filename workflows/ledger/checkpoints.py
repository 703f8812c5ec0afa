"""Checkpoints: signed statements of the log's size and root, made when they are due or somebody needs one."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from workflows.ledger import keys, log
from workflows.ledger.notes import Tree
from workflows.models import Checkpoint, Event

logger = logging.getLogger(__name__)


def latest() -> Checkpoint | None:
    """Return the checkpoint of the largest tree."""
    return Checkpoint.objects.order_by("-size").first()


def keep_log(at: datetime) -> int:
    """Duty: number what is new, and sign a checkpoint if the last is older than `settings.LEDGER_CHECKPOINT_EVERY`.

    Returns the number of events numbered. Without a key the events are numbered and nothing is signed.
    """
    numbered = log.number_events(at)
    last = latest()
    every = timedelta(seconds=settings.LEDGER_CHECKPOINT_EVERY)
    if last is None or (last.at + every <= at and log.size() > last.size):
        try:
            make(at)
        except keys.NoKey:
            logger.exception("no checkpoint was signed")
    return numbered


def make(at: datetime) -> Checkpoint | None:
    """Sign a checkpoint of the log as it is; the one there is if it has not grown, None if it is empty.

    Raises NoKey.
    """
    size = log.size()
    if not size:
        return None
    if kept := Checkpoint.objects.filter(size=size).first():
        return kept
    signer = keys.signer()
    root = log.root(size)
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

    None while the event cannot be numbered, as before its transaction has ended. Raises NoKey.
    """
    leaf = getattr(event, "leaf", None)
    if leaf is None:
        log.number_events(at)
        event = Event.objects.select_related("leaf").get(pk=event.pk)
        leaf = getattr(event, "leaf", None)
    if leaf is None:
        return None
    return Checkpoint.objects.filter(size__gt=leaf.index).order_by("size").first() or make(at)
