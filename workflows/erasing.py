"""Take personal text out of the ledger, by order: the only way in which a row of it ever goes.

The event keeps the salted hash of what is gone, so its chain and its proofs hold; an event `erase` in the same stream
says which fields of which events were taken, and by whose order.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from workflows.actors import Actor
from workflows.engine import record
from workflows.ledger.chain import canonical, written
from workflows.ledger.verification.standing import model_of
from workflows.models import Event, EventPayload, Journal, Stream

ERASE = "erase"
BATCH = 500


@dataclass(frozen=True)
class Taken:
    """What an event lost: the texts by field."""

    event: Event
    texts: Mapping[str, str]


def can_erase() -> bool:
    """Whether the database lets this account erase: on PostgreSQL the application's own may not (`ledger_roles`)."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'DELETE')", [EventPayload._meta.db_table])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def erase(
    stream: str,
    wanted: Mapping[int, Collection[str]],
    *,
    by: Actor,
    at: datetime,
    order: str,
    office: Any = None,
    role: str = "",
) -> list[Taken]:
    """Erase fields of the events of one stream (`wanted` has them by sequence number) and record it there.

    Returns what went; nothing where all of it is gone already, and then nothing is recorded. The caller has asked who
    may, and `wanted` is not empty.
    """
    row = _locked(stream)
    events = Event.objects.filter(stream=stream, sequence__range=(min(wanted), max(wanted)))
    rows = events.select_related("payload").order_by("sequence").iterator(chunk_size=BATCH)
    found = [Taken(event, texts) for event in rows if (texts := _going(event, wanted))]
    for start in range(0, len(found), BATCH):
        _take(found[start : start + BATCH])
    if found:
        record(
            row, ERASE, by=by, at=at, office=office, role=role, order=order,
            events=[[one.event.sequence, sorted(one.texts)] for one in found],
        )  # fmt: skip
    return found


def _going(event: Event, wanted: Mapping[int, Collection[str]]) -> dict[str, str]:
    """Return what the event still has of the wanted fields. Of schema 1, with one hash for all of them: everything."""
    kept = event.personal
    asked = {field: kept[field] for field in wanted.get(event.sequence, ()) if field in kept}
    return kept if asked and not isinstance(event.said.get("personal"), dict) else asked


def _take(found: Sequence[Taken]) -> None:
    """Delete the rows of text and write those again that keep some: rows of text are never altered."""
    EventPayload.objects.filter(pk__in=[one.event.pk for one in found]).delete()
    left = [(one.event.pk, _without(one)) for one in found]
    EventPayload.objects.bulk_create(
        EventPayload(event_id=pk, content=canonical(rest)) for pk, rest in left if rest
    )


def _without(taken: Taken) -> dict[str, Any]:
    content = written(taken.event.payload.content)
    return {field: kept for field, kept in content.items() if field not in taken.texts}


def _locked(stream: str) -> Stream:
    """Return the row of a stream, locked. Raises DoesNotExist."""
    model, (kind, _slash, code) = model_of(stream), stream.partition("/")
    named = {"kind": kind, "code": code} if model is Journal else {"public_id": code}
    return model._default_manager.select_for_update().get(**named)
