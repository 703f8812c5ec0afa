"""The desk 待办: the open tasks that concern somebody, the earliest due first.

A page costs the same at any number of applications: each office's tasks are read in the order of a partial
index, counts stop at `CAP`, and the applications of one page are fetched by their keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accreditation.models import Application, Cycle, User
from accreditation.permissions import DECIDE, MANAGE, REVIEW, substitutions
from accreditation.queries.task_list import CAP, ORDERS, TaskList
from accreditation.scope import Office, offices_stood_in, visible_applications
from accreditation.states import Level, State
from workflows.held import WAITING
from workflows.models import Substitution, Task
from workflows.working_days import SHANGHAI, end_of_day

PARTS = ("overdue", "today", "free", "mine", "others")
"""The parts of the desk that can be shown alone: late, due today, held by nobody, by me, waiting for others."""


@dataclass(frozen=True)
class Search:
    """What is looked for on the desk: part of a name or a number, a stage, a cycle by its code; and in which order."""

    words: str = ""
    stage: str = ""
    cycle: str = ""
    show: str = ""
    order: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the whole desk is asked for."""
        return bool(self.words or self.stage or self.cycle or self.show)


@dataclass(frozen=True)
class Counts:
    """How much lies on the desk. `capped`: there is more, the parts are counted in the first `CAP` tasks only."""

    whole: int = 0
    overdue: int = 0
    today: int = 0
    free: int = 0
    mine: int = 0
    others: int = 0
    capped: bool = False


@dataclass(frozen=True)
class Portion:
    """The open tasks of one office that concern somebody. `hands`: whose tasks count there as their own."""

    tasks: QuerySet[Task]
    hands: frozenset[int]


@dataclass(frozen=True)
class Desk:
    """Somebody's desk: the offices that they review for, alone or in another's place, and their tasks there."""

    user: User
    offices: Sequence[Office] = ()
    substitutions: Sequence[Substitution] = ()
    portions: Sequence[Portion] = field(default=(), compare=False)

    @property
    def is_open(self) -> bool:
        """Whether the user has a desk at all."""
        return bool(self.offices or self.substitutions or self.portions)

    def hands_in(self, office_id: int) -> frozenset[int]:
        """Return the keys of the users whose tasks in an office count as the user's own."""
        return frozenset({self.user.pk, *self.principals_in(office_id)})

    def principals_in(self, office_id: int) -> dict[int, User]:
        """Return for whom the user stands in at an office, by key."""
        return {one.principal_id: one.principal for one in self.substitutions if one.office_id == office_id}


def reviewing(offices: Sequence[Office]) -> list[Office]:
    """Return those of the offices that review, and where the user has a part in it."""
    return [office for office in offices if office.organisation.level and office.grants & {REVIEW, DECIDE}]


def desk_of(user: User, offices: Sequence[Office], at: datetime) -> Desk:
    """Return the user's desk; `offices` are those on which they hold grants.

    Of each office that they review for: its works, and what is in their own hands there. At the city whoever
    decides sees the office's works, but of the experts' only his own; an expert sees his own. Who decides or
    manages is asked to name people for the offices below. What a substitute's principal has counts as their own.
    """
    standing_in = list(substitutions(user, at).select_related("principal", "office"))
    stood_in = offices_stood_in(user, at) if standing_in else []
    held = _together([*_leading(offices), *stood_in])
    desk = Desk(user, held, standing_in)
    portions = [Portion(_of_office(desk, office), desk.hands_in(office.organisation.pk)) for office in held]
    elsewhere = _elsewhere(user, [office.organisation.pk for office in reviewing(held)], at)
    return Desk(user, held, standing_in, [*portions, *elsewhere])


def _leading(offices: Sequence[Office]) -> list[Office]:
    return [
        office for office in offices if office.organisation.level and office.grants & {REVIEW, DECIDE, MANAGE}
    ]


def _together(offices: Sequence[Office]) -> list[Office]:
    """Return each organisation once, with all that may be done there."""
    grants: dict[int, set[str]] = {}
    for office in offices:
        grants.setdefault(office.organisation.pk, set()).update(office.grants)
    organisations = {office.organisation.pk: office.organisation for office in offices}
    return [Office(organisations[pk], frozenset(held)) for pk, held in grants.items()]


def _of_office(desk: Desk, office: Office) -> QuerySet[Task]:
    wanted: list[Q] = []
    principals = list(desk.principals_in(office.organisation.pk))
    judged_alone = Q(stage=State.PANEL_SCORING)
    if office.grants & {REVIEW, DECIDE}:
        wanted.append(Q(assignee=desk.user))
        if office.organisation.level != Level.CITY or DECIDE in office.grants:
            wanted.append(Q(kind=Task.Kind.WORK) & ~judged_alone)
        if principals:
            wanted.append(Q(assignee__in=principals) & ~judged_alone)
    if office.grants & {DECIDE, MANAGE}:
        wanted.append(Q(kind=Task.Kind.NAMING))
    return Task.objects.filter(reduce(or_, wanted), office=office.organisation, closed_at=None)


def _elsewhere(user: User, covered: Sequence[int], at: datetime) -> list[Portion]:
    """What is in the user's hands at other offices, as far as they may see it: somebody named them, or asks them."""
    tasks = Task.objects.filter(assignee=user, closed_at=None).exclude(office__in=covered)
    found = dict(
        tasks.exclude(kind=Task.Kind.NAMING).order_by(*ORDERS[""]).values_list("pk", "object_id")[:CAP]
    )
    if not found:
        return []
    seen = set(visible_applications(user, at).filter(pk__in=set(found.values())).values_list("pk", flat=True))
    own = [pk for pk, application in found.items() if application in seen]
    return [Portion(Task.objects.filter(pk__in=own), frozenset({user.pk}))] if own else []


def wanted_of(desk: Desk, search: Search, at: datetime) -> TaskList:
    """Return the tasks of the desk that the search asks for. `at` is the moment that decides what is overdue."""
    parts = [_narrowed(portion, search, at).select_related("assignee", "office") for portion in desk.portions]
    return TaskList(parts, search.order)


def _narrowed(portion: Portion, search: Search, at: datetime) -> QuerySet[Task]:
    tasks = portion.tasks
    if search.show in PARTS:
        tasks = tasks.filter(_part(search.show, portion.hands, at))
    if search.stage:
        tasks = tasks.filter(stage=search.stage)
    if search.cycle:
        its = Application.objects.filter(pk=OuterRef("object_id"), cycle__code=search.cycle)
        tasks = tasks.filter(Exists(its))
    if search.words:
        tasks = tasks.filter(object_id__in=found(search.words).values("pk"))
    return tasks


def found(words: str) -> QuerySet[Application]:
    """Return the applications whose studio, leader, enterprise or number has these words. Scope it before use."""
    return Application.objects.filter(
        Q(number__startswith=words)
        | Q(studio__name__icontains=words)
        | Q(studio__leader_name__icontains=words)
        | Q(enterprise__name__icontains=words)
    )


def cycles_of(desk: Desk) -> QuerySet[Cycle]:
    """Return the cycles in which the offices of the desk review, the latest first."""
    cities = {office.organisation.path.partition("/")[0] for office in desk.offices}
    return Cycle.objects.filter(city__code__in=cities)


def counts(desk: Desk, at: datetime) -> Counts:
    """Count the desk and its parts, one query an office, each over at most `CAP` tasks."""
    sums = dict.fromkeys(("whole", *PARTS), 0)
    for portion in desk.portions:
        counted = portion.tasks.order_by(*ORDERS[""])[: CAP + 1].aggregate(
            whole=Count("pk"),
            **{name: Count("pk", filter=_part(name, portion.hands, at)) for name in PARTS},
        )
        sums = {name: sums[name] + counted[name] for name in sums}
    capped = sums["whole"] > CAP
    return Counts(**{name: min(number, CAP) for name, number in sums.items()}, capped=capped)


def _part(name: str, hands: frozenset[int], at: datetime) -> Q:
    midnight = end_of_day(at.astimezone(SHANGHAI).date())
    return {
        "overdue": Q(due_at__lte=at),
        "today": Q(due_at__gt=at, due_at__lte=midnight),
        "free": Q(assignee=None, kind=Task.Kind.WORK),
        "mine": Q(assignee__in=hands),
        "others": (Q(assignee__isnull=False) & ~Q(assignee__in=hands)) | Q(hold__in=WAITING),
    }[name]


def count_for(desk: Desk) -> int:
    """Return how many tasks lie on a desk, at most `CAP`; for the navigation."""
    return TaskList([portion.tasks for portion in desk.portions]).count()
