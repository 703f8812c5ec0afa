"""What the judging adds to the reviewer's pages: the panel's cards, what is to be discussed, and site visits."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accreditation.models import Application
from accreditation.queries import review as reading
from accreditation.queries.judging import Discussion, discussion_for
from accreditation.queries.part import Part, readable_cards
from accreditation.queries.site_visits import sees_some, visits_for
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.site_visits import may_visit


def visited(request: SignedInRequest, application: Application, part: Part) -> dict[str, Any]:
    """Return the site visits that the reader may know of, and whether they may record one."""
    if not sees_some(part):
        return {"sees_visits": False}
    visits = visits_for(application, part)
    return {
        "sees_visits": True,
        "visits": [visit for visit in visits if not visit.is_corrected],
        "visits_in_all": len(visits),
        "may_visit": may_visit(request, application),
    }


def panel(request: SignedInRequest, application: Application, part: Part, rubric: Any) -> dict[str, Any]:
    """Return the cards on the current revision that the reader may see; the result only once the scoring is over."""
    readable = readable_cards(application, request.user, part)
    cards = [
        reading.card_view(rubric, card)
        for card in readable
        if card.submitted_at and card.revision.number == application.revision_number
    ]
    own = [card for card in part.own_cards if card.revision.number == application.revision_number]
    current = application.current_cards if part.sees_panel else None
    handed_in = current.exclude(submitted_at=None).count() if current is not None else 0
    scores = [one.total.total for one in cards]
    return {
        "cards": cards,
        "own_card": own[0] if own else None,
        "scores": scores,
        "axis_from": axis_from(scores),
        "result": reading.panel_of(rubric, cards) if application.total is not None else None,
        "total_line": rubric.total_line(application.cycle.level),
        "seats": current.count() if current is not None else 0,
        "handed_in": handed_in,
        **discussed(discussion_for(application, part, handed_in), cards),
    }


def discussed(discussion: Discussion | None, cards: Sequence[reading.CardView]) -> dict[str, Any]:
    """Return which of the cards that are shown lie far from the others, and which of these were discussed."""
    marked = {one.card.pk: one for one in discussion.marked} if discussion else {}
    scores = [one.total.total for one in cards]
    return {
        "discussion": discussion,
        "marked": set(marked),
        "discussed": {pk for pk, one in marked.items() if one.is_discussed},
        "far": [one.total.total for one in cards if one.card.pk in marked],
        "shares_cards": discussion is not None and bool(cards),
        "lowest": min(scores, default=None),
        "highest": max(scores, default=None),
    }


def axis_from(scores: Sequence[Decimal]) -> int:
    """Return where the axis of the scores begins: a ten below the lowest, so that near marks stand apart."""
    lowest = min(scores, default=Decimal(0))
    return max(0, int(lowest) // 10 * 10 - 10)
