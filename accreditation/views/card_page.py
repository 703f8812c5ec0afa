"""What a page of an expert's open card shows: totals, rows to fill in, and how it differs from what was saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accreditation.forms.scorecard import CardForm, comment_name, mark_name
from accreditation.models import Scorecard
from accreditation.queries.judging import marks_of, seen_of
from accreditation.rubric import Indicator, Rubric
from accreditation.scoring import needs_comment, total


@dataclass(frozen=True)
class Difference:
    """An indicator of which the card was saved elsewhere with another mark (None: none given) or other words."""

    indicator: Indicator
    saved: Decimal | None
    saved_comment: str
    typed: Decimal | None
    typed_comment: str


@dataclass(frozen=True)
class Conflict:
    """Another page saved other marks after this one was opened: when, and what differs from those sent now."""

    at: datetime | None
    differences: list[Difference]


def card_parts(
    rubric: Rubric,
    document: Mapping[str, Any],
    card: Scorecard,
    form: CardForm,
    judged: Mapping[str, Decimal | None],
) -> dict[str, Any]:
    """Return the running totals and the rows to fill in, good by good."""
    added = total(rubric, document, judged)
    return {
        "card": card,
        "form": form,
        "seen": seen_of(card.marks),
        "total": added,
        "left": sum(judged.get(one.code) is None for one in rubric.judged),
        "filled": {
            good.code: {
                "code": good.code,
                "total": added.good(good.code),
                "rows": [
                    _row(form, rubric, one, judged.get(one.code))
                    for one in good.indicators
                    if not one.computed
                ],
            }
            for good in rubric.goods
        },
    }


def conflict_with(rubric: Rubric, card: Scorecard, form: CardForm) -> Conflict:
    """Return how the card that was saved elsewhere differs from what the form sent."""
    saved, judged, comments = marks_of(card), form.judged(), form.comments()
    found = []
    for one in rubric.judged:
        words = card.marks.get(one.code, {}).get("comment", "")
        kept, typed = (saved.get(one.code), words), (judged[one.code], comments[one.code])
        if kept != typed:
            found.append(Difference(one, *kept, *typed))
    return Conflict(card.saved_at, found)


def _row(form: CardForm, rubric: Rubric, indicator: Indicator, points: Decimal | None) -> dict[str, Any]:
    mark, comment = form[mark_name(indicator.code)], form[comment_name(indicator.code)]
    required = points is not None and needs_comment(rubric, indicator.code, points)
    return {
        "code": indicator.code,
        "indicator": indicator,
        "mark": mark,
        "comment": comment,
        "required": required,
        "is_open": bool(required or mark.errors or comment.errors or comment.value()),
    }
