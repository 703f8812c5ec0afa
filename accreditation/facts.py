"""What an application document says, read so that a half-filled draft is no error: what is missing is empty.

The document is the one that a revision freezes (plain dicts, lists, strings, numbers).
"""

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from accreditation.figures import Figure, total
from accreditation.rubric_types import HONOUR_LEVELS

Document = Mapping[str, Any]
ONE = Figure(Decimal(1))
PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def filled(value: Any) -> bool:
    """Whether anything was entered: a text that is not blank, a number, a yes; in rows, anywhere."""
    if isinstance(value, Mapping):
        return any(filled(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(filled(part) for part in value)
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and value is not False


def section(document: Document, name: str) -> Mapping[str, Any]:
    """A part of the document; empty if it is not there."""
    part = document.get(name)
    return part if isinstance(part, Mapping) else {}


def text(part: Mapping[str, Any], key: str) -> str:
    """A text without blanks around it; empty if it is not there."""
    return str(part.get(key) or "").strip()


def rows(part: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The rows of a list in which anything was entered."""
    return [row for row in part.get(key) or [] if filled(row)]


def figure(part: Mapping[str, Any], key: str) -> Figure | None:
    """A figure of the document. Raises ValueError if what stands there is none."""
    return Figure.from_json(part.get(key))


def counted(counted_rows: Iterable[Mapping[str, Any]]) -> Figure:
    """How many the rows stand for: a row with a count for that many, any other for one."""
    return total(figure(row, "count") or ONE for row in counted_rows)


def cycle_year(document: Document) -> int:
    """The year of the cycle applied in ("2026", "2026-city"). Raises ValueError if its code names no year."""
    match = re.search(r"(?:19|20)\d\d", str(document.get("cycle", "")))
    if not match:
        raise ValueError(f"the cycle {document.get('cycle')!r} names no year")
    return int(match[0])


def year_of(written: str) -> int | None:
    """The year of "2010", "2010-05" or "2010-05-12"; None if it is none of them."""
    match = PARTIAL_DATE.fullmatch(written)
    return int(match[1]) if match else None


def latest_day(written: str) -> date | None:
    """The last day that a date written as year, month or day can mean; None if it is no date."""
    match = PARTIAL_DATE.fullmatch(written)
    if not match:
        return None
    year, month = int(match[1]), int(match[2] or 12)
    try:
        return date(year, month, int(match[3] or calendar.monthrange(year, month)[1]))
    except ValueError:
        return None


def top_honour(document: Document) -> Mapping[str, Any] | None:
    """The leader's highest honour, the first of several at one level; None if there is none."""
    honours = rows(section(document, "leader"), "honours")
    ranked = [row for row in honours if row.get("level") in HONOUR_LEVELS]
    return max(ranked, key=lambda row: HONOUR_LEVELS.index(row["level"]), default=None)


def members(document: Document) -> list[Mapping[str, Any]]:
    """The members beside the leader who have a name."""
    return [row for row in rows(section(document, "team"), "members") if text(row, "name")]
