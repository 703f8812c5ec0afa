"""Findings: what the rules found, where, and whether somebody has looked at it, as the events say."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accreditation.models import Finding, Organisation
from accreditation.services.explained.comparing import hold, missing, place_of
from workflows.models import Event

Columns = dict[str, Any]


def check_findings(streams: Sequence[str]) -> int:
    """Check the findings with these streams. They are counted with their streams. Raises Broken."""
    own = [stream for stream in streams if stream.startswith(f"{Finding.stream_kind}/")]
    if not own:
        return 0
    said = _said(own)
    joined = ("office", "application", "event", "examined_by")
    rows = Finding.objects.filter(public_id__in=[stream.partition("/")[2] for stream in own])
    left = set(own)
    for row in rows.select_related(*joined).order_by("pk"):
        left.discard(row.stream)
        hold(place_of(Finding, row.pk, row.stream), said[row.stream], _found(row))
    if left:  # the row is there, but not the office that it is joined to
        raise missing(place_of(Organisation, "", min(left)))
    return 0


def _said(streams: Sequence[str]) -> dict[str, Columns]:
    found: dict[str, Columns] = {}
    rows = Event.objects.filter(stream__in=streams).order_by("stream", "sequence")
    for stream, action, body in rows.values_list("stream", "action", "body").iterator():
        columns, said = found.setdefault(stream, {}), json.loads(body)
        if action == "find":
            columns |= _new(said["facts"], said["office"], datetime.fromisoformat(said["at"]))
        elif action == "examine":
            examined = datetime.fromisoformat(said["at"])
            columns |= {"examined_at": examined, "examined_by": said["actor"].removeprefix("user/")}
        elif action == "reopen":
            columns |= {"examined_at": None, "examined_by": ""}
    return found


def _new(facts: Any, office: str, at: datetime) -> Columns:
    return {
        "rule": facts["rule"], "office": office, "application": facts.get("application", ""), "event": facts["event"],
        "facts": facts["figures"], "found_at": at, "examined_at": None, "examined_by": "",
    }  # fmt: skip


def _found(row: Finding) -> Columns:
    event = [row.event.stream, row.event.sequence] if row.event else None
    application = str(getattr(row.application, "public_id", row.application_id or ""))
    examined_by = str(getattr(row.examined_by, "public_id", row.examined_by_id or ""))
    return vars(row) | {
        "office": row.office.code, "application": application, "event": event, "examined_by": examined_by,
    }  # fmt: skip
