"""Panels for many applications at once: what waits for one, what could be concluded, who has how many cards in hand."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accreditation.bars import NOT_FOR_GOOD
from accreditation.models import Application, Cycle, Organisation, Scorecard, User
from accreditation.queries.cycle_overview import with_the_panel
from accreditation.queries.interests import codes
from accreditation.queries.judging import far_cards
from accreditation.states import State
from workflows.ledger.chain import written
from workflows.models import Event

CURRENT = Q(revision__number=F("application__revision_number"))
"""Cards on the revision that is being judged."""


def waiting(cycle: Cycle, body: str = "", words: str = "") -> QuerySet[Application]:
    """Return what waits for a panel, the longest first: of one body by its code, with `words` in a name or number."""
    found = cycle.applications.filter(state=State.CITY_INTAKE)
    if body:
        found = found.filter(district__code=body)
    if words:
        names = Q(studio__name__icontains=words) | Q(studio__leader_name__icontains=words)
        found = found.filter(names | Q(enterprise__name__icontains=words) | Q(number__icontains=words))
    return found.order_by("state_since", "pk")


def bodies_waiting(cycle: Cycle) -> list[tuple[Organisation, int]]:
    """Return the districts, industries and groups with something that waits for a panel, with how many. Two queries."""
    counted = waiting(cycle).order_by().values_list("district").annotate(count=Count("pk"))
    counts: dict[int, int] = dict(counted)
    return [(body, counts[body.pk]) for body in Organisation.objects.filter(pk__in=counts).order_by("path")]


def concludable(cycle: Cycle) -> QuerySet[Application]:
    """Return what is being scored and has its quorum of cards, with `seats` and `handed`, the longest first."""
    enough: dict[str, Any] = {"handed__gte": cycle.quorum}
    return with_the_panel(cycle).filter(state=State.PANEL_SCORING, **enough)


def cards_in_hand(experts: Collection[User]) -> dict[int, int]:
    """Return by expert how many cards they have still to hand in. One query."""
    cards = Scorecard.objects.filter(
        CURRENT,
        expert__in=[expert.pk for expert in experts],
        submitted_at=None,
        application__state=State.PANEL_SCORING,
    )
    counted = cards.order_by().values_list("expert_id").annotate(count=Count("pk"))
    return {expert.pk: 0 for expert in experts} | dict(counted)


def missing_cards(applications: Sequence[Application]) -> dict[int, int]:
    """Return by application how many cards are still to come: of who keeps out by now none does."""
    cards = Scorecard.objects.filter(CURRENT, application__in=applications, submitted_at=None)
    pairs = list(cards.values_list("application_id", "expert_id"))
    barred = codes([(one, one.city_id) for one in applications], {expert for _application, expert in pairs})
    stay = [
        application for application, expert in pairs if barred.get((application, expert), "") in NOT_FOR_GOOD
    ]
    return {one.pk: stay.count(one.pk) for one in applications}


def undiscussed(applications: Sequence[Application]) -> dict[int, list[str]]:
    """Return by application whose cards lie far from the others and were not discussed yet. Three queries.

    For one application `judging.discussion_of` says the same, and more.
    """
    spoken_of = _spoken_of(applications)
    return {
        key: [card.expert.name for card in cards if card.sha256 not in spoken_of[key]]
        for key, cards in far_cards(applications).items()
    }


def _spoken_of(applications: Sequence[Application]) -> Mapping[int, set[str]]:
    """Return by application the hashes of the cards on its revision that a discussion has spoken of."""
    streams = {one.stream: one for one in applications}
    found: dict[int, set[str]] = defaultdict(set)
    for stream, body in Event.objects.filter(stream__in=streams, action="discuss").values_list(
        "stream", "body"
    ):
        facts: dict[str, Any] = written(body).get("facts", {})
        if facts.get("revision") == streams[stream].revision_number:
            found[streams[stream].pk] |= set(facts.get("scorecards", ()))
    return found
