"""What is taken out of a search over events: every row of the result as cells, read a thousand at a time."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.models import Application
from accreditation.queries.event_kinds import KINDS
from accreditation.queries.event_rows import EventRow, event_rows
from accreditation.queries.event_search import Found
from accreditation.queries.timeline import with_all
from workflows.models import Event

Cell = str | int | datetime | None
COLUMNS: tuple[tuple[str | Promise, int], ...] = (
    (_("时间"), 20), (_("种类"), 12), (_("所属"), 28), (_("编号"), 16), (_("操作"), 16), (_("经过"), 48),
    (_("办理人"), 12), (_("代谁办理"), 12), (_("办理的组织"), 24), (pgettext_lazy("列表", "权限"), 8),
    (_("理由"), 48), (_("第几条"), 8), (_("总第几条"), 10), (_("摘要"), 68),
)  # fmt: skip
"""The columns, with their widths in letters."""


def events(found: Found) -> Iterator[Event]:
    """Yield every event of a result, the newest first, with what proving it takes."""
    for places in found.everything():
        keys = [pk for _at, pk in places]
        kept = {event.pk: event for event in with_all(Event.objects.filter(pk__in=keys))}
        yield from (kept[pk] for pk in keys)


def table(found: Found) -> Iterator[list[Cell]]:
    """Yield every event of a result as cells, in the order of `COLUMNS`."""
    for places in found.everything():
        yield from (cells(row) for row in event_rows([pk for _at, pk in places]))


def cells(row: EventRow) -> list[Cell]:
    """Return the cells of a row. Its moment is that of the clock here, as a spreadsheet knows no zones."""
    number = row.subject.number if isinstance(row.subject, Application) else ""
    kind = KINDS.get(row.kind, "")
    moment = localtime(row.at).replace(tzinfo=None, microsecond=0)
    return [
        moment, str(kind), row.about, number, row.action, row.text, row.actor, row.principal, row.office, row.role,
        row.said, row.event.sequence, row.leaf, row.event.hash,
    ]  # fmt: skip
