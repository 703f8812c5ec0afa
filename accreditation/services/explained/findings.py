"""Findings: what the rules found, where, and whether somebody has looked at it, as the events say."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accreditation.models import Finding
from accreditation.services.explained.comparing import code_of, hold, place_of
from workflows.models import Event

Columns = dict[str, Any]
POINTS_AT = ("office", "cycle", "application", "event", "person", "examined_by")


def check_findings(streams: Sequence[str]) -> int:
    """Check the findings with these streams. They are counted with their streams. Raises Broken."""
    own = [stream for stream in streams if stream.startswith(f"{Finding.stream_kind}/")]
    if not own:
        return 0
    said = _said(own)
    rows = Finding.objects.filter(public_id__in=[stream.partition("/")[2] for stream in own])
    for row in rows.prefetch_related(*POINTS_AT).order_by("pk"):
        hold(place_of(Finding, row.pk, row.stream), said[row.stream], _found(row))
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
        "rule": facts["rule"], "key": facts["key"], "office": office, "event": facts["event"],
        "facts": facts["figures"], "happened_at": datetime.fromisoformat(facts["happened_at"]), "found_at": at,
        **{name: facts.get(name, "") for name in ("application", "person", "cycle")},
        "examined_at": None, "examined_by": "",
    }  # fmt: skip


def _found(row: Finding) -> Columns:
    event = [row.event.stream, row.event.sequence] if row.event else None
    columns = {name: code_of(row, name) for name in ("application", "person", "examined_by")}
    columns |= {name: code_of(row, name, "code") for name in ("office", "cycle")}
    return vars(row) | columns | {"event": event}
