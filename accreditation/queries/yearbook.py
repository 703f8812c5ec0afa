"""年度名册: the studios that were named in force at any time of a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Max, Min, QuerySet

from accreditation.models import Designation, Organisation
from certificates.models import Ending


@dataclass(frozen=True)
class Named:
    """A studio with the designation that it had last in the year; `revoked_on` if that was revoked in it."""

    designation: Designation
    revoked_on: date | None

    @property
    def number(self) -> str:
        """Return the number of the certificate that counts, "" while none is registered."""
        certificate = self.designation.shown
        return certificate.number if certificate else ""


@dataclass(frozen=True)
class Chapter:
    """The studios of one district, industry or group union."""

    body: Organisation
    rows: Sequence[Named]


@dataclass(frozen=True)
class Yearbook:
    """The register of a year; `as_of` is the last day on which something in it happened."""

    year: int
    as_of: date
    chapters: Sequence[Chapter]

    @property
    def count(self) -> int:
        """Return how many studios it lists."""
        return sum(len(chapter.rows) for chapter in self.chapters)


def years(today: date) -> list[int]:
    """Return the years that have a register, this year first."""
    span = Designation.objects.aggregate(first=Min("named_on"), last=Max("valid_until"))
    if span["first"] is None:
        return []
    return list(range(min(today.year, span["last"].year), span["first"].year - 1, -1))


def yearbook(year: int, today: date) -> Yearbook | None:
    """Return the register of a year; None for a year that has none. Three queries."""
    if year not in years(today):
        return None
    first, last = date(year, 1, 1), date(year, 12, 31)
    listed = _last_of_each(
        Designation.objects.filter(named_on__lte=last, valid_until__gte=first).select_related(
            "studio__enterprise", "district", "certificate__predecessor_ending__certificate"
        )
    )
    ended = dict(
        Ending.objects.filter(
            certificate__in=[one.certificate_id for one in listed],
            kind=Ending.Kind.REVOKED,
            ended_on__lte=last,
        ).values_list("certificate_id", "ended_on")
    )
    rows = [Named(one, ended.get(one.certificate_id or 0)) for one in listed]
    in_force = [row for row in rows if row.revoked_on is None or row.revoked_on >= first]
    days = [row.designation.named_on for row in in_force] + [one for one in ended.values() if one >= first]
    chapters = [
        Chapter(body, list(some)) for body, some in groupby(in_force, lambda row: row.designation.district)
    ]
    return Yearbook(year, max(days, default=first), chapters)


def _last_of_each(designations: QuerySet[Designation]) -> list[Designation]:
    """Return the last designation of each studio, by district and in the order of naming."""
    last = {one.studio_id: one for one in designations.order_by("named_on", "pk")}
    return sorted(last.values(), key=lambda one: (one.district.path, one.named_on, one.pk))
