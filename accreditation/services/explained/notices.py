"""Public notices, what each of them lists, the rulings on objections to them, and the decisions that name."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, OuterRef, Subquery

from accreditation.models import NamingDecision, Notice, Objection, User
from accreditation.queries.replay_effects import Ruling
from accreditation.services.explained.applications import Applications, Explicable
from accreditation.services.explained.comparing import (
    Claim,
    Kept,
    code_of,
    hold,
    hold_rows,
    missing,
    stray,
)
from accreditation.services.explained.histories import RULINGS, START
from accreditation.services.notice import said_of

LISTED: Any = Notice.listed.through
Key = tuple[Any, ...]


def check_notices(batch: Applications) -> int:
    """Check the notices that these applications were announced in, and that those list them; return how many times.

    Raises Broken.
    """
    streams = {one.pk: one.stream for one in batch}
    rows = LISTED.objects.filter(application__in=streams).order_by("pk")
    listed: dict[Key, list[Kept]] = {}
    for pk, application, notice in rows.values_list("pk", "application_id", F("notice__public_id")):
        listed.setdefault((streams[application], str(notice)), []).append(Kept(pk, {}))
    events = [(one, event) for one in batch for event in one.history.said("publish")]
    codes = {event.facts["notice"] for _one, event in events}
    notices = Notice.objects.filter(public_id__in=codes).prefetch_related("published_by", "cycle")
    found = {str(row.public_id): row for row in (notices if codes else ())}
    for one, event in events:
        row = found.get(event.facts["notice"])
        if row is None:
            raise missing(event.place(Notice, event.facts["notice"]))
        by = {"published_by": event.actor, "published_at": event.at, "cycle": _cycle_of(one)}
        hold(event.place(Notice, row.pk), _said(event.facts, event.facts["ends_on"]) | by, _columns(row))
    claims = {
        (one.stream, event.facts["notice"]): [Claim(one.stream, event.sequence, {})] for one, event in events
    }
    return hold_rows(LISTED, claims, listed)


def check_objections(batch: Applications) -> int:
    """Check that the objections are those that were filed, with the rulings on them; return how many. Raises Broken."""
    streams = {one.pk: one.stream for one in batch}
    by = Subquery(User.objects.filter(pk=OuterRef("ruled_by")).values("public_id"))
    to = Subquery(Notice.objects.filter(pk=OuterRef("notice")).values("public_id"))
    rows = Objection.objects.filter(application__in=streams).order_by("pk")
    columns = rows.values(
        "pk", "public_id", "application_id", "filed_at", "outcome", "ruling", "ruled_at", by=by, to=to
    )
    found: dict[Key, list[Kept]] = {}
    for row in columns:
        seen = row | {"ruled_by": str(row["by"] or ""), "notice": str(row["to"] or "")}
        found[streams[row["application_id"]], str(row["public_id"])] = [Kept(row["pk"], seen)]
    said = {
        (one.stream, code): [Claim(one.stream, None, _ruled(one, ruling, found.get((one.stream, code), ())))]
        for one in batch
        for code, ruling in one.history.known.objections.items()
    }
    return hold_rows(Objection, said, found)


def _ruled(one: Explicable, ruling: Ruling, rows: Sequence[Kept]) -> dict[str, Any]:
    """Return what is said of an objection; its ruling is the reason of the decision that ruled on it."""
    reasons: dict[Any, str | None] = {said.at: said.reason for said in one.history.said(*RULINGS)}
    kept = rows[0].columns["ruling"] if rows else ""
    return vars(ruling) | {"ruling": one.history.repeated(kept, reasons.get(ruling.ruled_at))}


def _said(facts: Mapping[str, Any], last_day: str) -> dict[str, Any]:
    days = {"first_day": facts["first_day"], "last_day": last_day}
    return {"title": facts["title"], "contact": facts["contact_sha256"]} | days


def _columns(row: Notice) -> dict[str, Any]:
    named = {"published_by": code_of(row, "published_by"), "cycle": code_of(row, "cycle", "code")}
    return vars(row) | _said(said_of(row), row.last_day.isoformat()) | named


def _cycle_of(one: Explicable) -> str:
    return str(one.history.said(START)[0].facts["cycle"])


def check_decisions(batch: Applications) -> int:
    """Check the titles of the decisions that name studios. They are counted with what they name. Raises Broken."""
    events = [(one, event) for one in batch for event in one.history.said("name_studio")]
    numbers = {event.facts["decision"] for _one, event in events}
    decisions = NamingDecision.objects.filter(number__in=numbers).prefetch_related("cycle")
    found = {row.number: row for row in (decisions if numbers else ())}
    for one, event in events:
        row = found[event.facts["decision"]]
        said = {"title": event.facts["title"], "cycle": _cycle_of(one)}
        hold(event.place(NamingDecision, row.pk), said, vars(row) | {"cycle": code_of(row, "cycle", "code")})
    return 0


def refuse_notices_of_nothing() -> None:
    """Raise Broken where a notice lists no application."""
    if notice := Notice.objects.filter(listed=None).order_by("pk").first():
        raise stray(Notice, notice.pk)
