"""Self-assessment 自评: which gates pass, what the figures earn so far, and what would earn more."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accreditation.facts import Document
from accreditation.figures import plain
from accreditation.gates import GateResult, check_gates
from accreditation.marks import Mark, computed_marks
from accreditation.rubric_types import Good, Indicator, Rubric


@dataclass(frozen=True)
class Judged:
    """An indicator that a reviewer will mark, and the sentence that says so."""

    indicator: Indicator
    note: str


@dataclass(frozen=True)
class GoodAssessment:
    """A good: the marks that follow from the form, and the indicators left to the reviewers."""

    good: Good
    marks: tuple[Mark, ...]
    judged: tuple[Judged, ...]

    @property
    def earned(self) -> Decimal:
        """The points that the form earns so far."""
        return sum((mark.points for mark in self.marks), Decimal(0))

    @property
    def computable(self) -> Decimal:
        """The points that the form can earn at most."""
        return sum((mark.max for mark in self.marks), Decimal(0))


@dataclass(frozen=True)
class Assessment:
    """The whole self-assessment. A failing gate is a warning here; it stops nobody from submitting."""

    gates: tuple[GateResult, ...]
    goods: tuple[GoodAssessment, ...]

    @property
    def gates_passed(self) -> bool:
        """Whether every gate is passed."""
        return all(result.passed for result in self.gates)

    @property
    def earned(self) -> Decimal:
        """The points that the form earns so far, of `computable`."""
        return sum((good.earned for good in self.goods), Decimal(0))

    @property
    def computable(self) -> Decimal:
        """The points that the form can earn at most; the rest is judged."""
        return sum((good.computable for good in self.goods), Decimal(0))


def self_assess(rubric: Rubric, document: Document, *, on: date) -> Assessment:
    """Assess an application as the day `on` finds it.

    Raises KeyError if the rubric does not judge the level, ValueError if the document's cycle names no year.
    """
    marks = computed_marks(rubric, document)
    return Assessment(
        gates=tuple(check_gates(rubric, document, on=on)),
        goods=tuple(_assess_good(good, marks) for good in rubric.goods),
    )


def _assess_good(good: Good, marks: dict[str, Mark]) -> GoodAssessment:
    return GoodAssessment(
        good=good,
        marks=tuple(marks[indicator.code] for indicator in good.indicators if indicator.computed),
        judged=tuple(
            _left_to_reviewers(indicator) for indicator in good.indicators if not indicator.computed
        ),
    )


def _left_to_reviewers(indicator: Indicator) -> Judged:
    return Judged(indicator, _("由评审专家评定，至多%(points)s分") % {"points": plain(indicator.points)})
