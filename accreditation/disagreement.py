"""Which cards of a panel lie far from the others (待合议): what they saw is talked over before the scoring ends.

A rule of ours where the field is silent; its two limits are settings (`DISCUSS_TOTAL`, `DISCUSS_PERCENT`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accreditation.rubric_types import Good
from accreditation.scoring import CardTotal


@dataclass(frozen=True)
class Limits:
    """From where on a card is far: `total` in points, `good_percent` in hundredths of a good's points."""

    total: Decimal
    good_percent: Decimal


@dataclass(frozen=True)
class GoodApart:
    """A good in which a card is far from the others: by how many points, below zero where it gives less."""

    good: Good
    by: Decimal

    @property
    def points(self) -> Decimal:
        """Return by how many points, whichever way."""
        return abs(self.by)

    @property
    def is_below(self) -> bool:
        """Whether the card gives less than the others."""
        return self.by < 0


@dataclass(frozen=True)
class Apart:
    """How one card stands to the median of the others. `goods` are those in which it is far."""

    by: Decimal
    is_total_far: bool
    goods: tuple[GoodApart, ...]

    @property
    def points(self) -> Decimal:
        """Return by how many points the totals differ, whichever way."""
        return abs(self.by)

    @property
    def is_below(self) -> bool:
        """Whether the card gives less than the others."""
        return self.by < 0

    @property
    def is_far(self) -> bool:
        """Whether the card is to be discussed."""
        return self.is_total_far or bool(self.goods)


def apart(cards: Sequence[CardTotal], limits: Limits) -> list[Apart]:
    """Return of each card, in their order, how far it is from the others. A card alone is far from nothing.

    Compared is the median of the other cards, so that one card far away neither hides itself nor marks the rest.
    Of two cards that differ both are far: neither is known to be the right one.
    """
    return [_apart(card, [*cards[:place], *cards[place + 1 :]], limits) for place, card in enumerate(cards)]


def median(points: Sequence[Decimal]) -> Decimal:
    """Return the middle one, or the mean of the two in the middle. Raises ValueError of nothing."""
    if not points:
        raise ValueError("a median needs at least one value")
    ranked, half = sorted(points), len(points) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def _apart(card: CardTotal, others: Sequence[CardTotal], limits: Limits) -> Apart:
    if not others:
        return Apart(Decimal(0), is_total_far=False, goods=())
    by = card.total - median([other.total for other in others])
    differences = [
        GoodApart(entry.good, entry.points - median([other.good(entry.good.code).points for other in others]))
        for entry in card.goods
    ]
    far = [one for one in differences if abs(one.by) * 100 >= one.good.points * limits.good_percent]
    return Apart(by, abs(by) >= limits.total, tuple(one for one in far if one.by))
