"""The public register: the studios that were named, found by what anybody may look for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeAlias, overload
from urllib.parse import urlencode

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.models import Designation, Organisation
from certificates.standing import Standing, stands

Row: TypeAlias = Any
"""A `Designation` with what `with_standing` adds to it."""
AT_ONCE = 500
"""So many studios are read at a time where all that were found are taken along."""
NEWEST_FIRST = ("-named_on", "district__path", "pk")
SEARCHED = (
    "studio_name",
    "studio__leader_name",
    "enterprise_name",
    "district__name",
    "application__industry",
)
OLD = "certificate__predecessor_ending__certificate__"
WAITS = Q(certificate__sha256="", certificate__predecessor_ending__isnull=False)
"""A certificate is being made that will take the place of another (`OLD`), which counts until then."""
STANDINGS: dict[str, str | Promise] = {
    Standing.VALID: _("有效"),
    Standing.PENDING: _("制证中"),
    Standing.EXPIRED: _("已到期"),
    Standing.REVOKED: _("已撤销"),
    Standing.SUPERSEDED: _("已换发新证"),
}
"""What the register calls how a certificate stands."""


class Order(TextChoices):
    """How what was found is ordered."""

    NEWEST = "", _("最近命名在前")
    DISTRICT = "district", _("区县、产业或集团")
    NAME = "name", pgettext_lazy("排序", "工作室名称")


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for, its parts named as in the address; empty parts find everything."""

    q: str = ""
    district: str = ""
    industry: str = ""
    level: str = ""
    year: int | None = None
    state: str = ""
    sort: str = ""

    @property
    def asked(self) -> dict[str, str | int]:
        """What is not empty, by name."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in parts.items() if value}

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out: an order leaves out nothing."""
        return bool(self.asked.keys() - {"sort"})

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        return urlencode(self.asked)


@dataclass(frozen=True)
class Found(Sequence[Row]):
    """What was found, in its order. Only the keys are held; a row is read when it is looked at."""

    keys: Sequence[int]
    at: datetime

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return self._read(self.keys[place])
        return self._read([self.keys[place]])[0]

    def everything(self) -> Iterator[Row]:
        """Yield every row, read `AT_ONCE` at a time."""
        for start in range(0, len(self), AT_ONCE):
            yield from self[start : start + AT_ONCE]

    def _read(self, keys: Sequence[int]) -> list[Row]:
        rows = {row.pk: row for row in with_standing(Designation.objects.filter(pk__in=keys), self.at)}
        return [rows[key] for key in keys]


def newest() -> QuerySet[Designation]:
    """Return each studio's newest designation: what the register is made of."""
    newer = Designation.objects.filter(
        Q(named_on__gt=OuterRef("named_on")) | Q(named_on=OuterRef("named_on"), pk__gt=OuterRef("pk")),
        studio=OuterRef("studio"),
    )
    return Designation.objects.filter(~Exists(newer))


def with_standing(designations: QuerySet[Designation], at: datetime) -> QuerySet[Row]:
    """Return designations with all that a row shows.

    `studio_name`, `enterprise_name` and `last_day` are those of the certificate that counts (`Designation.shown`):
    there they may have been corrected or renewed. `standing` is a `Standing`, pending while there is no certificate.
    `industry` is the enterprise's.
    """
    today, states = timezone.localdate(at), {one: Value(one.value) for one in Standing}
    expired = Q(certificate=None, valid_until__lt=today) | WAITS & Q(**{f"{OLD}valid_until__lt": today})
    cases = [When(stands(one, at, "certificate__"), then=state) for one, state in states.items()]
    return designations.select_related(
        "studio__enterprise",
        "district",
        "decision",
        "certificate__ending",
        "certificate__predecessor_ending__certificate",
    ).annotate(
        studio_name=Coalesce(_counting("studio_name"), "studio__name"),
        enterprise_name=Coalesce(_counting("enterprise_name"), "studio__enterprise__name"),
        industry=F("application__industry"),
        last_day=Coalesce(_counting("valid_until"), "valid_until"),
        standing=Case(
            When(expired, then=states[Standing.EXPIRED]),
            When(WAITS, then=states[Standing.VALID]),
            When(certificate=None, then=states[Standing.PENDING]),
            *cases,
        ),
    )


def _counting(field: str) -> Case:
    """A field of the certificate that counts: the old one, until the file of the new one is made."""
    return Case(When(WAITS, then=F(f"{OLD}{field}")), default=F(f"certificate__{field}"))


def in_register(at: datetime) -> QuerySet[Row]:
    """Return each studio's newest designation, the newest first, with all that a row shows."""
    return with_standing(newest(), at).order_by(*NEWEST_FIRST)


def find(wanted: Wanted, at: datetime) -> Found:
    """Return the designations that are looked for, in the order that is asked for. One statement."""
    found = in_register(at).select_related(None)
    for word in wanted.q.split():
        found = found.filter(_any(word))
    if wanted.district:
        found = found.filter(district__code=wanted.district)
    if wanted.industry:
        found = found.filter(industry=wanted.industry)
    if wanted.level:
        found = found.filter(level=wanted.level)
    if wanted.year:
        found = found.filter(named_on__year=wanted.year)
    if wanted.state:
        found = found.filter(standing=wanted.state)
    return Found(_ordered(found, wanted.sort), at)


def _any(word: str) -> Q:
    matches = Q()
    for name in SEARCHED:
        matches |= Q(**{f"{name}__icontains": word})
    return matches


def _ordered(found: QuerySet[Row], sort: str) -> list[int]:
    if sort == Order.NAME:
        return _by_name(found.values_list("pk", "studio_name"))
    if sort == Order.DISTRICT:
        found = found.order_by("district__path", "-named_on", "pk")
    return list(found.values_list("pk", flat=True))


def _by_name(named: Iterable[tuple[int, str]]) -> list[int]:
    """Order by name as a Chinese index does: GB 18030 keeps the common characters in the order of their sounds.

    Databases do not: SQLite knows no collation of Chinese, and PostgreSQL only one that was built in.
    """
    return [pk for pk, name in sorted(named, key=lambda row: (row[1].encode("gb18030", "replace"), row[0]))]


def districts_with_studios() -> QuerySet[Organisation]:
    """Return the districts, industries and groups that the register can be narrowed to."""
    return Organisation.objects.filter(pk__in=Designation.objects.values("district")).order_by("path")


def industries() -> list[str]:
    """Return the industries of the enterprises in the register, as their forms call them."""
    named = newest().exclude(application__industry="").order_by("application__industry")
    return list(named.values_list("application__industry", flat=True).distinct())


def years_of_naming() -> list[int]:
    """Return the years in which studios were named, the newest first."""
    return [day.year for day in Designation.objects.dates("named_on", "year", order="DESC")]
