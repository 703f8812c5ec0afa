"""Duty: mail the newest checkpoint to those who asked for it, once on a working day at most.

What is in somebody's mailbox is out of our reach: that is what makes it evidence. Attempts are written down before they
are made, as with other mail (`workflows.notifications.mail`).
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from email.mime.text import MIMEText
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string

from workflows.actors import SYSTEM, Actor, actor_code
from workflows.journals import note_down
from workflows.ledger.checkpoints import latest
from workflows.ledger.copies import file_name
from workflows.ledger.witnesses import with_cosignatures
from workflows.models import Checkpoint, CheckpointReader
from workflows.notifications.audience import Letter
from workflows.notifications.mail import (
    MOST,
    OF_ONE_ADDRESS,
    PAUSES,
    choice_of,
    envelope,
    is_set_up,
    last_digest,
)

logger = logging.getLogger(__name__)
KIND, CODE = "log", "readers"
ASKED, ENDED = "ask_checkpoints", "end_checkpoints"


@transaction.atomic
def begin(user: Any, *, by: Actor, at: datetime, office: Any = None, role: str = "") -> bool:
    """Mail checkpoints to the user from now on, the present one first; False if that is so already."""
    _reader, is_new = CheckpointReader.objects.get_or_create(user=user, defaults={"since": at})
    if is_new:
        _note(ASKED, user, by=by, at=at, office=office, role=role)
    return is_new


@transaction.atomic
def end(user: Any, *, by: Actor, at: datetime, office: Any = None, role: str = "") -> bool:
    """Mail them no more; False if none were mailed to them."""
    ended, _rows = CheckpointReader.objects.filter(user=user).delete()
    if ended:
        _note(ENDED, user, by=by, at=at, office=office, role=role)
    return bool(ended)


def mail_checkpoints(at: datetime) -> int:
    """Duty: send the newest checkpoint to every reader who is due; return how many letters."""
    newest = latest() if is_set_up() else None
    readers = _due(newest, at) if newest else []
    if newest is None or not readers:
        return 0
    sent, connection = 0, get_connection()
    try:
        for reader in readers:
            sent += _mail(reader, newest, at, connection)
    except (OSError, SMTPException):
        logger.exception("the mail server does not take mail; it is asked again in the next round")
    finally:
        connection.close()
    return sent


def _due(newest: Checkpoint, at: datetime) -> Sequence[CheckpointReader]:
    """Return who has not had this checkpoint, nor any since the last working day's eight o'clock."""
    ready = Q(retry_at=None) | Q(retry_at__lte=at)
    not_yet = Q(mailed_at=None) | Q(mailed_at__lt=last_digest(at))
    readers = CheckpointReader.objects.filter(ready, not_yet, mailed_id__lt=newest.size).exclude(
        user__email=""
    )
    return list(readers.select_related("user").order_by("pk")[:MOST])


def _mail(reader: CheckpointReader, newest: Checkpoint, at: datetime, connection: BaseEmailBackend) -> bool:
    """Send one letter; False if another runner does it, it failed, or they may not have it any more."""
    if not _begin(reader, at):
        return False
    user, note = reader.user, with_cosignatures(newest)
    language = choice_of(user).language or settings.LANGUAGE_CODE
    letter: Letter | None = import_string(settings.CHECKPOINT_LETTER)(user, newest, note, language, at)
    if letter is None:
        end(user, by=SYSTEM, at=at)
        return False
    message = envelope(user, letter, f"checkpoint-{newest.size}-{user.public_id}", connection)
    message.attach(_attachment(newest, note))
    try:
        connection.open()  # stays open for the letters that follow
        connection.send_messages([message])
    except OF_ONE_ADDRESS:
        logger.exception("the checkpoint for user %s could not be mailed; it is tried again later", user.pk)
        return False
    done = {"failures": 0, "retry_at": None, "mailed_id": newest.size, "mailed_at": at}
    CheckpointReader.objects.filter(pk=reader.pk).update(**done)
    return True


def _attachment(checkpoint: Checkpoint, note: str) -> MIMEText:
    """Return the note as a file, in base64: mail may break lines anew, and of a signed text every byte counts."""
    file = MIMEText(note, "plain", "utf-8")
    file.add_header("Content-Disposition", "attachment", filename=file_name(checkpoint))
    return file


def _begin(reader: CheckpointReader, at: datetime) -> bool:
    """Write the attempt down; False if another runner has just done so."""
    pause = PAUSES[min(reader.failures, len(PAUSES) - 1)]
    ready = CheckpointReader.objects.filter(Q(retry_at=None) | Q(retry_at__lte=at), pk=reader.pk)
    begun = ready.filter(failures=reader.failures, mailed_id=reader.mailed_id)
    return bool(begun.update(failures=F("failures") + 1, retry_at=at + pause))


def _note(action: str, user: Any, *, by: Actor, at: datetime, office: Any, role: str) -> None:
    names = {"reader": user.name}
    reader = actor_code(user)
    note_down(KIND, CODE, action, by=by, at=at, office=office, role=role, names=names, reader=reader)
