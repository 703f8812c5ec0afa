"""Who keeps out of an application, who was named for it, and who is to know of it."""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType

from accreditation.models import Application
from accreditation.queries.replay_deeds import person
from accreditation.services.explained.applications import Applications
from accreditation.services.explained.comparing import Claim, Kept, code_of, hold_rows
from workflows.models import Appointment, Copy, Recusal
from workflows.models.about import AboutSubject

Said = dict[tuple[Any, ...], list[Claim]]


def check_persons(batch: Applications) -> int:
    """Check recusals, appointments and copies; return how many rows. Raises Broken."""
    return (
        _check(Recusal, batch, _recused(batch), ("user",))
        + _check(Appointment, batch, _appointed(batch), ("user", "office"))
        + _check(Copy, batch, _copied(batch), ("user",))
    )


def _check(model: type[AboutSubject], batch: Applications, said: Said, known_by: Sequence[str]) -> int:
    kind, streams = ContentType.objects.get_for_model(Application), {one.pk: one.stream for one in batch}
    rows = model._default_manager.filter(content_type=kind, object_id__in=streams).order_by("pk")
    names = [name for name in ("user", "office", "made_by") if hasattr(model, name)]
    found: dict[tuple[Any, ...], list[Kept]] = {}
    for row in rows.prefetch_related(*names):
        named = {name: code_of(row, name, "code" if name == "office" else "public_id") for name in names}
        key = (streams[row.object_id], *(named[name] for name in known_by))
        found.setdefault(key, []).append(Kept(row.pk, vars(row) | named))
    return hold_rows(model, said, found)


def _recused(batch: Applications) -> Said:
    events = [(one.stream, event) for one in batch for event in one.history.said("recuse")]
    return {
        (stream, event.actor): [Claim(stream, event.sequence, {"office": event.office, "at": event.at})]
        for stream, event in events
    }


def _appointed(batch: Applications) -> Said:
    """Who is named for an office ends who was named for it before."""
    said: Said = {}
    for one in batch:
        standing: dict[str, dict[str, Any]] = {}
        for event in one.history.said("appoint"):
            office = event.facts["acts_for"]
            if office in standing:
                standing[office]["ended_at"] = event.at
            standing[office] = {"made_by": event.actor, "at": event.at, "ended_at": None}
            claim = Claim(one.stream, event.sequence, standing[office])
            said.setdefault((one.stream, person(event.facts["to"]), office), []).append(claim)
    return said


def _copied(batch: Applications) -> Said:
    """What was taken back is not there any more. When somebody read what they were copied on is no act."""
    said: Said = {}
    for one in batch:
        for event in sorted(one.history.said("copy", "withdraw_copy"), key=lambda event: event.sequence):
            if event.action == "withdraw_copy":
                said.pop((one.stream, person(event.facts["to"])), None)
                continue
            claim = Claim(one.stream, event.sequence, {"made_by": event.actor, "at": event.at})
            said |= {(one.stream, code): [claim] for code in person(event.facts["to"])}
    return said
