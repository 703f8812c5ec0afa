"""Append events to a stream and check a stream's chain.

The Merkle tree over all streams, its checkpoints and their verification belong in this package beside
this module; its leaves are the bodies written here.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785

from workflows.actors import Actor, Substitute, actor_code
from workflows.models import Event, EventPayload, Stream

SCHEMA = 1


def canonical(value: Any) -> str:
    """Return `value` as RFC 8785 JSON, the only form that is hashed."""
    return rfc8785.dumps(value).decode()


def digest(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 form, as lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def append(
    row: Stream,
    *,
    action: str,
    by: Actor,
    at: datetime,
    office: Any = None,
    role: str = "",
    from_state: str = "",
    to_state: str = "",
    facts: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
) -> Event:
    """Append one event to the row's stream and move the row's `sequence` and `head` (the caller saves them).

    The caller holds the row's lock. `facts` must be JSON without floats; `personal` is text about people,
    kept apart so that it can be erased.
    """
    salt = secrets.token_hex(16)
    content = canonical(dict(personal or {}))
    body = canonical(
        {
            "schema": SCHEMA,
            "stream": row.stream,
            "sequence": row.sequence + 1,
            "previous": row.head,
            "action": action,
            "actor": actor_code(by),
            "office": office.code if office else "",
            "role": role,
            "from": from_state,
            "to": to_state,
            "at": _instant(at),
            "facts": dict(facts or {}),
            "personal": digest(salt + content),
        }
    )
    event = Event.objects.create(
        stream=row.stream,
        sequence=row.sequence + 1,
        action=action,
        actor_id=by.pk,
        principal_id=by.principal.pk if isinstance(by, Substitute) else None,
        office=office,
        role=role,
        from_state=from_state,
        to_state=to_state,
        at=at,
        body=body,
        previous=row.head,
        hash=digest(body),
    )
    EventPayload.objects.create(event=event, salt=salt, content=content)
    row.sequence, row.head = event.sequence, event.hash
    return event


def first_broken(events: Iterable[Event]) -> int | None:
    """Return the sequence number of the first event of a stream that does not hold, or None if all do.

    `events` is one whole stream in order, with payloads. An erased payload (no row) does not break the chain.
    """
    previous = ""
    for expected, event in enumerate(events, start=1):
        if not _holds(event, expected, previous):
            return expected
        previous = event.hash
    return None


def written(text: str) -> dict[str, Any]:
    """Return the JSON object that was written as `text`; an empty one if it is none, as after tampering."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _holds(event: Event, sequence: int, previous: str) -> bool:
    """Return whether the event is as it was written. The columns that repeat its body must agree with it."""
    body = written(event.body)
    payload = getattr(event, "payload", None)
    columns = {
        "stream": event.stream,
        "sequence": event.sequence,
        "previous": event.previous,
        "action": event.action,
        "role": event.role,
        "from": event.from_state,
        "to": event.to_state,
        "at": _instant(event.at),
    }
    return (
        (event.sequence, event.previous, event.hash) == (sequence, previous, digest(event.body))
        and all(body.get(key) == column for key, column in columns.items())
        and (payload is None or body.get("personal") == digest(payload.salt + payload.content))
    )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
