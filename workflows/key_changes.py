"""Duty: the log says with which key its checkpoints are signed, since when. Only the public half stands in it."""

from datetime import datetime

from django.db import transaction

from workflows.actors import SYSTEM
from workflows.journals import note_down
from workflows.ledger import keys
from workflows.models import Event, Journal

KIND, CODE, ACTION = "log", "keys", "set_log_key"


def note_key(at: datetime) -> int:
    """Duty: note the public key, and the one before it, once another one signs. One query where none does."""
    try:
        key = str(keys.signer().verifier())
    except keys.NoKey:
        return 0  # of this the log itself complains
    if _noted() == key:
        return 0
    with transaction.atomic():
        Journal.objects.get_or_create(kind=KIND, code=CODE)
        Journal.objects.select_for_update().get(kind=KIND, code=CODE)
        before = _noted()
        if before != key:
            note_down(KIND, CODE, ACTION, by=SYSTEM, at=at, key=key, before=before)
    return int(before != key)


def _noted() -> str:
    last = Event.objects.filter(stream=f"{KIND}/{CODE}").order_by("-sequence").first()
    return str(last.facts.get("key", "")) if last else ""
