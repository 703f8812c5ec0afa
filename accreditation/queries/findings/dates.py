"""Decided outside the cycle's dates; and dates that were moved after they had passed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Cycle
from accreditation.queries.findings.batch import Batch
from accreditation.queries.findings.pace import JUDGING
from accreditation.queries.findings.rule import Found, Rule, Telling
from accreditation.states import State
from workflows.models import Event
from workflows.working_days import deadline

STAGES = {
    State.ENTERPRISE_REVIEW: 1,
    State.DISTRICT_REVIEW: 2,
    State.CITY_INTAKE: 3,
    State.PANEL_SCORING: 4,
    State.CITY_DECISION: 5,
    State.LISTED: 6,
}
"""What is submitted on the last day has so many terms of the cycle's review days until it is decided there."""
WITH_NOTICE = {State.OBJECTION: 7, State.NOTICE_ENDED: 7}
"""Here the days of the notice come to that."""
DECIDING = (*JUDGING, "conclude", "convene", "name_studio")


@dataclass(frozen=True)
class Dates:
    """When a cycle opens and closes, as was set at a time."""

    opens_at: datetime
    closes_at: datetime


def look(batch: Batch) -> Iterator[Found]:
    """Yield the decisions before the cycle opened or after its work was to be done."""
    decided = batch.acts(*DECIDING)
    if not decided:
        return
    cycles = _cycles({batch.applications[one.stream].cycle_id for one in decided})
    changes = _changes(cycles)
    ends = cache(last_moment)
    for one in decided:
        application = batch.applications[one.stream]
        cycle = cycles[application.cycle_id]
        dates = dates_at(cycle, changes[cycle.stream], one)
        until = ends(cycle, dates, one.from_state)
        if dates.opens_at <= one.at and (until is None or one.at < until):
            continue
        yield Found(
            key=f"{one.stream}#{one.sequence}",
            event=one,
            office=one.office_id or application.city_id,
            person=one.actor_id,
            application=application,
            cycle=cycle.pk,
            facts={
                "is_early": one.at < dates.opens_at,
                "opens_at": dates.opens_at.isoformat(),
                "closes_at": dates.closes_at.isoformat(),
                "until": until.isoformat() if until else "",
                "at": one.at.isoformat(),
            },
        )


def last_moment(cycle: Cycle, dates: Dates, state: str) -> datetime | None:
    """Return until when a stage is to be decided of what was submitted on the last day; None for other states."""
    terms = {**STAGES, **WITH_NOTICE}.get(State(state)) if state in State.values else None
    if terms is None:
        return None
    days = terms * cycle.review_days + (cycle.notice_days if state in WITH_NOTICE else 0)
    return deadline(dates.closes_at, days)


def dates_at(cycle: Cycle, changes: Sequence[Event], event: Event) -> Dates:
    """Return the dates of the cycle as they had been set when something happened; those of now where nobody knows."""
    said: dict[str, Any] = {}
    for change in changes:
        if change.at <= event.at and change.pk != event.pk:
            said |= change.facts
    return Dates(
        _moment(said.get("opens_at"), cycle.opens_at), _moment(said.get("closes_at"), cycle.closes_at)
    )


def _moment(written: Any, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(written) if isinstance(written, str) else otherwise


def _cycles(keys: set[int]) -> dict[int, Cycle]:
    return Cycle.objects.in_bulk(list(keys))


def _changes(cycles: Mapping[int, Cycle]) -> Mapping[str, Sequence[Event]]:
    """Return by stream the events that set the dates of cycles. One query."""
    rows = Event.objects.filter(
        stream__in=[cycle.stream for cycle in cycles.values()], action__in=("open_cycle", "change_cycle")
    )
    found: dict[str, list[Event]] = defaultdict(list)
    for event in rows.order_by("stream", "sequence"):
        found[event.stream].append(event)
    return found


def _headline(telling: Telling) -> str:
    return _("批次开始之前作出决定") if telling.facts["is_early"] else _("超出批次的办理期限作出决定")


def _reason(telling: Telling) -> str:
    said = {"person": telling.person, "at": telling.moment("at"), "opens": telling.moment("opens_at")}
    if telling.facts["is_early"]:
        return _("批次于%(opens)s开始受理，%(person)s于%(at)s已作出决定。") % said
    said |= {"closes": telling.moment("closes_at"), "until": telling.moment("until")}
    return (
        _(
            "批次于%(closes)s截止受理，按每级的办理时限，这一环节最迟应于%(until)s之前办完；%(person)s于%(at)s作出决定。"
        )
        % said
    )


OUTSIDE = Rule(
    code="outside_cycle",
    name=gettext_lazy("在批次日期之外作出决定"),
    actions=frozenset(DECIDING),
    look=look,
    looks_for=lambda: _(
        "在批次开始受理之前，或者在最后一天提交的申报也应办完的日期之后作出的决定。截止受理之后，"
        "每过一个环节加一次批次的办理时限，公示之后再加公示期。日期以作出决定时的设定为准。"
    ),
    harmless=gettext_lazy("退回补正、增补专家、处理异议都会使办理延后。"),
    headline=_headline,
    reason=_reason,
)


# ── Moved after it had passed ────────────────────────────────────────────────────────────────────────────


def look_at_changes(batch: Batch) -> Iterator[Found]:
    """Yield the closings that were put off after they had passed."""
    changed = [one for one in batch.of("change_cycle") if "closes_at" in one.facts]
    if not changed:
        return
    streams = {one.stream.removeprefix(f"{Cycle.stream_kind}/") for one in changed}
    cycles = {cycle.pk: cycle for cycle in Cycle.objects.filter(public_id__in=streams)}
    changes = _changes(cycles)
    by_stream = {cycle.stream: cycle for cycle in cycles.values()}
    for one in changed:
        cycle = by_stream[one.stream]
        before = [change for change in changes[one.stream] if change.sequence < one.sequence]
        closed_at = dates_at(cycle, before, one).closes_at
        closes_at = datetime.fromisoformat(one.facts["closes_at"])
        if closed_at <= one.at < closes_at:
            yield Found(
                key=f"{one.stream}#{one.sequence}",
                event=one,
                office=one.office_id or cycle.city_id,
                person=one.actor_id,
                cycle=cycle.pk,
                facts={
                    "before": closed_at.isoformat(),
                    "after": closes_at.isoformat(),
                    "at": one.at.isoformat(),
                },
            )


def _reason_of_change(telling: Telling) -> str:
    said = {"person": telling.person, "at": telling.moment("at")}
    said |= {"before": telling.moment("before"), "after": telling.moment("after")}
    return _("批次已于%(before)s截止受理，%(person)s于%(at)s将截止时间改为%(after)s。") % said


REOPENED = Rule(
    code="reopened",
    name=gettext_lazy("截止受理之后又延期"),
    actions=frozenset({"change_cycle"}),
    look=look_at_changes,
    looks_for=lambda: _("批次截止受理的时间已过，又改到以后，使已经逾期的可以提交。"),
    harmless=gettext_lazy("延期可能经集体研究并已通知各单位。"),
    headline=lambda telling: _("截止受理之后又延期"),
    reason=_reason_of_change,
)
