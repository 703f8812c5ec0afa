"""Recommended although somebody ahead of it in the order still waits."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accreditation.models import Application, Cycle, Organisation
from accreditation.queries.findings.batch import KIND, Batch
from accreditation.queries.findings.rule import Found, Rule, Telling
from accreditation.states import State
from workflows.models import Event


def look(batch: Batch) -> Iterator[Found]:
    """Yield the recommendations that passed over a candidate which waited for the same body at that moment."""
    taking = [one for one in batch.acts("recommend") if one.facts.get("place")]
    orders = _orders(batch, taking) if taking else {}
    for one in taking:
        application = batch.applications[one.stream]
        order = _order_at(orders.get((application.cycle_id, application.district_id), ()), one)
        if order is None or str(application.public_id) not in order.facts["applications"]:
            continue
        listed = order.facts["applications"]
        place = listed.index(str(application.public_id))
        passed = _waiting(listed[:place], one) if place else []
        if passed:
            yield Found(
                key=f"{one.stream}#{one.sequence}",
                event=one,
                office=one.office_id or application.district_id,
                person=one.actor_id,
                application=application,
                cycle=application.cycle_id,
                others=[order],
                facts={"place": place + 1, "passed": passed},
            )


Orders = Mapping[tuple[int, int], Sequence[Event]]


def _orders(batch: Batch, taking: Sequence[Event]) -> Orders:
    """Return by cycle and body the orders that were saved. Three queries."""
    applications = [batch.applications[one.stream] for one in taking]
    bodies = Organisation.objects.filter(pk__in={one.district_id for one in applications})
    streams = {body.stream: body.pk for body in bodies}
    cycles = dict(
        Cycle.objects.filter(pk__in={one.cycle_id for one in applications}).values_list("code", "pk")
    )
    found: dict[tuple[int, int], list[Event]] = {}
    rows = Event.objects.filter(stream__in=list(streams), action="rank").order_by("stream", "sequence")
    for event in rows:
        cycle = cycles.get(event.facts.get("cycle", ""))
        if cycle is not None:
            found.setdefault((cycle, streams[event.stream]), []).append(event)
    return found


def _order_at(orders: Sequence[Event], decision: Event) -> Event | None:
    """Return the order that held when a decision was taken."""
    return next((order for order in reversed(orders) if order.at <= decision.at), None)


def _waiting(ahead: Sequence[str], decision: Event) -> list[str]:
    """Return those of the candidates that waited for their recommendation, at the moment of another's.

    What was recommended at the same moment, as in a batch, was not passed over; nor was what is with the applicant
    for correction, has ended, or had its place already. Two queries.
    """
    streams = [f"{KIND}{public_id}" for public_id in ahead]
    moved = Event.objects.filter(stream__in=streams, at__lte=decision.at).exclude(from_state=F("to_state"))
    states: dict[str, str] = {}
    placed: set[str] = set()
    for event in moved.order_by("stream", "sequence"):
        states[event.stream] = event.to_state
        if event.action == "recommend" and event.facts.get("place"):
            placed.add(event.stream)
    waiting = [
        stream.removeprefix(KIND)
        for stream in streams
        if states.get(stream) == State.DISTRICT_REVIEW and stream not in placed
    ]
    numbers = dict(Application.objects.filter(public_id__in=waiting).values_list("public_id", "number"))
    return [numbers[UUID(public_id)] for public_id in waiting]


def _reason(telling: Telling) -> str:
    passed = telling.facts["passed"]
    said = telling.said | {"count": len(passed), "passed": _("、").join(passed)}
    return (
        ngettext(
            "这一件在推荐排序中列第%(place)d位，%(person)s推荐时，排在前面的%(count)d件仍在等待推荐：%(passed)s。",
            "这一件在推荐排序中列第%(place)d位，%(person)s推荐时，排在前面的%(count)d件仍在等待推荐：%(passed)s。",
            len(passed),
        )
        % said
    )


PASSED_OVER = Rule(
    code="passed_over",
    name=gettext_lazy("越过推荐排序"),
    actions=frozenset({"recommend"}),
    look=look,
    looks_for=lambda: _(
        "推荐一件申报时，本组织保存的推荐排序中有排在它前面、仍在等待推荐的。同一时刻一并推荐的、在补正的和已经终止的不计。"
    ),
    harmless=gettext_lazy("排在前面的可能正在核实材料，随后也会推荐。"),
    headline=lambda telling: _("越过推荐排序"),
    reason=_reason,
)
