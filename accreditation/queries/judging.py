"""Scorecards and what follows from them."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accreditation.models import Application, Scorecard
from accreditation.queries.rubrics import rubric_of
from accreditation.scoring import CardTotal, PanelResult, panel_result, total


def submitted_cards(application: Application) -> QuerySet[Scorecard]:
    """Return the submitted cards on the revision that is being judged, in the order of their seats."""
    return application.current_cards.exclude(submitted_at=None).select_related("revision", "expert")


def marks_of(card: Scorecard) -> dict[str, Decimal]:
    """Return the judged marks of a card, in points."""
    return {code: Decimal(mark["points"]) for code, mark in card.marks.items() if mark.get("points")}


def card_total(application: Application, document: Mapping[str, Any], card: Scorecard) -> CardTotal:
    """Return what a card adds up to, computed marks included."""
    return total(rubric_of(application.cycle), document, marks_of(card))


def panel_result_of(application: Application) -> PanelResult:
    """Return the panel's result from the cards submitted so far. Raises ValueError without any."""
    totals = [
        card_total(application, json.loads(card.revision.document), card)
        for card in submitted_cards(application)
    ]
    return panel_result(rubric_of(application.cycle), totals)
