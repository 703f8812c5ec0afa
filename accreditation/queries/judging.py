"""Scorecards and what follows from them."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from accreditation.disagreement import Apart, Limits, apart
from accreditation.models import Application, Scorecard
from accreditation.queries.part import Part, is_scoring
from accreditation.queries.rubrics import rubric_of_application
from accreditation.queries.standing import rubrics_of, written_total
from accreditation.rubric import Rubric
from accreditation.scoring import CardTotal, PanelResult, panel_result, total
from workflows.actors import shown_as
from workflows.ledger.chain import canonical, digest, written
from workflows.models import Event


@dataclass(frozen=True)
class Marked:
    """A submitted card that lies far from the others (待合议); `is_discussed` once a note speaks of it."""

    card: Scorecard
    apart: Apart
    is_discussed: bool


@dataclass(frozen=True)
class Finding:
    """合议意见: what a discussion of marked cards found. `said` is "" where it was erased.

    `principal` is for whom who wrote it down acted; "" for nobody but themselves.
    """

    at: datetime
    by: str
    said: str
    cards: frozenset[str]  # their hashes
    principal: str = ""

    @property
    def signed(self) -> str:
        """Return who wrote it down, and for whom: 王芳（代何秋）."""
        return shown_as(self.by, self.principal)


@dataclass(frozen=True)
class Discussion:
    """The marked cards of the revision that is being judged, and what was found when they were discussed."""

    marked: Sequence[Marked]
    findings: Sequence[Finding]
    limits: Limits

    @property
    def waiting(self) -> list[Marked]:
        """Return the marked cards that no note speaks of yet."""
        return [one for one in self.marked if not one.is_discussed]


def submitted_cards(application: Application) -> QuerySet[Scorecard]:
    """Return the submitted cards on the revision that is being judged, in the order of their seats."""
    return application.current_cards.exclude(submitted_at=None).select_related("revision", "expert")


def marks_of(card: Scorecard) -> dict[str, Decimal]:
    """Return the judged marks of a card, in points."""
    return {code: Decimal(mark["points"]) for code, mark in card.marks.items() if mark.get("points")}


def card_total(application: Application, document: Mapping[str, Any], card: Scorecard) -> CardTotal:
    """Return what a card adds up to, computed marks included."""
    return total(rubric_of_application(application), document, marks_of(card))


def panel_result_of(application: Application) -> PanelResult:
    """Return the panel's result from the cards submitted so far. Raises ValueError without any."""
    totals = [
        card_total(application, json.loads(card.revision.document), card)
        for card in submitted_cards(application)
    ]
    return panel_result(rubric_of_application(application), totals)


def discussion_of(application: Application) -> Discussion:
    """Return what is to be discussed of the cards submitted so far, and what was. Two queries."""
    cards = list(submitted_cards(application).defer("marks"))
    rubric = rubric_of_application(application)
    totals = [written_total(rubric, json.loads(card.document)) for card in cards]
    found = findings(application)
    spoken_of = frozenset[str]().union(*(finding.cards for finding in found))
    limits = Limits(settings.DISCUSS_TOTAL, settings.DISCUSS_PERCENT)
    return Discussion(
        marked=[
            Marked(card, distance, card.sha256 in spoken_of)
            for card, distance in zip(cards, apart(totals, limits), strict=True)
            if distance.is_far
        ],
        findings=found,
        limits=limits,
    )


def far_cards(applications: Sequence[Application]) -> dict[int, list[Scorecard]]:
    """Return by application those of its cards that lie far from the others, of all that have any. Two queries."""
    rubrics = rubrics_of(applications)
    rows = Scorecard.objects.filter(
        application__in=applications,
        submitted_at__isnull=False,
        revision__number=F("application__revision_number"),
    )
    cards: dict[int, list[Scorecard]] = defaultdict(list)
    for card in rows.select_related("expert").defer("marks").order_by("pk"):
        cards[card.application_id].append(card)
    return {pk: _far(found, rubrics[pk]) for pk, found in cards.items()}


def _far(cards: Sequence[Scorecard], rubric: Rubric) -> list[Scorecard]:
    totals = [written_total(rubric, json.loads(card.document)) for card in cards]
    limits = Limits(settings.DISCUSS_TOTAL, settings.DISCUSS_PERCENT)
    return [card for card, one in zip(cards, apart(totals, limits), strict=True) if one.is_far]


def discussion_for(application: Application, part: Part, handed_in: int) -> Discussion | None:
    """Return the discussion as far as the reader may know of it: not before the quorum is in, nor before their card.

    `handed_in`: how many cards are in on the revision that is being judged. Who decides learns here which cards are
    far from the others and by how much, but not what they say.
    """
    if not part.sees_panel or handed_in < application.cycle.quorum or is_scoring(application, part):
        return None
    own = [card for card in part.own_cards if card.revision.number == application.revision_number]
    if part.is_seated and not part.decides_for_city and not own and application.total is None:
        return None
    return discussion_of(application)


def findings(application: Application) -> list[Finding]:
    """Return what the discussions of the revision that is being judged found, the first one first. One query."""
    events = Event.objects.filter(stream=application.stream, action="discuss").select_related("payload")
    told = [(event, written(event.body).get("facts", {})) for event in events.order_by("sequence")]
    return [
        _finding(event, facts)
        for event, facts in told
        if facts.get("revision") == application.revision_number
    ]


def _finding(event: Event, facts: Mapping[str, Any]) -> Finding:
    personal = event.personal
    return Finding(
        event.at,
        personal.get("actor", ""),
        personal.get("reason", ""),
        frozenset(facts.get("scorecards", ())),
        personal.get("principal", ""),
    )


def seen_of(marks: Mapping[str, Mapping[str, str]]) -> str:
    """Return what stands for the marks of a card in a page that shows them: another one, once they are others."""
    given = {code: dict(mark) for code, mark in marks.items() if mark.get("points") or mark.get("comment")}
    return digest(canonical(given))
