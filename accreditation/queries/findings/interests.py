"""Decided where an interest was declared: before it was declared, or after it was no longer."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accreditation.bars import DECISIVE
from accreditation.models import Application, Cycle
from accreditation.queries.findings.batch import Batch
from accreditation.queries.findings.pace import JUDGING
from accreditation.queries.findings.rule import Found, Rule, Telling
from workflows.models import Event

CYCLE = f"{Cycle.stream_kind}/"


# ── Declared or recused after a decision ─────────────────────────────────────────────────────────────────


def look(batch: Batch) -> Iterator[Found]:
    """Yield the applications on which somebody had acted before they declared an interest in them, or recused."""
    for one in batch.acts("recuse"):
        application = batch.applications[one.stream]
        own = [act for act in batch.before(one) if act.action in JUDGING and act.actor_id == one.actor_id]
        if own:
            yield _late(application, one, own)
    declared = [one for one in batch.of("declare") if one.actor_id and one.facts.get("enterprises")]
    for one, application, acts in _acts_before(declared):
        yield _late(application, one, acts)


def _late(application: Application, event: Event, own: Sequence[Event]) -> Found:
    last = own[-1]
    return Found(
        key=f"{application.stream}/{event.actor_id}",
        event=last,
        office=last.office_id or application.city_id,
        person=event.actor_id,
        application=application,
        cycle=application.cycle_id,
        others=[event],
        facts={
            "how": event.action,
            "acts": len(own),
            "acted_at": last.at.isoformat(),
            "said_at": event.at.isoformat(),
        },
    )


def _acts_before(declared: Sequence[Event]) -> Iterator[tuple[Event, Application, Sequence[Event]]]:
    """Yield, by declaration and application, what who declares had done with it. Two queries for all."""
    if not declared:
        return
    codes = {code for one in declared for code in one.facts["enterprises"]}
    rows = Application.objects.filter(enterprise__code__in=codes, submitted_at__isnull=False)
    applications = list(rows.select_related("enterprise", "cycle"))
    actors = {one.actor_id for one in declared}
    theirs = Q(actor__in=actors) | Q(principal__in=actors)
    acts = Event.objects.filter(
        theirs, stream__in=[one.stream for one in applications], action__in=set(DECISIVE) & set(JUDGING)
    )
    by_stream: dict[str, list[Event]] = defaultdict(list)
    for act in acts.order_by("stream", "sequence"):
        by_stream[act.stream].append(act)
    for one in declared:
        for application in applications:
            if (
                application.cycle.stream != one.stream
                or application.enterprise.code not in one.facts["enterprises"]
            ):
                continue
            own = [
                act
                for act in by_stream[application.stream]
                if act.at < one.at and one.actor_id in (act.actor_id, act.principal_id)
            ]
            if own:
                yield one, application, own


def _reason(telling: Telling) -> str:
    facts = telling.facts
    said = {
        "person": telling.person,
        "acted_at": telling.moment("acted_at"),
        "said_at": telling.moment("said_at"),
        "acts": facts["acts"],
    }
    text = _("%(person)s于%(acted_at)s对这一件作出决定，%(said_at)s才申明与申报单位有利害关系。") % said
    if facts["how"] == "recuse":
        text = _("%(person)s于%(acted_at)s对这一件作出决定，%(said_at)s才回避。") % said
    if facts["acts"] > 1:
        text += ngettext("此前共决定%(acts)d次。", "此前共决定%(acts)d次。", facts["acts"]) % said
    return text


LATE = Rule(
    code="interest_late",
    name=gettext_lazy("决定之后才申明利害关系"),
    actions=frozenset({"declare", "recuse"}),
    look=look,
    looks_for=lambda: _("先对一件申报作出决定或者评分，之后才申明与申报单位有利害关系，或者才回避。"),
    harmless=gettext_lazy("利害关系可能在决定之后才产生，或者当时不知道。"),
    headline=lambda telling: (
        _("决定之后才回避") if telling.facts["how"] == "recuse" else _("决定之后才申明利害关系")
    ),
    reason=_reason,
)


# ── No longer declared ───────────────────────────────────────────────────────────────────────────────────


def look_at_dropped(batch: Batch) -> Iterator[Found]:
    """Yield the decisions of who had declared an interest in the applicant for this cycle, and no longer does."""
    decided = batch.acts(*JUDGING)
    if not decided:
        return
    cycles = {
        cycle.pk: cycle.stream
        for cycle in Cycle.objects.filter(pk__in={batch.applications[one.stream].cycle_id for one in decided})
    }
    declared = _declared(decided, cycles)
    codes = _codes(batch, decided) if declared else {}
    for one in decided:
        application = batch.applications[one.stream]
        for person in sorted({one.actor_id or 0, one.principal_id or 0} - {0}):
            said = [
                event
                for event in declared.get((person, cycles[application.cycle_id]), ())
                if event.at <= one.at and codes[application.enterprise_id] in event.facts["enterprises"]
            ]
            if said:
                yield Found(
                    key=f"{one.stream}/{person}",
                    event=one,
                    office=one.office_id or application.city_id,
                    person=person,
                    application=application,
                    cycle=application.cycle_id,
                    others=[said[-1]],
                    facts={"said_at": said[-1].at.isoformat(), "at": one.at.isoformat()},
                )


def _declared(decided: Sequence[Event], cycles: Mapping[int, str]) -> dict[tuple[int, str], list[Event]]:
    """Return by person and cycle what they declared, where they did so more than once. One query."""
    people = {pk for one in decided for pk in (one.actor_id, one.principal_id) if pk is not None}
    rows = Event.objects.filter(stream__in=list(cycles.values()), action="declare", actor__in=people)
    found: dict[tuple[int, str], list[Event]] = defaultdict(list)
    for event in rows.order_by("stream", "sequence"):
        found[event.actor_id or 0, event.stream].append(event)
    return {whose: events for whose, events in found.items() if len(events) > 1}


def _codes(batch: Batch, decided: Sequence[Event]) -> dict[int, str]:
    keys = [batch.applications[one.stream].pk for one in decided]
    return dict(Application.objects.filter(pk__in=keys).values_list("enterprise", "enterprise__code"))


def _reason_of_dropped(telling: Telling) -> str:
    said = {"person": telling.person, "said_at": telling.moment("said_at"), "at": telling.moment("at")}
    return (
        _("%(person)s曾于%(said_at)s申明与申报单位有利害关系，之后改为没有，于%(at)s对这一件作出决定。")
        % said
    )


DROPPED = Rule(
    code="interest_dropped",
    name=gettext_lazy("撤去利害关系申明后作出决定"),
    actions=frozenset(JUDGING),
    look=look_at_dropped,
    looks_for=lambda: _("在同一批次曾申明与申报单位有利害关系，之后改为没有，又对其申报作出决定或者评分。"),
    harmless=gettext_lazy("可能申明时选错了单位，随即改正。"),
    headline=lambda telling: _("撤去利害关系申明后作出决定"),
    reason=_reason_of_dropped,
)
