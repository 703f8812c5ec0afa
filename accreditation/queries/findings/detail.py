"""One finding: the events that it speaks of, and what auditors said to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accreditation.models import Finding
from accreditation.queries.archive import auditing
from accreditation.queries.event_rows import EventRow, rows_of
from accreditation.queries.findings.batch import KIND
from accreditation.queries.timeline import with_all
from accreditation.scope import Office
from workflows.models import Event


@dataclass(frozen=True)
class Trace:
    """An event that a finding speaks of. What it says is `is_open` to those who audit the body that recorded it."""

    row: EventRow
    is_open: bool


def traces(finding: Finding, offices: Sequence[Office]) -> list[Trace]:
    """Return the events that the finding speaks of, the first one first. Constant queries.

    An event of the application is open to whoever sees the finding; one of another body, above the reader's branch
    (what somebody declared to the city, the quotas that it set), is only named.
    """
    wanted = Q(pk=finding.event_id)
    for stream, sequence in finding.facts.get("events", ()):
        wanted |= Q(stream=stream, sequence=sequence)
    branches = tuple(office.organisation.path for office in auditing(offices))
    rows = rows_of(list(with_all(Event.objects.filter(wanted)).order_by("at", "pk")))
    return [Trace(row, _is_open(row.event, branches)) for row in rows]


def steps(finding: Finding) -> list[EventRow]:
    """Return what was done with the finding, the first one first. Constant queries."""
    return rows_of(list(with_all(Event.objects.filter(stream=finding.stream)).order_by("sequence")))


def _is_open(event: Event, branches: tuple[str, ...]) -> bool:
    if event.stream.startswith(KIND):
        return True
    return event.office is not None and event.office.path.startswith(branches)
