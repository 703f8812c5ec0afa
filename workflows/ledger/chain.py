"""Append events to a stream and check a stream's chain.

The bodies written here are the leaves of the Merkle tree over all streams (`workflows.ledger.log`).
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Set
from datetime import UTC, datetime
from typing import Any

import rfc8785

from workflows.actors import Actor, Substitute, actor_code
from workflows.models import Event, EventPayload, Stream

SCHEMA = 2
_read = json.JSONDecoder().raw_decode


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
    salted = {name: [secrets.token_hex(16), text] for name, text in (personal or {}).items() if text}
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
            "at": instant(at),
            "facts": dict(facts or {}),
            "personal": {name: digest(salt + text) for name, (salt, text) in salted.items()},
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
    EventPayload.objects.create(event=event, content=canonical(salted))
    row.sequence, row.head = event.sequence, event.hash
    return event


def first_broken(events: Iterable[Event]) -> int | None:
    """Return the sequence number of the first event of a stream that does not hold, or None if all do.

    `events` is one whole stream in order, with payloads. Personal text that was erased does not break the chain.
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
    body = event.said
    payload = getattr(event, "payload", None)
    columns = {
        "stream": event.stream,
        "sequence": event.sequence,
        "previous": event.previous,
        "action": event.action,
        "role": event.role,
        "from": event.from_state,
        "to": event.to_state,
        "at": instant(event.at),
    }
    return (
        (event.sequence, event.previous, event.hash) == (sequence, previous, digest(event.body))
        and all(body.get(key) == column for key, column in columns.items())
        and (payload is None or kept_fields(body.get("personal"), payload.salt, payload.content) is not None)
    )


def kept_fields(hashes: Any, salt: str, content: str) -> Set[str] | None:
    """Return the fields whose personal text is kept, None where it is not what the event's body has the hashes of."""
    if isinstance(hashes, str):  # schema 1
        return written(content).keys() if hashes == digest(salt + content) else None
    if salt or not isinstance(hashes, dict):
        return None
    try:
        kept, _end = _read(content)
        for name, (own, text) in kept.items():
            if hashes.get(name) != digest(own + text):
                return None
        is_canonical = _simply(kept) == content or canonical(kept) == content
    except (AttributeError, TypeError, ValueError):
        return None
    return kept.keys() if is_canonical else None


def _simply(kept: Mapping[str, list[str]]) -> str:
    """Return personal text as JSON: canonical where no text has a character to be escaped, and far faster."""
    fields = [f'"{name}":["{own}","{text}"]' for name, (own, text) in sorted(kept.items())]
    return f"{{{','.join(fields)}}}"


def instant(at: datetime) -> str:
    """Return a moment as it stands in a body."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
