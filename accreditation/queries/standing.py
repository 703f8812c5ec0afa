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
from django.utils.translation import gettext as _

from accreditation.models import Application, Cycle, Membership, Revision, Scorecard, User
from accreditation.permissions import DECISIVE
from accreditation.queries.rubrics import rubric_of
from accreditation.rubric import Rubric
from accreditation.scoring import CardTotal, GoodTotal, PanelResult, check_gates, computed_marks, panel_result
from workflows.models import Event


@dataclass(frozen=True)
class FirstLook:
    """What the material says by itself before anybody judges it: failed gates, points earned of those computable."""

    failed_gates: int
    earned: Decimal
    computable: Decimal


def barred(user: User, held: Iterable[tuple[Application, int]]) -> dict[int, str]:
    """Return by application why the user must keep out of it; `held` pairs each with the office that has it."""
    pairs = list(held)
    own = set(Membership.objects.filter(user=user, ended_at=None).values_list("organisation_id", flat=True))
    decided = defaultdict(set)
    streams = [application.stream for application, _office in pairs]
    acts = Event.objects.filter(stream__in=streams, actor=user, action__in=DECISIVE)
    for stream, office in acts.values_list("stream", "office_id"):
        decided[stream].add(office)
    reasons = {}
    for application, office in pairs:
        related = {application.enterprise_id} | ({application.union_id} - {office})
        if own & related:
            reasons[application.pk] = _("与本人同单位")
        elif decided[application.stream] - {office}:
            reasons[application.pk] = _("您已在另一级审核过")
    return reasons


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
    cycles = {application.pk: application.cycle_id for application in scored}
    for card in cards.only("application_id", "document"):
        rubric = rubrics[cycles[card.application_id]]
        totals[card.application_id].append(written_total(rubric, json.loads(card.document)))
    return {pk: panel_result(rubrics[cycles[pk]], found) for pk, found in totals.items()}


def first_looks(applications: Sequence[Application]) -> dict[int, FirstLook]:
    """Return what the current revision of each application says by itself."""
    if not applications:
        return {}
    rubrics = rubrics_of(applications)
    cycles = {application.pk: application.cycle_id for application in applications}
    revisions = Revision.objects.filter(
        application__in=applications, number=F("application__revision_number")
    ).only("application_id", "document", "submitted_at")
    return {
        revision.application_id: _first_look(rubrics[cycles[revision.application_id]], revision)
        for revision in revisions
    }


def rubrics_of(applications: Iterable[Application]) -> dict[int, Rubric]:
    """Return the rubrics by cycle."""
    ids = {application.cycle_id for application in applications}
    return {cycle.pk: rubric_of(cycle) for cycle in Cycle.objects.filter(pk__in=ids).select_related("rubric")}


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
