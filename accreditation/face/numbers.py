"""Figures, money, points and sizes in the reader's language."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from accreditation.figures import Figure

FILE_KINDS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
}
SIZES = ((1024 * 1024, "MB"), (1024, "KB"))


def as_figure(value: Any) -> Figure | None:
    """Make a Figure of what pages hold: a Figure, its JSON, a number; None and "" were not given."""
    if value is None or value == "":
        return None
    if isinstance(value, Figure):
        return value
    if isinstance(value, Mapping):
        return Figure.from_json(dict(value)) if value.get("number") not in (None, "") else None
    return Figure(Decimal(str(value)))


def figure(value: Any, unit: str = "") -> str:
    """10余项, 近3000项, 28项; an absent figure is 未填."""
    known = as_figure(value)
    return _("未填") if known is None else known.display(unit)


def money(value: Any) -> str:
    """An amount kept in 万元: 2264万元, 上千万元; absent: 未填."""
    return figure(value, "万元")  # untranslated: a unit


def points(value: Any) -> str:
    """Points without an idle fraction: 12.5, 18; none yet: a dash."""
    if value is None or value == "":
        return "—"
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def file_size(count: Any) -> str:
    """Bytes as people read them: 0.6MB, 412KB, 12B."""
    for size, unit in SIZES:
        if int(count) >= size:
            amount = Decimal(int(count)) / size
            return f"{points(round(amount, 1) if amount < 10 else round(amount))}{unit}"
    return f"{int(count)}B"


def file_kind(media_type: str) -> str:
    """What people call a file of this media type: PDF, JPEG, DOCX."""
    return FILE_KINDS.get(media_type, media_type.rpartition("/")[2].upper())
