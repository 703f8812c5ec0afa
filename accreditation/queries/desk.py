"""The desk 待办: the open tasks of the offices that somebody reviews for, the earliest due first.

A page costs the same at any number of applications: each office's tasks are read in the order of a partial
index, counts stop at `CAP`, and the applications of one page are fetched by their keys.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accreditation.models import Application, User
from accreditation.permissions import DECIDE, REVIEW, Office, offices_of
from accreditation.states import Level, State
from workflows.models import Task
from workflows.working_days import SHANGHAI, end_of_day

CAP = 1000
"""Beyond this many a count says "1000+": nobody works by such a number, and counting on would cost."""
ORDER = ("due_at", "pk")
PARTS = ("overdue", "today", "free", "mine", "others")
"""The parts of the desk that can be shown alone: late, due today, held by nobody, by me, by somebody else."""


@dataclass(frozen=True)
class Search:
    """What is looked for on the desk: part of a name or a number, and a stage."""

    words: str = ""
    stage: str = ""
    show: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the whole desk is asked for."""
        return bool(self.words or self.stage or self.show)


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


class TaskList:
    """Tasks of several offices as one sequence by due date, for a paginator: counted up to `CAP`, read by slices."""

    def __init__(self, parts: Sequence[QuerySet[Task]]) -> None:
        self.parts = [part.order_by(*ORDER) for part in parts]

    def count(self) -> int:
        """Return how many there are, at most `CAP`."""
        return min(CAP, sum(part.order_by()[:CAP].count() for part in self.parts))

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[Task]:
        if len(self.parts) == 1:
            return list(self.parts[0][wanted])
        merged = heapq.merge(
            *(part[: wanted.stop] for part in self.parts), key=lambda task: (task.due_at, task.pk)
        )
        return list(merged)[wanted]


def reviewing(offices: Sequence[Office]) -> list[Office]:
    """Return those of the offices that review, and where the user has a part in it."""
    return [office for office in offices if office.organisation.level and office.grants & {REVIEW, DECIDE}]


def tasks_of(user: User, offices: Sequence[Office]) -> list[QuerySet[Task]]:
    """Return the open tasks of each office that are the user's business.

    At the city whoever decides sees the office's tasks, but of the experts' only his own; an expert sees his own.
    """
    return [_of_office(user, office) for office in reviewing(offices)]


def _of_office(user: User, office: Office) -> QuerySet[Task]:
    tasks = Task.objects.filter(office=office.organisation, closed_at=None)
    if office.organisation.level != Level.CITY:
        return tasks
    if DECIDE in office.grants:
        return tasks.filter(~Q(stage=State.PANEL_SCORING) | Q(assignee=user))
    return tasks.filter(assignee=user)


def narrowed(tasks: QuerySet[Task], search: Search, user: User, at: datetime) -> QuerySet[Task]:
    """Return the tasks that the search asks for. `at` is the moment that decides what is overdue."""
    if search.show in PARTS:
        tasks = tasks.filter(_part(search.show, user, at))
    if search.stage:
        tasks = tasks.filter(stage=search.stage)
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


def counts(parts: Sequence[QuerySet[Task]], user: User, at: datetime) -> Counts:
    """Count the desk and its parts, one query an office, each over at most `CAP` tasks."""
    sums = dict.fromkeys(("whole", *PARTS), 0)
    for part in parts:
        counted = part.order_by(*ORDER)[: CAP + 1].aggregate(
            whole=Count("pk"), **{name: Count("pk", filter=_part(name, user, at)) for name in PARTS}
        )
        sums = {name: sums[name] + counted[name] for name in sums}
    capped = sums["whole"] > CAP
    return Counts(**{name: min(number, CAP) for name, number in sums.items()}, capped=capped)


def _part(name: str, user: User, at: datetime) -> Q:
    midnight = end_of_day(at.astimezone(SHANGHAI).date())
    return {
        "overdue": Q(due_at__lte=at),
        "today": Q(due_at__gt=at, due_at__lte=midnight),
        "free": Q(assignee=None),
        "mine": Q(assignee=user),
        "others": Q(assignee__isnull=False) & ~Q(assignee=user),
    }[name]


def count_for(user: User, offices: Sequence[Office] | None = None) -> int:
    """Return how many tasks lie on the user's desk, at most `CAP`; for the navigation."""
    held = offices_of(user) if offices is None else offices
    return TaskList(tasks_of(user, held)).count()
