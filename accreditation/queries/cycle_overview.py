"""Where a cycle stands: who may look, its stages, the places used, what is with the panel, the ranking."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accreditation.models import (
    Application,
    Cycle,
    Organisation,
    OrganisationUserObjectPermission,
    Quota,
    Scorecard,
    User,
)
from accreditation.permissions import DECIDE, MANAGE
from accreditation.queries.rubrics import rubric_of
from accreditation.queries.standing import rubrics_of, written_total
from accreditation.scope import offices_stood_in
from accreditation.scoring import CardTotal, PanelResult, panel_result
from accreditation.states import State

STAGES: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("recommend", (
        State.ENTERPRISE_REVIEW, State.DISTRICT_REVIEW, State.RETURNED_BY_ENTERPRISE, State.RETURNED_BY_DISTRICT,
    )),
    ("review", (State.CITY_INTAKE, State.PANEL_SCORING, State.CITY_DECISION, State.RETURNED_BY_CITY)),
    ("notice", (State.LISTED, State.PUBLIC_NOTICE, State.OBJECTION)),
    ("naming", (State.NOTICE_ENDED,)),
)  # fmt: skip
"""The stages after applying, with the states in which an application waits there."""
RECOMMENDED = Q(recommended_at__isnull=False)


@dataclass(frozen=True)
class Stage:
    """A stage of the cycle: ahead, now or done; `share` of it is over, in hundredths; `waiting` are in it now."""

    code: str
    standing: str
    share: int
    waiting: int = 0


@dataclass(frozen=True)
class QuotaRow:
    """A district, industry or group union in a cycle. `places` is None where none were given."""

    organisation: Organisation
    places: int | None
    used: int
    received: int = 0
    returned: int = 0
    rejected: int = 0

    @property
    def left(self) -> int:
        """Return the places not used yet."""
        return (self.places or 0) - self.used


@dataclass(frozen=True)
class Ranked:
    """An application that the panel has judged."""

    number: int
    application: Application
    result: PanelResult
    scores: list[Decimal]
    reasons: list[str]
    opens_the_tail: bool  # the first whose total is under the line

    @property
    def dropped(self) -> tuple[Decimal, Decimal] | None:
        """Return the highest and the lowest total where the mean leaves them out."""
        return (self.scores[-1], self.scores[0]) if self.result.trimmed else None


def readable_cycles(user: User, at: datetime) -> QuerySet[Cycle]:
    """Return the cycles that the user may look at: the city's people, and who decides in a district of the city.

    Who stands in for one of them at `at` may as well.
    """
    stood_in = _stood_in(user, at)
    held = OrganisationUserObjectPermission.objects.filter(user=user, user__is_active=True)
    city = held.filter(permission__codename__in=[DECIDE, MANAGE]).values("content_object")
    below = held.filter(permission__codename=DECIDE, content_object__parent__kind=Organisation.Kind.CITY)
    return Cycle.objects.filter(
        Q(city__in=city)
        | Q(city__in=below.values("content_object__parent"))
        | Q(city__in=stood_in)
        | Q(city__in=Organisation.objects.filter(pk__in=stood_in).values("parent"))
    ).select_related("city", "rubric")


def run_cycles(user: User, at: datetime) -> QuerySet[Cycle]:
    """Return the cycles whose panels, meetings, notices and namings are the user's, or whose they stand in for."""
    mine = Q(city__in=cities_decided_by(user)) | Q(city__in=_stood_in(user, at))
    return Cycle.objects.filter(mine).select_related("city", "rubric")


def _stood_in(user: User, at: datetime) -> list[int]:
    """Return the keys of the offices where the user stands in for somebody who decides there."""
    return [one.organisation.pk for one in offices_stood_in(user, at) if DECIDE in one.grants]


def cities_decided_by(user: User) -> QuerySet[Organisation]:
    """Return the cities whose cycles the user may open."""
    held = OrganisationUserObjectPermission.objects.filter(
        user=user, user__is_active=True, permission__codename=DECIDE
    )
    return Organisation.objects.filter(kind=Organisation.Kind.CITY, pk__in=held.values("content_object"))


def with_counts(cycles: QuerySet[Cycle]) -> QuerySet[Cycle]:
    """Add how many applications were submitted (`submitted`) and how many studios named (`named`)."""
    return cycles.annotate(
        submitted=Count("applications", filter=Q(applications__submitted_at__isnull=False)),
        named=Count("applications", filter=Q(applications__state=State.NAMED)),
    ).order_by("-opens_at")


def count_by_state(cycle: Cycle) -> dict[str, int]:
    """Return how many applications of the cycle are in each state."""
    return dict(cycle.applications.order_by().values_list("state").annotate(count=Count("pk")))


def stages(cycle: Cycle, counts: dict[str, int], at: datetime) -> list[Stage]:
    """Return the five stages of a cycle at a moment."""
    listed = [_applying(cycle, at)]
    waits = [sum(counts.get(state, 0) for state in states) for _code, states in STAGES]
    for index, (code, _states) in enumerate(STAGES):
        waiting = waits[index]
        passed = sum(waits[index + 1 :]) + counts.get(State.NAMED, 0)
        if waiting:
            standing, share = "now", 100 * passed // (passed + waiting)
        elif passed and listed[-1].standing == "done":
            standing, share = "done", 100
        else:
            standing, share = ("now", 100) if passed else ("ahead", 0)
        listed.append(Stage(code, standing, share, waiting))
    return listed


def _applying(cycle: Cycle, at: datetime) -> Stage:
    if at < cycle.opens_at:
        return Stage("apply", "ahead", 0)
    if at >= cycle.closes_at:
        return Stage("apply", "done", 100)
    return Stage("apply", "now", int(100 * (at - cycle.opens_at) / (cycle.closes_at - cycle.opens_at)))


def quota_rows(cycle: Cycle, only: Iterable[int] | None = None) -> list[QuotaRow]:
    """Return the unions with places or applications in the cycle, `only` these if given. Three queries."""
    applications = cycle.applications.filter(submitted_at__isnull=False).order_by()
    quotas = cycle.quotas.select_related("organisation")
    if only is not None:
        ids = list(only)
        applications, quotas = applications.filter(district__in=ids), quotas.filter(organisation__in=ids)
    counted: dict[int, Mapping[str, Any]] = {
        row["district"]: row
        for row in applications.values("district").annotate(
            received=Count("pk", filter=~Q(state=State.WITHDRAWN)),
            returned=Count("pk", filter=Q(state=State.RETURNED_BY_DISTRICT)),
            rejected=Count("pk", filter=Q(state=State.REJECTED) & ~RECOMMENDED),
        )
    }
    given = {quota.organisation_id: quota for quota in quotas}
    others = Organisation.objects.filter(pk__in=[pk for pk in counted if pk not in given])
    bodies = sorted([*(quota.organisation for quota in given.values()), *others], key=lambda body: body.path)
    return [_quota_row(body, given.get(body.pk), counted.get(body.pk, {})) for body in bodies]


def _quota_row(body: Organisation, quota: Quota | None, counted: Mapping[str, Any]) -> QuotaRow:
    names = ("received", "returned", "rejected")
    return QuotaRow(
        body,
        quota.places if quota else None,
        quota.used if quota else 0,
        **{name: counted.get(name, 0) for name in names},
    )


def with_the_panel(cycle: Cycle) -> QuerySet[Application]:
    """Return what waits for a panel or is being scored, with `seats` taken and cards `handed` in."""
    current = Q(scorecards__revision__number=F("revision_number"))
    return (
        cycle.applications.filter(state__in=[State.CITY_INTAKE, State.PANEL_SCORING])
        .select_related("studio", "enterprise", "district")
        .annotate(
            seats=Count("scorecards", filter=current),
            handed=Count("scorecards", filter=current & Q(scorecards__submitted_at__isnull=False)),
        )
        .order_by("state_since", "pk")
    )


def judged(cycle: Cycle) -> QuerySet[Application]:
    """Return the applications whose scoring has ended, the best first."""
    concluded = cycle.applications.filter(total__isnull=False)
    return concluded.select_related("studio", "enterprise", "district").order_by("-total", "number")


def ranked(cycle: Cycle, applications: Iterable[Application], first_number: int) -> list[Ranked]:
    """Return a page of the ranking with every expert's total. Two queries for all of the page.

    The marks are those in the submitted cards, which never change.
    """
    listed = list(applications)
    rubrics = rubrics_of(listed)
    cards: dict[int, list[CardTotal]] = {}
    for application_id, document in _documents(listed):
        cards.setdefault(application_id, []).append(
            written_total(rubrics[application_id], json.loads(document))
        )
    rows, is_above = [], first_number == 1
    for number, application in enumerate(listed, start=first_number):
        totals = cards[application.pk]
        result = panel_result(rubrics[application.pk], totals)
        is_below = result.total < rubrics[application.pk].total_line(cycle.level)
        opens_the_tail = is_below and is_above
        is_above = not is_below
        scores = sorted(card.total for card in totals)
        rows.append(Ranked(number, application, result, scores, result.reasons(cycle.level), opens_the_tail))
    return rows


def _documents(applications: list[Application]) -> QuerySet[Any, tuple[int, str]]:
    submitted = Scorecard.objects.filter(
        application__in=applications,
        submitted_at__isnull=False,
        revision__number=F("application__revision_number"),
    )
    return submitted.order_by("pk").values_list("application_id", "document")


def total_line(cycle: Cycle) -> Decimal:
    """Return the total that the cycle's level asks for, in points."""
    return rubric_of(cycle).total_line(cycle.level)


def bodies_of(city: Organisation) -> QuerySet[Organisation]:
    """Return the districts, industries and groups of a city: those that places are given to."""
    kinds = (Organisation.Kind.DISTRICT, Organisation.Kind.INDUSTRY, Organisation.Kind.GROUP)
    return city.children.filter(kind__in=kinds).order_by("path")
