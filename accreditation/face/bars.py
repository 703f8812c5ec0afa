"""Geometry of what is drawn: five goods, an axis of scores. Sizes are SVG units; no markup is made here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accreditation.face.numbers import points
from accreditation.face.signs import GOOD_CHARACTERS, GOOD_NAMES, code_of

GAP = 4  # between two goods
AXIS = (4, 172)  # left and right end of the axis of scores


@dataclass(frozen=True)
class Bar:
    """One good: `got` of `most` points, drawn `most` wide at `x`; low when it is under its pass line."""

    code: str
    got: Decimal
    most: Decimal
    line: Decimal | None
    x: Decimal

    @property
    def is_low(self) -> bool:
        """Whether the marks are under this good's pass line; false where no line is known."""
        return self.line is not None and self.got < self.line

    @property
    def character(self) -> str:
        """The boxed sign 人 队 职 题 制."""
        return GOOD_CHARACTERS.get(self.code, self.code)

    @property
    def name(self) -> str:
        """领军人物 and so on, in the reader's language."""
        return str(GOOD_NAMES.get(self.code, self.code))

    @property
    def share(self) -> int:
        """Points got, in hundredths of the most."""
        return round(100 * self.got / self.most) if self.most else 0

    @property
    def line_share(self) -> int:
        """The pass line, in hundredths of the most."""
        return round(100 * self.line / self.most) if self.most and self.line is not None else 0


def five(marks: Iterable[Any]) -> list[Bar]:
    """Lay marks out side by side. Each has `good` (a code or an object with one), `points`, `max`, `line`."""
    bars, x = [], Decimal(0)
    for mark in marks:
        most = Decimal(mark.max)
        line = None if mark.line is None else Decimal(mark.line)
        bars.append(Bar(code_of(mark.good), Decimal(mark.points or 0), most, line, x))
        x += most + GAP
    return bars


def width(bars: Sequence[Bar]) -> Decimal:
    """Return the width of all bars together with the gaps between them."""
    return bars[-1].x + bars[-1].most if bars else Decimal(0)


def spoken(bars: Sequence[Bar]) -> str:
    """The numbers behind the bars, for those who do not see them: 五好得分：领军人物16/20，…"""
    pattern = _("%(name)s%(points)s/%(most)s")
    said = [pattern % {"name": b.name, "points": points(b.got), "most": points(b.most)} for b in bars]
    return _("五好得分：%(list)s") % {"list": _("，").join(said)}


def failing(bars: Sequence[Bar]) -> str:
    """Say which goods are under their line: 职未及格; nothing if none is."""
    low = [bar.character for bar in bars if bar.is_low]
    return _("%(goods)s未及格") % {"goods": "".join(low)} if low else ""


def on_axis(value: Decimal, low: Decimal, high: Decimal) -> float:
    """Return where `value` stands on the axis from `low` to `high`; beyond its ends it stands at the end."""
    left, right = AXIS
    share = (min(max(value, low), high) - low) / (high - low)
    return round(left + float(share) * (right - left), 1)
