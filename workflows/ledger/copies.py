"""Duty: copy each checkpoint to the places that CHECKPOINT_PLACES names, outside the database.

A place is a directory (its path begins with a slash; it must be there, so that a share that is not mounted is not
filled in its stead), or the alias of a storage in STORAGES, such as an object store. What stands there is never
overwritten. A place that fails holds up no other: it is complained of once, and tried again a few minutes later.
"""

import hashlib
import os
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db.models import Exists, OuterRef

from workflows.ledger.checkpoints import latest
from workflows.ledger.complaints import complain, is_well
from workflows.models import Checkpoint, CheckpointCopy

MOST = 200
"""So many copies a round and place: the other duties wait for them."""
PAUSE = 300
"""Seconds that a place which failed is left alone."""


class PlaceFailed(Exception):
    """A copy could not be written; the text says why."""


class OtherText(PlaceFailed):
    """Another text stands under the name of a checkpoint: one of the two is not what was signed."""


def publish_checkpoints(at: datetime) -> int:
    """Duty: write every checkpoint to every place that has it not yet; return how many copies were written."""
    newest = latest()
    if newest is None:
        return 0
    return sum(_publish(place, newest, at) for place in settings.CHECKPOINT_PLACES)


def file_name(checkpoint: Checkpoint) -> str:
    """Return the name of a checkpoint's file; the names are in the order of the sizes."""
    return f"checkpoint-{checkpoint.size:012d}.txt"


def write(place: str, name: str, text: str) -> None:
    """Write a file to a place, whole or not at all. Raises PlaceFailed, also where another text has this name."""
    try:
        found = (_to_directory if place.startswith("/") else _to_storage)(place, name, text)
    except Exception as error:  # what a storage raises is its own affair
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise PlaceFailed(f"{name} could not be written: {reason}") from error
    if found != text:
        raise OtherText(f"{name} is there with another text: one of the two is not what was signed")


def _publish(place: str, newest: Checkpoint, at: datetime) -> int:
    if CheckpointCopy.objects.filter(checkpoint=newest, place=place).exists() or cache.get(_rest(place)):
        return 0
    written, failed = 0, ""
    for checkpoint in _missing(place):
        try:
            write(place, file_name(checkpoint), checkpoint.note)
        except PlaceFailed as error:
            failed = failed or str(error)
            if isinstance(error, OtherText):
                continue  # it says nothing about the next one
            break
        CheckpointCopy.objects.get_or_create(checkpoint=checkpoint, place=place, defaults={"at": at})
        written += 1
    _tell(place, failed)
    return written


def _missing(place: str) -> Sequence[Checkpoint]:
    """Return checkpoints that the place has not; the newest is the last, for by it the place is known to have all."""
    copied = CheckpointCopy.objects.filter(place=place, checkpoint=OuterRef("pk"))
    return list(Checkpoint.objects.filter(~Exists(copied)).order_by("size")[:MOST])


def _tell(place: str, failed: str) -> None:
    about = f"copies of checkpoints to {place}"
    if failed:
        complain(about, failed)
        cache.set(_rest(place), True, PAUSE)
    else:
        is_well(about)


def _to_directory(place: str, name: str, text: str) -> str:
    path = Path(place, name)
    if not path.exists():
        draft = path.with_name(f".{name}.{secrets.token_hex(4)}")
        try:
            with draft.open("x", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_text(encoding="utf-8")


def _to_storage(place: str, name: str, text: str) -> str:
    storage = storages[place]
    if not storage.exists(name):
        storage.save(name, ContentFile(text.encode()))
    with storage.open(name) as file:
        return file.read().decode()


def _rest(place: str) -> str:
    return f"checkpoint-place:{hashlib.sha256(place.encode()).hexdigest()}"
