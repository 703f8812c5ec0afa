"""办理情况: how much each reviewer of an office has in hand, and how long tasks have lain at each level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from accreditation.models import Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import DECIDE, MANAGE, REVIEW
from accreditation.scope import Office
from accreditation.states import Level
from workflows.models import Substitution, Task
from workflows.working_days import ONE_DAY, SHANGHAI, end_of_day, last_day, working_days_between

LAST_DAYS = 30
BUCKETS = ((0, 2), (3, 5), (6, 10), (11, None))
"""The ages of tasks, in working days since they were opened: from, to (None: whatever is older)."""


@dataclass(frozen=True)
class Load:
    """What one person has in hand at an office. `away`: who stands in for them; `works`: whether they still may."""

    person: User
    held: int
    overdue: int
    this_week: int
    done: int
    works: bool
    away: Substitution | None

    @property
    def away_until(self) -> date | None:
        """Return the last day on which somebody else acts for them."""
        return last_day(self.away.ends_at) if self.away else None


@dataclass(frozen=True)
class Age:
    """How old the open works of some offices are: one count a bucket, and how many are overdue."""

    name: Any
    counts: Sequence[int]
    overdue: int

    @property
    def whole(self) -> int:
        """Return how many there are."""
        return sum(self.counts)


def overseen(offices: Sequence[Office]) -> list[Organisation]:
    """Return the reviewing offices whose load somebody oversees: who manages them, at the city also who decides."""
    return [office.organisation for office in offices if oversees(office)]


def oversees(office: Office) -> bool:
    """Whether somebody with these grants oversees the office."""
    if not office.organisation.level:
        return False
    decides_for_city = office.organisation.level == Level.CITY and DECIDE in office.grants
    return MANAGE in office.grants or decides_for_city


def works_of(office: Organisation) -> QuerySet[Task]:
    """Return the open works of an office."""
    return Task.objects.filter(office=office, closed_at=None, kind=Task.Kind.WORK)


def loads(office: Organisation, at: datetime) -> list[Load]:
    """Return the load of everybody who reviews for the office or has a work of it in hand, the heaviest first."""
    held = {row["assignee"]: row for row in _held(office, at)}
    grants = OrganisationUserObjectPermission.objects.filter(
        content_object=office, permission__codename__in=(REVIEW, DECIDE), user__is_active=True
    )
    working = set(grants.values_list("user_id", flat=True))
    done = dict(
        Task.objects.filter(office=office, kind=Task.Kind.WORK, closed_at__gte=at - timedelta(days=LAST_DAYS))
        .filter(closed_by__in=working | set(held))
        .values_list("closed_by")
        .annotate(Count("pk"))
    )
    away = absences(office, at)
    people = User.objects.filter(pk__in=working | set(held)).order_by("name", "pk")
    rows = [
        Load(
            person=person,
            held=held.get(person.pk, {}).get("held", 0),
            overdue=held.get(person.pk, {}).get("overdue", 0),
            this_week=held.get(person.pk, {}).get("this_week", 0),
            done=done.get(person.pk, 0),
            works=person.pk in working,
            away=away.get(person.pk),
        )
        for person in people
    ]
    return sorted(rows, key=lambda row: (-row.held, row.person.name, row.person.pk))


def _held(office: Organisation, at: datetime) -> QuerySet[Any, Any]:
    today = at.astimezone(SHANGHAI).date()
    sunday = end_of_day(today + timedelta(days=6 - today.weekday()))
    return (
        works_of(office)
        .filter(assignee__isnull=False)
        .order_by()
        .values("assignee")
        .annotate(
            held=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lte=at)),
            this_week=Count("pk", filter=Q(due_at__gt=at, due_at__lte=sunday)),
        )
    )


def absences(office: Organisation, at: datetime) -> dict[int, Substitution]:
    """Return by person who acts for them at the office now."""
    running = Substitution.objects.filter(office=office, starts_at__lte=at, ends_at__gt=at, ended_at=None)
    return {one.principal_id: one for one in running.select_related("substitute")}


def ages_by_level(office: Organisation, at: datetime) -> list[Age]:
    """Return how old the works of the office and of those below it are, level by level, the top first."""
    rows = {level: [0] * (len(BUCKETS) + 1) for level in (*reversed(Level), None)}
    for row in _aged(office).values("office__kind").annotate(**_counts(at)):
        level = Organisation.LEVELS.get(Organisation.Kind(row["office__kind"]))
        for number, name in enumerate(_names()):
            rows[level][number] += row[name]
    return [
        Age(level, tuple(counted[:-1]), counted[-1])
        for level, counted in rows.items()
        if any(counted) or level == office.level
    ]


def ages_below(office: Organisation, at: datetime) -> QuerySet[Any, Any]:
    """Return how old the works of each office below are, those with the most that are old first."""
    oldest = _names()[len(BUCKETS) - 1]
    return (
        _aged(office)
        .exclude(office=office)
        .exclude(office__kind=Organisation.Kind.ENTERPRISE)
        .values("office__name", "office__path")
        .annotate(**_counts(at))
        .order_by("-overdue", f"-{oldest}", "office__path")
    )


def age_of(row: dict[str, Any]) -> Age:
    """Return a row of `ages_below`."""
    counted = [row[name] for name in _names()]
    return Age(row["office__name"], tuple(counted[:-1]), counted[-1])


def _aged(office: Organisation) -> Any:
    return Task.objects.filter(
        closed_at=None, kind=Task.Kind.WORK, office__path__startswith=office.path
    ).order_by()


def _names() -> list[str]:
    return [*(f"bucket{number}" for number in range(len(BUCKETS))), "overdue"]


def _counts(at: datetime) -> dict[str, Count]:
    """Return the counts of the buckets: what was opened between the days that bound each of them."""
    today = at.astimezone(SHANGHAI).date()
    asked: list[Q] = []
    for youngest, oldest in BUCKETS:
        bounds = Q()
        if youngest:
            bounds &= Q(opened_at__lt=_midnight(first_day_within(today, youngest - 1)))
        if oldest is not None:
            bounds &= Q(opened_at__gte=_midnight(first_day_within(today, oldest)))
        asked.append(bounds)
    asked.append(Q(due_at__lte=at))
    return {name: Count("pk", filter=bounds) for name, bounds in zip(_names(), asked, strict=True)}


def first_day_within(today: date, days: int) -> date:
    """Return the first day since which not more than so many working days have passed, today's among them."""
    first = today
    while working_days_between(first - ONE_DAY, today) <= days:
        first -= ONE_DAY
    return first


def _midnight(day: date) -> datetime:
    return end_of_day(day - ONE_DAY)
