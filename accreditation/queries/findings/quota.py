"""A quota that was raised once it was full, and then used beyond what it had been."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Application, Cycle, Organisation
from accreditation.queries.findings.batch import Batch
from accreditation.queries.findings.places import events_about_places, held, streams_of
from accreditation.queries.findings.rule import Found, Rule, Telling
from workflows.models import Event


@dataclass(frozen=True)
class Raise:
    """A quota was raised, from so many places."""

    event: Event
    before: int
    after: int


def look(batch: Batch) -> Iterator[Found]:
    """Yield, once a raise, the recommendation that only fits because the quota was raised when it was full."""
    taking = [one for one in batch.acts("recommend") if one.facts.get("place")]
    raises = _raises([batch.applications[one.stream] for one in taking]) if taking else {}
    for one in taking:
        application = batch.applications[one.stream]
        raised = raises.get((application.cycle_id, application.district_id), ())
        earlier = [change for change in raised if change.event.at <= one.at]
        if not earlier:
            continue
        moves = events_about_places(streams_of(application.cycle_id, application.district_id))
        number = len(held(moves, one.at))
        for change in earlier:
            if len(held(moves, change.event.at)) >= change.before and number > change.before:
                yield _found(application, one, change, number)


def _found(application: Application, event: Event, change: Raise, number: int) -> Found:
    return Found(
        key=f"{change.event.stream}#{change.event.sequence}",
        event=event,
        office=application.district_id,
        person=change.event.actor_id,
        application=application,
        cycle=application.cycle_id,
        others=[change.event],
        facts={
            "before": change.before,
            "after": change.after,
            "number": number,
            "raised_at": change.event.at.isoformat(),
        },
    )


def _raises(applications: Sequence[Application]) -> Mapping[tuple[int, int], Sequence[Raise]]:
    """Return by cycle and body how the places of these applications' bodies were raised. Three queries."""
    cycles = Cycle.objects.filter(pk__in={one.cycle_id for one in applications})
    streams = {cycle.stream: cycle.pk for cycle in cycles}
    rows = Organisation.objects.filter(pk__in={one.district_id for one in applications})
    bodies = dict(rows.values_list("code", "pk"))
    named = reduce(or_, (Q(body__contains=f'"organisation":"{code}"') for code in bodies))
    found: dict[tuple[int, int], list[Raise]] = defaultdict(list)
    last: dict[tuple[int, int], int] = {}
    changes = Event.objects.filter(named, stream__in=list(streams), action="set_quota")
    for event in changes.order_by("stream", "sequence"):
        facts = event.facts
        body, places = bodies.get(facts.get("organisation", "")), facts.get("places")
        if body is None or not isinstance(places, int):
            continue  # what was tampered with says nothing
        whose = streams[event.stream], body
        before = last.get(whose, 0)
        if 0 < before < places:  # from none at all, they are given for the first time
            found[whose].append(Raise(event, before, places))
        last[whose] = places
    return found


def _reason(telling: Telling) -> str:
    said = telling.said | {"at": telling.moment("raised_at"), "office": telling.finding.office.name}
    return (
        _(
            "%(office)s的名额%(before)d用完之后，%(person)s于%(at)s改为%(after)d；"
            "这一件是第%(number)d件推荐，超出原来的名额。"
        )
        % said
    )


RAISED = Rule(
    code="quota_raised",
    name=gettext_lazy("名额用完后追加"),
    actions=frozenset({"recommend"}),
    look=look,
    looks_for=lambda: _("一个组织的名额用完之后被追加，随后的推荐超出原来的名额。每次追加列出一次。"),
    harmless=gettext_lazy("名额可能经集体研究调剂；其他组织的名额也许同时减少。"),
    headline=lambda telling: _("名额用完后由%(before)d追加到%(after)d") % telling.said,
    reason=_reason,
)
