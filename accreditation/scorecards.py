"""Submitted scorecards: their document has every mark with its working, as it stood when the card was given."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import translation

from accreditation.figures import plain
from accreditation.models import Revision, Scorecard
from accreditation.rubric import Rubric
from accreditation.scoring import computed_marks, total
from workflows.ledger.chain import canonical, digest


def card_document(
    rubric: Rubric,
    revision: Revision,
    judged: Mapping[str, Decimal],
    comments: Mapping[str, str],
    *,
    expert: str,
) -> tuple[dict[str, Any], Decimal]:
    """Return the card as JSON-able data (points as decimal strings) and its total in points.

    The working is written in Chinese whoever submits, so that the record does not depend on the reader.
    """
    form = json.loads(revision.document)
    card = total(rubric, form, judged)
    with translation.override("zh-hans"):
        computed = computed_marks(rubric, form)
    document = {
        "schema": 1,
        "rubric": rubric.version,
        "rubric_sha256": rubric.sha256,
        "revision": revision.sha256,
        "expert": expert,
        "judged": {
            code: {"points": plain(points), "comment": comments.get(code, "").strip()}
            for code, points in judged.items()
        },
        "computed": {
            code: {"points": plain(mark.points), "working": mark.working} for code, mark in computed.items()
        },
        "goods": {good.good.code: plain(good.points) for good in card.goods},
        "total": plain(card.total),
    }
    return document, card.total


def submit_card(
    card: Scorecard,
    rubric: Rubric,
    judged: Mapping[str, Decimal],
    comments: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    """Freeze an expert's card as its document; a trigger refuses to change it from now on."""
    document, card.total = card_document(
        rubric, card.revision, judged, comments, expert=str(card.expert.public_id)
    )
    card.marks = document["judged"]
    card.document = canonical(document)
    card.sha256 = digest(card.document)
    card.saved_at = card.submitted_at = at
    card.save()
