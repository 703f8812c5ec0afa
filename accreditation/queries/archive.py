"""The archive 查档: every submitted application in the branches of the tree that somebody audits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from accreditation.models import Application, Cycle, Organisation
from accreditation.permissions import AUDIT
from accreditation.queries.desk import found
from accreditation.scope import Office
from accreditation.states import Level

SHOWN = (
    "public_id", "state", "number", "revision_number", "submitted_at", "studio__name",
    "enterprise__name", "enterprise__short_name", "district__name", "district__short_name",
)  # fmt: skip
"""What the list shows; the form's long texts stay in the database."""
DISTRICTS = (Organisation.Kind.DISTRICT, Organisation.Kind.INDUSTRY, Organisation.Kind.GROUP)


@dataclass(frozen=True)
class Lookup:
    """What is looked for: part of a name or a number, a state, the code of a district, the code of a cycle."""

    words: str = ""
    state: str = ""
    district: str = ""
    cycle: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the whole archive is asked for."""
        return bool(self.words or self.state or self.district or self.cycle)


def auditing(offices: Sequence[Office]) -> list[Office]:
    """Return those of the offices in which the user audits."""
    return [office for office in offices if AUDIT in office.grants]


def archive(offices: Sequence[Office]) -> QuerySet[Application]:
    """Return what was submitted in the branches of these offices, the latest first; the rule of `permissions`."""
    branches = [_branch(office.organisation) for office in auditing(offices)]
    if not branches:
        return Application.objects.none()
    rows = Application.objects.filter(reduce(or_, branches), submitted_at__isnull=False)
    return (
        rows.select_related("studio", "enterprise", "district").only(*SHOWN).order_by("-submitted_at", "-pk")
    )


def _branch(organisation: Organisation) -> Q:
    """The city's branch is all that the city reviews, which its index has in the order of the list."""
    if organisation.level == Level.CITY:
        return Q(city=organisation)
    return Q(enterprise__path__startswith=organisation.path)


def looked_up(rows: QuerySet[Application], lookup: Lookup) -> QuerySet[Application]:
    """Return those of the archive that are looked for."""
    if lookup.state:
        rows = rows.filter(state=lookup.state)
    if lookup.district:
        rows = rows.filter(district=Organisation.objects.filter(code=lookup.district).values("pk")[:1])
    if lookup.cycle:
        rows = rows.filter(cycle=Cycle.objects.filter(code=lookup.cycle).values("pk")[:1])
    if lookup.words:
        rows = rows.filter(pk__in=found(lookup.words).values("pk"))
    return rows


def districts_of(offices: Sequence[Office]) -> QuerySet[Organisation]:
    """Return the bodies of the level district in these offices' branches."""
    scope = Q(pk=None)
    for office in auditing(offices):
        scope |= Q(path__startswith=office.organisation.path)
    return Organisation.objects.filter(scope, kind__in=DISTRICTS).order_by("name")


def cycles_of(offices: Sequence[Office]) -> QuerySet[Cycle]:
    """Return the cycles of the cities that these offices belong to, the latest first."""
    cities = {office.organisation.path.split("/")[0] for office in auditing(offices)}
    return Cycle.objects.filter(city__code__in=cities).order_by("-opens_at")
