"""Scoring against the rubric: a reviewer's card, its total, and what a panel's cards say together.

Everything here is a function of a rubric, a frozen application document and the marks given, in decimals.
Gates, computed marks and the self-assessment have files of their own and are offered here under one name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from accreditation.assessment import Assessment, GoodAssessment, Judged, self_assess
from accreditation.facts import Document
from accreditation.figures import plain
from accreditation.gates import GateResult, check_gates
from accreditation.marks import Mark, computed_marks
from accreditation.rubric_types import Good, Indicator, Rubric

__all__ = [
    "Assessment",
    "CardProblem",
    "CardTotal",
    "GateResult",
    "GoodAssessment",
    "GoodTotal",
    "Judged",
    "Mark",
    "PanelResult",
    "check_gates",
    "computed_marks",
    "needs_comment",
    "panel_result",
    "self_assess",
    "total",
    "validate_card",
]

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class GoodTotal:
    """The points reached in a good, beside the line that must be reached."""

    good: Good
    points: Decimal
    line: Decimal

    @property
    def reached(self) -> bool:
        """Whether the pass line of the good is reached."""
        return self.points >= self.line

    @property
    def max(self) -> Decimal:
        """The points of the good."""
        return self.good.points


@dataclass(frozen=True)
class CardTotal:
    """One card added up. `complete` says whether every judged indicator had a mark."""

    goods: tuple[GoodTotal, ...]
    complete: bool

    @property
    def total(self) -> Decimal:
        """The points of all five goods, of 100."""
        return sum((good.points for good in self.goods), Decimal(0))

    @property
    def below_line(self) -> tuple[Good, ...]:
        """The goods whose pass line is not reached."""
        return tuple(entry.good for entry in self.goods if not entry.reached)

    def good(self, code: str) -> GoodTotal:
        """The total of one good. Raises KeyError if there is none of that code."""
        return {entry.good.code: entry for entry in self.goods}[code]


@dataclass(frozen=True)
class CardProblem:
    """What keeps a card from being handed in, at the indicator of that code."""

    code: str
    message: str


@dataclass(frozen=True)
class PanelResult:
    """The panel's result, to 0.01 of a point. `trimmed`: the highest and the lowest card were left out."""

    rubric: Rubric
    cards: int
    trimmed: bool
    total: Decimal
    goods: tuple[GoodTotal, ...]
    spread: Decimal

    def passes(self, level: str) -> bool:
        """Whether the published means reach every line of the level. Raises KeyError for an unknown level."""
        return not self.reasons(level)

    def reasons(self, level: str) -> list[str]:
        """Every line that is not reached, in words ("总分78.50，未达80分"); empty if the result passes."""
        line = self.rubric.total_line(level)
        reasons = []
        if self.total < line:
            reasons.append(_("总分%(points)s，未达%(line)s分") % {"points": self.total, "line": plain(line)})
        for entry in self.goods:
            if not entry.reached:
                said = {"good": _sign(entry.good), "points": plain(entry.points), "line": plain(entry.line)}
                reasons.append(_("%(good)s%(points)s，未达%(line)s分") % said)
        return reasons


def total(rubric: Rubric, document: Document, judged: Mapping[str, Decimal | None]) -> CardTotal:
    """Add up a card: computed marks and those judged. A mark not given yet counts nothing (running total).

    Raises ValueError if the document's cycle names no year.
    """
    points = {code: mark.points for code, mark in computed_marks(rubric, document).items()}
    points |= {one.code: judged.get(one.code) or Decimal(0) for one in rubric.judged}
    return CardTotal(
        goods=tuple(
            GoodTotal(
                good, sum((points[one.code] for one in good.indicators), Decimal(0)), rubric.good_line(good)
            )
            for good in rubric.goods
        ),
        complete=all(judged.get(one.code) is not None for one in rubric.judged),
    )


def validate_card(
    rubric: Rubric, judged: Mapping[str, Decimal | None], comments: Mapping[str, str]
) -> list[CardProblem]:
    """Everything that keeps a card from being handed in, in the order of the rubric; else empty."""
    problems = [
        CardProblem(one.code, message)
        for one in rubric.judged
        if (message := _problem(rubric, one, judged.get(one.code), comments.get(one.code, "")))
    ]
    known = {one.code for one in rubric.judged}
    strangers = sorted(set(judged) - known)
    return problems + [CardProblem(code, _("这一项不由评审人评定")) for code in strangers]


def needs_comment(rubric: Rubric, code: str, points: Decimal) -> bool:
    """Whether a mark is so low that it must be explained. Raises KeyError for an unknown indicator."""
    return points < _comment_line(rubric, rubric.indicator(code))


def panel_result(rubric: Rubric, totals: Sequence[CardTotal]) -> PanelResult:
    """The mean of the cards; from `rubric.trim_from` cards on without the highest and the lowest total.

    The means of the goods are taken over the same cards as the mean total. Each is rounded to 0.01, half up,
    and the rounded figure, the one published, is held against the lines. Raises ValueError without cards.
    """
    if not totals:
        raise ValueError("a panel result needs at least one card")
    # Equal totals are ranked by their goods, so that the order in which cards arrive decides nothing.
    ranked = sorted(totals, key=lambda card: (card.total, [entry.points for entry in card.goods]))
    trimmed = len(ranked) >= rubric.trim_from
    used = ranked[1:-1] if trimmed else ranked
    return PanelResult(
        rubric=rubric,
        cards=len(ranked),
        trimmed=trimmed,
        total=_mean([card.total for card in used]),
        goods=tuple(
            GoodTotal(good, _mean([card.good(good.code).points for card in used]), rubric.good_line(good))
            for good in rubric.goods
        ),
        spread=ranked[-1].total - ranked[0].total,
    )


def _problem(rubric: Rubric, indicator: Indicator, points: Decimal | None, comment: str) -> str:
    said = {"title": indicator.title.local(), "max": plain(indicator.points), "step": plain(rubric.mark_step)}
    if points is None:
        return _("评定“%(title)s”，0至%(max)s分") % said
    if not points.is_finite() or not 0 <= points <= indicator.points:
        return _("“%(title)s”须在0至%(max)s分之间") % said
    if points % rubric.mark_step:
        return _("“%(title)s”以%(step)s分为一档") % said
    if needs_comment(rubric, indicator.code, points) and not comment.strip():
        return _("“%(title)s”低于%(least)s分，写明评语") % {
            **said,
            "least": plain(_comment_line(rubric, indicator)),
        }
    return ""


def _comment_line(rubric: Rubric, indicator: Indicator) -> Decimal:
    return indicator.points * rubric.comment_percent / 100


def _sign(good: Good) -> str:
    """人 队 职 题 制 for readers of Chinese, the title of the good for others."""
    return good.character if good.title.local() == good.title.zh else good.title.local()


def _mean(points: Sequence[Decimal]) -> Decimal:
    return (sum(points, Decimal(0)) / len(points)).quantize(HUNDREDTH, ROUND_HALF_UP)
