"""The figures that organisations reported about themselves, with the working of their sums."""

from dataclasses import dataclass
from itertools import groupby

from accreditation.figures import Figure, plain
from accreditation.models import Organisation, ReportedFigure


@dataclass(frozen=True)
class Line:
    """A reported figure, and the parts it is made of."""

    label: str
    figure: Figure
    unit: str
    parts: list["Line"]

    @property
    def working(self) -> str:
        """Return the sum as it was counted: 8 + 16 + 32 = 56; nothing where parts are missing or only roughly known."""
        exact = self.parts and not any(part.figure.qualifier for part in [*self.parts, self])
        if not exact or sum(part.figure.number for part in self.parts) != self.figure.number:
            return ""
        return (
            " + ".join(plain(part.figure.number) for part in self.parts) + f" = {plain(self.figure.number)}"
        )


@dataclass(frozen=True)
class Report:
    """What an organisation reported for one period."""

    period: str
    source: str
    lines: list[Line]


def reports_of(organisation: Organisation) -> list[Report]:
    """Return the organisation's reports, period by period, the newest first. One query."""
    listed = list(organisation.reported_figures.order_by("-period", "order", "pk"))
    return [_report(period, list(rows)) for period, rows in groupby(listed, key=lambda row: row.period)]


def _report(period: str, rows: list[ReportedFigure]) -> Report:
    parts: dict[int, list[Line]] = {}
    for row in rows:
        if row.part_of_id:
            parts.setdefault(row.part_of_id, []).append(_line(row, []))
    whole = [row for row in rows if row.part_of_id is None]
    return Report(
        period, whole[0].source if whole else "", [_line(row, parts.get(row.pk, [])) for row in whole]
    )


def _line(row: ReportedFigure, parts: list[Line]) -> Line:
    return Line(row.label, Figure(row.number, row.qualifier), row.unit, parts)
