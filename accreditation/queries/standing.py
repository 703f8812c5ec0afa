"""How things stand with several applications at once, for lists: who must keep out of them, what they scored.

Each function is one or two queries for all of them; the actions themselves ask `permissions` anew.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from accreditation.bars import short_words
from accreditation.models import Application, Revision, Scorecard, User
from accreditation.models import Rubric as RubricRow
from accreditation.queries.interests import codes_for
from accreditation.queries.rubrics import parsed
from accreditation.rubric import Rubric
from accreditation.scoring import CardTotal, GoodTotal, PanelResult, check_gates, computed_marks, panel_result


@dataclass(frozen=True)
class FirstLook:
    """What the material says by itself before anybody judges it: failed gates, points earned of those computable."""

    failed_gates: int
    earned: Decimal
    computable: Decimal


def barred(user: User, held: Iterable[tuple[Application, int]]) -> dict[int, str]:
    """Return by application why the user must keep out of it; `held` pairs each with the office that has it."""
    return {application: short_words(code) for application, code in codes_for(user, held).items()}


def results(applications: Sequence[Application]) -> dict[int, PanelResult]:
    """Return the panel's result of each application that has one, from the submitted cards as they were written."""
    scored = [application for application in applications if application.total is not None]
    if not scored:
        return {}
    rubrics = rubrics_of(scored)
    totals: dict[int, list[CardTotal]] = defaultdict(list)
    cards = Scorecard.objects.filter(
        application__in=scored, submitted_at__isnull=False, revision__number=F("application__revision_number")
    )
    for card in cards.only("application_id", "document"):
        rubric = rubrics[card.application_id]
        totals[card.application_id].append(written_total(rubric, json.loads(card.document)))
    return {pk: panel_result(rubrics[pk], found) for pk, found in totals.items()}


def first_looks(applications: Sequence[Application]) -> dict[int, FirstLook]:
    """Return what the current revision of each application says by itself."""
    if not applications:
        return {}
    rubrics = rubrics_of(applications)
    revisions = Revision.objects.filter(
        application__in=applications, number=F("application__revision_number")
    ).only("application_id", "document", "submitted_at")
    return {
        revision.application_id: _first_look(rubrics[revision.application_id], revision)
        for revision in revisions
    }


def rubrics_of(applications: Iterable[Application]) -> dict[int, Rubric]:
    """Return by application the rubric that each was submitted under. One query; drafts have none of their own."""
    held = {application.pk: application.rubric_id for application in applications}
    rows = RubricRow.objects.filter(pk__in=set(held.values())).only("document")
    versions = {row.pk: parsed(row.document) for row in rows}
    return {pk: versions[rubric_id] for pk, rubric_id in held.items() if rubric_id is not None}


def written_total(rubric: Rubric, card: Mapping[str, Any]) -> CardTotal:
    """Return what a submitted card's document says it adds up to."""
    goods = tuple(
        GoodTotal(good, Decimal(card["goods"][good.code]), rubric.good_line(good)) for good in rubric.goods
    )
    return CardTotal(goods, complete=True)


def _first_look(rubric: Rubric, revision: Revision) -> FirstLook:
    document = json.loads(revision.document)
    marks = computed_marks(rubric, document).values()
    gates = check_gates(rubric, document, on=timezone.localdate(revision.submitted_at))
    return FirstLook(
        failed_gates=sum(not gate.passed for gate in gates),
        earned=sum((mark.points for mark in marks), Decimal(0)),
        computable=sum((mark.max for mark in marks), Decimal(0)),
    )
