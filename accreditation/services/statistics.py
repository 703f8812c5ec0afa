"""Figures that an organisation reports about itself for a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.figures import Figure, plain
from accreditation.models import Organisation, ReportedFigure
from accreditation.permissions import MANAGE, has_grant
from workflows.actors import SYSTEM, Actor
from workflows.engine import record
from workflows.refusals import NotPermitted, NotReady, Problem


@dataclass(frozen=True)
class Reported:
    """One figure: what is counted, how many, the Chinese unit, and the parts it is the sum of."""

    label: str
    figure: Figure
    unit: str = ""
    parts: Sequence["Reported"] = ()

    def facts(self) -> dict[str, Any]:
        """Return the figure as the event keeps it."""
        kept: dict[str, Any] = {"label": self.label, "figure": self.figure.to_json(), "unit": self.unit}
        return kept | ({"parts": [part.facts() for part in self.parts]} if self.parts else {})


def report_figures(
    organisation: Organisation, *, period: str, rows: Sequence[Reported], source: str, by: Actor, at: datetime
) -> list[ReportedFigure]:
    """Enter what an organisation reported for a period; a later report of the same period takes its place.

    The event keeps every figure of every report. Raises NotPermitted; NotReady without figures, or where exact
    parts do not add up to their exact whole.
    """
    if by is not SYSTEM and not has_grant(by, MANAGE, organisation):
        raise NotPermitted(_("只有本组织的管理人可以填报统计数字。"))
    _refuse_wrong_sums(rows)
    with transaction.atomic():
        locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
        earlier = ReportedFigure.objects.filter(organisation=locked, period=period)
        earlier.exclude(part_of=None).delete()
        earlier.delete()
        entered = [
            _enter(locked, row, period=period, source=source, order=order) for order, row in enumerate(rows)
        ]
        record(
            locked, "report_figures", by=by, at=at, office=locked, role=MANAGE,
            period=period, source=source, rows=[row.facts() for row in rows],
        )  # fmt: skip
    return entered


def _enter(
    organisation: Organisation,
    row: Reported,
    *,
    period: str,
    source: str,
    order: int,
    whole: ReportedFigure | None = None,
) -> ReportedFigure:
    entered = ReportedFigure.objects.create(
        organisation=organisation, period=period, label=row.label, number=row.figure.number,
        qualifier=row.figure.qualifier, unit=row.unit, part_of=whole, order=order, source=source,
    )  # fmt: skip
    for place, part in enumerate(row.parts):
        _enter(organisation, part, period=period, source=source, order=place, whole=entered)
    return entered


def _refuse_wrong_sums(rows: Sequence[Reported]) -> None:
    problems = [] if rows else [Problem(_("填写要填报的数字。"))]
    for row in rows:
        exact = row.parts and not any(one.figure.qualifier for one in [row, *row.parts])
        counted = sum((part.figure.number for part in row.parts), Decimal(0))
        if exact and counted != row.figure.number:
            said = {"label": row.label, "counted": plain(counted), "total": plain(row.figure.number)}
            problems.append(Problem(_("%(label)s各项合计%(counted)s，与总数%(total)s不符。") % said))
    if problems:
        raise NotReady(problems)
