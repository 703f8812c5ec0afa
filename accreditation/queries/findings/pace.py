"""Decided within a minute of the first moment at which it could be read."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accreditation.queries.findings.batch import Batch, since_submission
from accreditation.queries.findings.rule import Found, Rule, Telling
from workflows.models import Event

LEAST = timedelta(minutes=1)
"""Nobody reads a form with its evidence in less (a minute is what the auditors asked for)."""
JUDGING = (
    "recommend", "send_back", "return_to_level", "reject", "approve", "dismiss_objection", "uphold_objection",
    "score", "propose", "sign",
)  # fmt: skip
Readings = Mapping[tuple[str, int], Sequence[datetime]]


def look(batch: Batch) -> Iterator[Found]:
    """Yield the quick decisions. What a meeting decided was read before it was entered, and is left out."""
    decisions = [one for one in batch.acts(*JUDGING) if not one.facts.get("meeting")]
    readings = _readings(batch, decisions)
    together = Counter((one.actor_id, one.at) for one in decisions)
    for one in decisions:
        how, since = _first_chance(one, batch.before(one), readings)
        taken = one.at - since
        if timedelta(0) <= taken < LEAST:
            application = batch.applications[one.stream]
            yield Found(
                key=f"{one.stream}#{one.sequence}",
                event=one,
                office=one.office_id or application.city_id,
                person=one.actor_id,
                application=application,
                cycle=application.cycle_id,
                facts={
                    "seconds": int(taken.total_seconds()),
                    "how": how,
                    "since": since.isoformat(),
                    "at": one.at.isoformat(),
                    "together": together[one.actor_id, one.at],
                },
            )


def _first_chance(decision: Event, before: Sequence[Event], readings: Readings) -> tuple[str, datetime]:
    """Return when who decided could first have read what they judged, and by what that is known.

    Their own first trace since the form was submitted: they opened it, claimed it, did anything with it. Without
    any, the moment at which it came to their office.
    """
    own = [one for one in since_submission(before) if decision.actor_id == one.actor_id]
    submitted = next((one.at for one in reversed(before) if one.action in {"submit", "resubmit"}), None)
    traces = [("claim" if one.action == "claim" else "act", one.at) for one in own]
    traces += [
        ("read", at)
        for at in readings.get((decision.stream, decision.actor_id or 0), ())
        if at <= decision.at and (submitted is None or submitted <= at)
    ]
    if traces:
        return min(traces, key=lambda trace: trace[1])
    arrived = next(
        (one.at for one in reversed(before) if one.from_state != one.to_state), decision.at - LEAST
    )
    return "arrive", arrived


def _readings(batch: Batch, decisions: Sequence[Event]) -> Readings:
    """Return when each of those who decided opened the application or a file of it. One query."""
    streams = {f"reading/{batch.applications[one.stream].public_id}": one.stream for one in decisions}
    rows = Event.objects.filter(stream__in=list(streams), actor__in={one.actor_id for one in decisions})
    found = defaultdict(list)
    for stream, actor, at in rows.values_list("stream", "actor_id", "at"):
        found[streams[stream], actor].append(at)
    return found


def _headline(telling: Telling) -> str:
    seconds = telling.facts["seconds"]
    patterns = {
        "read": ngettext("打开附件后%(seconds)d秒作出决定", "打开附件后%(seconds)d秒作出决定", seconds),
        "claim": ngettext("认领后%(seconds)d秒作出决定", "认领后%(seconds)d秒作出决定", seconds),
        "arrive": ngettext("到达后%(seconds)d秒作出决定", "到达后%(seconds)d秒作出决定", seconds),
    }
    other = ngettext("经手后%(seconds)d秒作出决定", "经手后%(seconds)d秒作出决定", seconds)
    return patterns.get(telling.facts["how"], other) % {"seconds": seconds}


def _reason(telling: Telling) -> str:
    patterns = {
        "read": _("%(person)s于%(since)s首次打开这一版的附件，%(at)s作出决定。"),
        "claim": _("%(person)s于%(since)s认领，%(at)s作出决定，此前没有打开这一版附件的记录。"),
        "arrive": _("这一件于%(since)s到达，%(person)s于%(at)s作出决定。"),
    }
    other = _("%(person)s于%(since)s首次经手这一版，%(at)s作出决定。")
    said = {"since": _clock(telling, "since"), "at": _clock(telling, "at"), "person": telling.person}
    text = patterns.get(telling.facts["how"], other) % said
    others = telling.facts["together"] - 1
    if others:
        text += ngettext(
            "同一时刻还批量决定了另外%(count)d件。", "同一时刻还批量决定了另外%(count)d件。", others
        ) % {"count": others}
    return text


def _clock(telling: Telling, key: str) -> str:
    """Return a moment to the second."""
    at = localtime(datetime.fromisoformat(telling.facts[key]))
    return _("%(date)s%(time)s") % {"date": date_format(at, "MONTH_DAY_FORMAT"), "time": f"{at:%H:%M:%S}"}


PACE = Rule(
    code="quick",
    name=gettext_lazy("很快作出决定"),
    actions=frozenset(JUDGING),
    look=look,
    looks_for=lambda: (
        _(
            "从能够看到这一版起不到%(minutes)d分钟就决定、评分或者签署。从本人第一次打开这一版的附件、认领或者经手算起，"
            "都没有的，从到达本单位算起；会议的决定不计。"
        )
        % {"minutes": LEAST // timedelta(minutes=1)}
    ),
    harmless=gettext_lazy(
        "可能已看过前一版，或者先看了纸质材料、听过汇报；批量办理时，一件的时间可能算在前一件上。"
    ),
    headline=_headline,
    reason=_reason,
)
