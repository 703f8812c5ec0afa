"""The rows of a page of the desk: tasks with their applications, and the applications that a panel is scoring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from accreditation.bars import short_words
from accreditation.models import Application, Cycle, Organisation, User
from accreditation.permissions import DECIDE
from accreditation.queries.desk import Desk, desk_of, found
from accreditation.queries.interests import codes
from accreditation.queries.standing import FirstLook, first_looks, results
from accreditation.queries.task_list import TaskList
from accreditation.scope import Office
from accreditation.scoring import PanelResult
from accreditation.states import Level, State
from workflows.held import WAITING
from workflows.models import Task
from workflows.working_days import days_left, last_day

SHOWN = (
    "public_id", "version", "state", "state_since", "number", "revision_number", "total", "cycle", "rubric",
    "studio__name", "studio__leader_name", "enterprise__name", "enterprise__short_name",
    "union__name", "union__short_name", "district__name", "district__short_name", "city",
)  # fmt: skip
"""What a list shows of an application; the form's long texts stay in the database."""
LOOKAHEAD = 12
"""How far down the desk the next item is looked for; beyond, the reader chooses on the desk."""


@dataclass(frozen=True)
class Row:
    """A task. `due_on` is its last day, `days` are the working days until then: below zero late, 0 today.

    `is_mine`: in the reader's hands, or in those of `principal`, for whom the reader stands in. `bar` is the code of
    what keeps the reader out of it.
    """

    task: Task
    application: Application
    due_on: date
    days: int
    is_late: bool
    is_mine: bool
    principal: User | None
    bar: str
    result: PanelResult | None
    first_look: FirstLook | None

    @property
    def barred(self) -> str:
        """Why the reader must keep out of it; "" if they need not."""
        return short_words(self.bar) if self.bar else ""

    @property
    def must_declare(self) -> bool:
        """Whether only the declaration of interests is missing."""
        return self.bar == "undeclared"

    @property
    def is_work(self) -> bool:
        """Whether the task is the work of an office, not a part of it or an expert's own card."""
        return self.task.kind == Task.Kind.WORK and not self.is_scoring

    @property
    def is_scoring(self) -> bool:
        """Whether the task is an expert's own card."""
        return self.task.stage == State.PANEL_SCORING

    @property
    def is_resting(self) -> bool:
        """Whether the work waits for somebody else's advice or signatures."""
        return self.task.hold in WAITING

    @property
    def sent_by(self) -> Organisation:
        """The body below, which recommended it to the office that has the task."""
        at_district = self.task.stage == State.DISTRICT_REVIEW
        return self.application.union if at_district else self.application.district

    @property
    def may_claim(self) -> bool:
        """Whether the row offers to take the task."""
        return self.is_work and self.task.assignee_id is None and not self.barred

    @property
    def may_pick(self) -> bool:
        """Whether the row can be decided on together with others."""
        return self.is_work and not self.barred


def rows(tasks: Sequence[Task], desk: Desk, at: datetime) -> list[Row]:
    """Return the rows of these tasks, in their order. A constant number of queries."""
    applications = {
        application.pk: application
        for application in Application.objects.filter(pk__in=[task.object_id for task in tasks])
        .select_related("cycle", "studio", "enterprise", "union", "district")
        .only(*SHOWN)
    }
    shown = [task for task in tasks if task.object_id in applications]
    held = [(applications[task.object_id], task.office_id) for task in shown if task.kind != Task.Kind.NAMING]
    principals = {one.principal_id for one in desk.substitutions}
    kept_out = codes(held, {desk.user.pk, *principals})
    scored = results(list(applications.values()))
    looks = first_looks([application for pk, application in applications.items() if pk not in scored])
    return [
        Row(
            task=task,
            application=applications[task.object_id],
            due_on=last_day(task.due_at),
            days=days_left(task.due_at, at),
            is_late=task.due_at <= at,
            is_mine=task.assignee_id in desk.hands_in(task.office_id),
            principal=desk.principals_in(task.office_id).get(task.assignee_id or 0),
            bar=_bar(task, desk, kept_out),
            result=scored.get(task.object_id),
            first_look=looks.get(task.object_id),
        )
        for task in shown
    ]


def _bar(task: Task, desk: Desk, kept_out: Mapping[tuple[int, int], str]) -> str:
    """Return what bars the reader from a task; who stands in is also barred by what bars the principal."""
    own = kept_out.get((task.object_id, desk.user.pk), "")
    if own or task.assignee_id not in desk.principals_in(task.office_id):
        return "" if task.kind == Task.Kind.NAMING else own
    return "substitute" if (task.object_id, task.assignee_id) in kept_out else ""


def next_for(user: User, offices: Sequence[Office], at: datetime, besides: int | None = None) -> Row | None:
    """Return the most urgent task that the user can work on, other than those of the application `besides`."""
    desk = desk_of(user, offices, at)
    parts = [
        portion.tasks.filter(Q(assignee=None) | Q(assignee__in=portion.hands))
        .exclude(kind=Task.Kind.NAMING)
        .exclude(hold__in=WAITING)
        .exclude(object_id=besides or 0)
        .select_related("assignee")
        for portion in desk.portions
    ]
    if not parts:
        return None
    first = TaskList(parts)[0:LOOKAHEAD]
    return next((row for row in rows(first, desk, at) if not row.barred), None)


def panels(offices: Sequence[Office], words: str = "") -> QuerySet[Application]:
    """Return what the panels of the cities that the user decides for are scoring, with `seats` and `handed_in`."""
    cities = [
        office.organisation
        for office in offices
        if office.organisation.level == Level.CITY and DECIDE in office.grants
    ]
    current = Q(scorecards__revision__number=F("revision_number"))
    scoring = Application.objects.filter(
        cycle__in=Cycle.objects.filter(city__in=cities), state=State.PANEL_SCORING
    )
    if words:
        scoring = scoring.filter(pk__in=found(words).values("pk"))
    return (
        scoring.select_related("studio", "enterprise", "district", "cycle")
        .annotate(
            seats=Count("scorecards", filter=current),
            handed_in=Count("scorecards", filter=current & Q(scorecards__submitted_at__isnull=False)),
        )
        .order_by("state_since", "pk")
    )
