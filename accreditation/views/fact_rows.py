"""Facts of the application document as rows to read: a label, and lines of parts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accreditation.face.dates import partial_date
from accreditation.face.numbers import figure

Line = tuple[str, ...]
Row = Mapping[str, Any]
Parts = Iterable[Any]


@dataclass(frozen=True)
class Fact:
    """A row of facts: its label, and lines of parts that a hairline divides. `prose` is text somebody wrote."""

    label: str
    lines: tuple[Line, ...] = ()
    prose: str = ""


def said(*facts: Fact) -> list[Fact]:
    """A fact about which nothing was said is shown as such: that it is missing is what a reviewer must see."""
    return [fact if fact.lines or fact.prose else Fact(fact.label, ((_("未填"),),)) for fact in facts]


def line(*parts: Any) -> tuple[Line, ...]:
    """Return the parts that were said, as a line; none where nothing was."""
    there = tuple(str(part) for part in parts if part)
    return (there,) if there else ()


def table(label: str, rows: Iterable[Row], parts: Callable[[Row], Parts]) -> Fact:
    """Return the rows of a table of the form, each as a line."""
    return Fact(label, tuple(one for row in rows for one in line(*parts(row))))


def labelled(words: str, value: str) -> str:
    """Return words around a value; nothing without one."""
    return words % {"value": value} if value else ""


def measured(value: Any, unit: str) -> str:
    """Return a number with its unit; nothing without one."""
    return figure(value, unit) if value else ""


def day(written: str) -> str:
    """Return a day, month or year as the form has it."""
    return partial_date(written) if written else ""


def year(year: int | None) -> str:
    """Return a year as the form has it."""
    return partial_date(str(year)) if year else ""
