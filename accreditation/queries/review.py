"""One application as its reviewers see it: the frozen revision, its evidence, the opinions so far, who holds it."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accreditation.completeness import evidence_label
from accreditation.models import Application, Quota, Revision, Scorecard, User
from accreditation.queries.rubrics import rubric_of_application
from accreditation.queries.standing import written_total
from accreditation.rubric import Good, Indicator, Rubric
from accreditation.scoring import (
    CardTotal,
    GateResult,
    GoodTotal,
    Mark,
    PanelResult,
    check_gates,
    computed_marks,
    panel_result,
)
from accreditation.states import State
from workflows.models import Task
from workflows.works import open_tasks

JOINED = ("cycle__rubric", "rubric", "studio", "enterprise", "union", "district", "city")


@dataclass(frozen=True)
class File:
    """A file that the revision holds. Without `public_id` the file itself is no longer there."""

    name: str
    kind: str
    size: int
    media_type: str
    public_id: UUID | None


@dataclass(frozen=True)
class GoodView:
    """A good of the revision: the marks that follow from it, the indicators to be judged, its files."""

    good: Good
    line: Any
    marks: Sequence[Mark]
    judged: Sequence[Indicator]
    files: Sequence[File]


@dataclass(frozen=True)
class RevisionView:
    """A frozen revision beside the rubric; `before` is the document of the revision before it, if there is one."""

    revision: Revision
    document: Mapping[str, Any]
    before: Mapping[str, Any] | None
    rubric: Rubric
    gates: Sequence[GateResult]
    goods: Sequence[GoodView]

    @property
    def failed_gates(self) -> int:
        """Return how many gates are not passed."""
        return sum(not gate.passed for gate in self.gates)


@dataclass(frozen=True)
class CardRow:
    """A line of a scorecard: a computed mark with its working, or a judged one with its comment."""

    indicator: Indicator
    points: Decimal
    working: str
    comment: str


@dataclass(frozen=True)
class CardView:
    """A scorecard as its own document has it; nothing in it follows a later rubric."""

    card: Scorecard
    total: CardTotal
    goods: Sequence[tuple[GoodTotal, Sequence[CardRow]]]


def revision_view(application: Application, number: int | None = None) -> RevisionView:
    """Return a revision (the current one unless `number` is given). Raises Revision.DoesNotExist."""
    number = application.revision_number if number is None else number
    both = application.revisions.filter(number__in=[number, number - 1]).select_related("submitted_by")
    found = {revision.number: revision for revision in both}
    if number not in found:
        raise Revision.DoesNotExist
    revision, earlier = found[number], found.get(number - 1)
    rubric, document = rubric_of_application(application), json.loads(revision.document)
    marks, files = computed_marks(rubric, document), _files(application, document)
    return RevisionView(
        revision=revision,
        document=document,
        before=json.loads(earlier.document) if earlier else None,
        rubric=rubric,
        gates=check_gates(rubric, document, on=_day(revision)),
        goods=[
            GoodView(
                good=good,
                line=rubric.good_line(good),
                marks=[marks[one.code] for one in good.indicators if one.computed],
                judged=[one for one in good.indicators if not one.computed],
                files=files[good.code],
            )
            for good in rubric.goods
        ],
    )


def documents_of(application: Application, numbers: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """Return the documents of some of the revisions by number. One query."""
    rows = application.revisions.filter(number__in=numbers).values_list("number", "document")
    return {number: json.loads(document) for number, document in rows}


def _day(revision: Revision) -> date:
    return timezone.localdate(revision.submitted_at)


def _files(application: Application, document: Mapping[str, Any]) -> dict[str, list[File]]:
    """The files as the revision names them; those removed from the draft since then are still there."""
    kept = {
        (item.good, item.kind, item.name, item.stored.sha256): item.public_id
        for item in application.evidence.select_related("stored")
    }
    files: dict[str, list[File]] = defaultdict(list)
    for said in document["evidence"]:
        key = (said["good"], said["kind"], said["name"], said["sha256"])
        label = evidence_label(said["kind"])
        files[said["good"]].append(File(said["name"], label, said["size"], said["media_type"], kept.get(key)))
    return files


def card_view(rubric: Rubric, card: Scorecard) -> CardView:
    """Return a submitted card as it was written."""
    return view_of_document(rubric, card, json.loads(card.document))


def view_of_document(rubric: Rubric, card: Scorecard, document: Mapping[str, Any]) -> CardView:
    """Return a card by the document that it has, or that it would be submitted with."""
    total = written_total(rubric, document)
    goods = [(good, [_card_row(document, one) for one in good.good.indicators]) for good in total.goods]
    return CardView(card, total, goods)


def _card_row(document: Mapping[str, Any], indicator: Indicator) -> CardRow:
    mark = document["computed"].get(indicator.code) or document["judged"][indicator.code]
    return CardRow(indicator, Decimal(mark["points"]), mark.get("working", ""), mark.get("comment", ""))


def given(cards: Sequence[CardView], indicator: Indicator) -> list[tuple[str, CardRow]]:
    """Return what each card gives for an indicator, with its expert's name."""
    return [
        (one.card.expert.name, row)
        for one in cards
        for _total, rows in one.goods
        for row in rows
        if row.indicator.code == indicator.code
    ]


def panel_of(rubric: Rubric, cards: Sequence[CardView]) -> PanelResult | None:
    """Return what these cards say together."""
    return panel_result(rubric, [card.total for card in cards]) if cards else None


def open_task(application: Application, user: User) -> Task | None:
    """Return the open work that concerns the user: an expert's own, else the office's."""
    works = open_tasks(application).filter(kind=Task.Kind.WORK)
    tasks = list(works.select_related("assignee", "office").order_by("pk"))
    own = [task for task in tasks if task.assignee_id == user.pk]
    if own or application.state == State.PANEL_SCORING:
        return own[0] if own else None
    return tasks[0] if tasks else None


def quota_of(application: Application) -> Quota | None:
    """Return the places of the body that recommends to the city."""
    return Quota.objects.filter(cycle=application.cycle, organisation=application.district).first()


def with_all(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Return the applications with everything that their pages name."""
    return applications.select_related(*JOINED)
