"""The columns of applications that only events may change."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Subquery

from accreditation.models import Application, Cycle, User
from accreditation.services.explained.comparing import hold, missing, place_of
from accreditation.services.explained.histories import START, History, histories
from workflows.models import Event

COLUMNS = (
    "version", "revision_number", "total", "submitted_at", "recommended_at", "owed_to", "notice_ends_on",
    "notice_days_left", "process_version", "number", "state_since", "created_at",
    "cycle_id", "studio_id", "enterprise_id", "union_id", "district_id", "city_id",
)  # fmt: skip
BODIES = ("enterprise_id", "union_id", "district_id", "city_id")


class Explicable(NamedTuple):
    """An application: its columns as they are, and what the events say of it."""

    pk: int
    stream: str
    columns: dict[str, Any]
    history: History


Applications = Sequence[Explicable]


def applications(streams: Sequence[str]) -> list[Explicable]:
    """Return those applications that have these streams. Two queries. Raises Broken where an event does not fit."""
    said = histories(streams)
    rows = Application.objects.filter(public_id__in=[stream.partition("/")[2] for stream in streams])
    by = Subquery(User.objects.filter(pk=OuterRef("created_by")).values("public_id"))
    named = {
        "by": by,
        "notice_": F("notice__public_id"),
        "rubric_": F("rubric__version"),
        "level": F("cycle__level"),
        "cycle_": F("cycle__code"),
    }
    found, left = [], set(streams)
    for columns in rows.order_by("pk").values("pk", "public_id", *COLUMNS, **named):
        stream = f"{Application.stream_kind}/{columns['public_id']}"
        found.append(Explicable(columns["pk"], stream, columns, said[stream]))
        left.discard(stream)
    if left:  # the row is there, but not the cycle that it is joined to
        raise missing(place_of(Cycle, "", min(left)))
    return found


def check_applications(batch: Applications) -> int:
    """Check the columns of these applications. They are counted with their streams. Raises Broken."""
    begun = _begun_at(batch)
    for one in batch:
        known = one.history.known
        expected = {
            "version": one.history.version,
            "revision_number": known.revision,
            "total": known.total,
            "submitted_at": known.submitted_at,
            "recommended_at": known.recommended_at,
            "owed_to": known.owed_to,
            "notice": known.notice,
            "notice_ends_on": known.notice_ends_on,
            "notice_days_left": known.notice_days_left,
            "state_since": one.history.since,
        }
        for begun_by in one.history.said(START):
            expected |= {
                "created_at": begun_by.at,
                "created_by": begun_by.actor,
                "cycle": begun_by.facts["cycle"],
            }
        for submitted in one.history.said("submit"):  # one of before there was a log does not say the number
            expected |= {name: submitted.facts[name] for name in ("number",) if name in submitted.facts}
        if known.process:  # what was submitted before there were versions does not say so
            expected |= {"process_version": known.process, "rubric": known.rubric}
        if one.stream in begun:
            expected |= dict(zip(BODIES, begun[one.stream], strict=True))
        notice, rubric = one.columns["notice_"], one.columns["rubric_"]
        found = one.columns | {"notice": str(notice or ""), "rubric": rubric or ""}
        found["cycle"] = one.columns["cycle_"]
        found["created_by"] = str(one.columns["by"] or "")
        hold(place_of(Application, one.pk, one.stream), expected, found)
    return 0


def _begun_at(batch: Applications) -> dict[str, tuple[int | None, ...]]:
    """Return by stream the enterprise that began the application, and the bodies above it, which review it."""
    events = Event.objects.filter(stream__in=[one.stream for one in batch], action="start")
    above = "office__parent", "office__parent__parent", "office__parent__parent__parent"
    return {stream: tuple(bodies) for stream, *bodies in events.values_list("stream", "office", *above)}
