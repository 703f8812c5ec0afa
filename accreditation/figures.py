"""Figures as the field writes them: a number and a qualifier, kept apart.

Unions report "60余万元", "近3000项", "上千万元". The number is kept as it was written and the qualifier
beside it, so that a page can show the words again and a score can count what they are sure to mean.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.utils.translation import get_language, npgettext, npgettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

QUALIFIERS = (
    ("", pgettext_lazy("修饰词", "确数")),
    ("余", pgettext_lazy("修饰词", "余")),
    ("近", pgettext_lazy("修饰词", "近")),
    ("超过", pgettext_lazy("修饰词", "超过")),
    ("多", pgettext_lazy("修饰词", "多")),
    ("上", pgettext_lazy("修饰词", "上")),
)
NEAR_SHARE = Decimal("0.9")  # what "近N" is sure to reach, as a share of N
TEN_THOUSAND = 10_000

MULTIPLIERS = {"": 1, "十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
MULTIPLIERS |= {a + b: MULTIPLIERS[a] * MULTIPLIERS[b] for a in "十百千" for b in "万亿"}
WRITTEN = re.compile(r"(近|超过|上)?(\d[\d,]*(?:\.\d+)?)?(余|多)?([十百千]?[万亿]?)(余|多)?")
# Measure words that only count: other languages have none, and the heading says what is counted.
COUNTERS = frozenset(["项", "个", "件", "名", "对", "条", "份", "张", "场", "家"])


@dataclass(frozen=True)
class Figure:
    """A number with its qualifier, e.g. 1300 and 多 for "1300多". Raises ValueError if it cannot be one."""

    number: Decimal
    qualifier: str = ""

    def __post_init__(self) -> None:
        if not self.number.is_finite() or self.number < 0:
            raise ValueError(_("填写不小于零的数字"))
        if self.qualifier not in dict(QUALIFIERS):
            raise ValueError(_("没有“%(qualifier)s”这个修饰词") % {"qualifier": self.qualifier})

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Self | None:
        """Read {"number": "28", "qualifier": ""}; None stays None. Raises ValueError if it is no number."""
        if data is None:
            return None
        try:
            return cls(Decimal(str(data["number"])), data.get("qualifier", ""))
        except InvalidOperation as error:
            raise ValueError(_("“%(text)s”不是数字") % {"text": data["number"]}) from error

    def to_json(self) -> dict[str, str]:
        """The figure as the canonical document keeps it: a decimal string without idle zeros."""
        return {"number": plain(self.number), "qualifier": self.qualifier}

    @property
    def at_least(self) -> Decimal:
        """What the figure is sure to reach, for scoring.

        余, 多, 超过 and 上 say that the number is reached. 近N says that N is not reached: it counts as nine
        tenths of N, and a whole N as a whole number, rounded down (近10 counts as 9).
        """
        if self.qualifier != "近":
            return self.number
        share = self.number * NEAR_SHARE
        return Decimal(int(share)) if self.number == self.number.to_integral_value() else share

    def display(self, unit: str = "") -> str:
        """The figure in the reader's language: "60余万元", "近3000项", "上千万元"; "over 600,000 yuan".

        `unit` is the Chinese unit (万元, ㎡, 项, 人次 …).
        """
        if (get_language() or "zh").startswith("zh"):
            return self._in_chinese(unit)
        return self._in_words(unit)

    def _in_chinese(self, unit: str) -> str:
        number, qualifier = self.number, self.qualifier
        if not qualifier:
            return f"{plain(number)}{unit}"
        if unit.startswith("万") and number >= TEN_THOUSAND and number % TEN_THOUSAND == 0:
            number, unit = number * TEN_THOUSAND, unit[1:]
        text = _in_myriads(number)
        if qualifier == "上":
            text = _round_word(number) or text
        return f"{text}{qualifier}{unit}" if qualifier in ("余", "多") else f"{qualifier}{text}{unit}"

    def _in_words(self, unit: str) -> str:
        number = self.number
        if unit.startswith("万"):
            number, unit = number * TEN_THOUSAND, unit[1:]
        text = _qualified(self.qualifier) % {"number": f"{Decimal(plain(number)):,f}"}
        alone = 1 if number == 1 and not self.qualifier else 2
        return text if not unit or unit in COUNTERS else f"{text} {npgettext('单位', unit, unit, alone)}"

    def __str__(self) -> str:
        return self.display()


def parse(text: str, unit: str = "") -> Figure:
    """Read a figure as people write it: "60余", "近3000", "超过500", "1300多", "33万余", "上千", "上百万".

    `unit` may stand at the end ("60余万元" with unit 万元 is 60余). Raises ValueError with what to write.
    """
    written = unicodedata.normalize("NFKC", text).replace(" ", "")
    written = written.removesuffix(unicodedata.normalize("NFKC", unit))
    match = WRITTEN.fullmatch(written)
    problem = ValueError(_("填写数字，约数写作60余、近3000、超过500、1300多或上千"))
    if not match:
        raise problem
    before, digits, middle, times, after = match.groups(default="")
    qualifiers = [word for word in (before, middle, after) if word]
    if len(qualifiers) > 1 or not (digits or (before == "上" and times)):
        raise problem
    if unit.startswith("万") and ("万" in times or "亿" in times):
        raise ValueError(_("以%(unit)s为单位填写，如60余") % {"unit": unit})
    number = Decimal(digits.replace(",", "") or 1) * MULTIPLIERS[times]
    return Figure(number, "".join(qualifiers))


def total(figures: Iterable[Figure]) -> Figure:
    """Add figures up; the sum says no more than is sure.

    Exact figures give an exact sum. One kind of qualifier is kept, except that 上 does not survive an
    addition. Where kinds differ (近 beside 余) the sum is 超过 what they surely reach.
    """
    added = list(figures)
    number = sum((figure.number for figure in added), Decimal(0))
    kinds = {figure.qualifier for figure in added if figure.qualifier}
    if not kinds or len(added) == 1:
        return Figure(number, "".join(kinds))
    if len(kinds) == 1 and kinds != {"上"}:
        return Figure(number, kinds.pop())
    return Figure(sum((figure.at_least for figure in added), Decimal(0)), "超过")


def plain(number: Decimal) -> str:
    """A decimal without idle zeros or exponent: "28", "1995.75"."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _in_myriads(number: Decimal) -> str:
    """A qualified number as people write it: 330000 is 33万, 1300 stays 1300."""
    for word in ("亿", "万"):
        if number >= MULTIPLIERS[word] and number % MULTIPLIERS[word] == 0:
            return plain(number / MULTIPLIERS[word]) + word
    return plain(number)


def _round_word(number: Decimal) -> str:
    """百, 千, 万, 十万 … if the number is exactly that, otherwise nothing."""
    return {Decimal(times): word for word, times in MULTIPLIERS.items() if times >= 100}.get(number, "")


def _qualified(qualifier: str) -> str:
    """The pattern of a qualified number, to be filled in with `number`."""
    return {
        "": "%(number)s",
        "余": pgettext("约数", "%(number)s余"),
        "近": pgettext("约数", "近%(number)s"),
        "超过": pgettext("约数", "超过%(number)s"),
        "多": pgettext("约数", "%(number)s多"),
        "上": pgettext("约数", "上%(number)s"),
    }[qualifier]


# The units of the form that have a name in other languages; listed for the catalogue, looked up in display().
UNITS = (
    npgettext_lazy("单位", "元", "元"),
    npgettext_lazy("单位", "㎡", "㎡"),
    npgettext_lazy("单位", "平方米", "平方米"),
    npgettext_lazy("单位", "人", "人"),
    npgettext_lazy("单位", "人次", "人次"),
    npgettext_lazy("单位", "次", "次"),
    npgettext_lazy("单位", "场次", "场次"),
)
