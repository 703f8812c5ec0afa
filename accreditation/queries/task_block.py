"""What a page shows of the open work of an application: who has it, what it waits for, who could have it instead."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accreditation import bars
from accreditation.models import (
    Application,
    Membership,
    Organisation,
    OrganisationUserObjectPermission,
    Scorecard,
    User,
)
from accreditation.permissions import DECIDE, OFFICE_FIELD, REVIEW
from accreditation.queries.interests import codes_of
from accreditation.queries.part import Part
from accreditation.queries.task_rights import able_to_read, reminding
from accreditation.states import Level, State
from accreditation.work import workers_of
from workflows.actors import Actor, hands_of
from workflows.held import WAITING, awaited_tasks, has_begun, last_handing
from workflows.models import Copy, Substitution, Task
from workflows.working_days import SHANGHAI, days_left, last_day
from workflows.works import open_tasks, open_work


@dataclass(frozen=True)
class Candidate:
    """Somebody whom work could be given to. `holding`: how many works of the office they hold; `bar`: why not."""

    user: User
    holding: int
    bar: str

    @property
    def key(self) -> str:
        """Return what stands for them in a form."""
        return str(self.user.public_id)


@dataclass(frozen=True)
class Block:
    """The open work as a page shows it. `due_on` is its last day; `days` are the working days until then.

    `substitute` stands in for the holder now. `awaited` are the open tasks that the application waits for: the
    work itself, or its parts, or the experts' cards.
    """

    work: Task
    due_on: date
    days: int
    is_late: bool
    substitute: User | None
    awaited: Sequence[Task]

    @property
    def parts(self) -> list[Task]:
        """Return the open parts that the work waits for."""
        return [task for task in self.awaited if task.part_of_id == self.work.pk]


def block_of(application: Application, user: User, at: datetime) -> Block | None:
    """Return the open work of the application, or None where nobody has any; while experts score, the user's own first.

    At most three queries.
    """
    work = open_work(application)
    if work is None:
        return None
    awaited = list(
        awaited_tasks(application).select_related("assignee", "handed_by", "office").order_by("pk")
    )
    if application.state == State.PANEL_SCORING:
        work = next((task for task in awaited if task.assignee_id == user.pk), work)
    return Block(
        work=work,
        due_on=last_day(work.due_at),
        days=days_left(work.due_at, at),
        is_late=work.due_at <= at,
        substitute=_substitute(work, at) if work.assignee_id else None,
        awaited=awaited,
    )


def _substitute(work: Task, at: datetime) -> User | None:
    running = Substitution.objects.filter(
        office=work.office, principal=work.assignee, starts_at__lte=at, ends_at__gt=at, ended_at=None
    )
    found = running.select_related("substitute").first()
    return found.substitute if found else None


def can_unassign(application: Application, by: Actor) -> bool:
    """Return whether it is somebody's own assignment by which the work is where it is."""
    work, handed = open_work(application), last_handing(application)
    own = work is not None and work.handed_by_id in hands_of(by)
    return own and handed is not None and handed.action == "assign"


def can_take_back(application: Application, by: Actor) -> bool:
    """Return whether somebody has transferred the work, and its new holder has not begun."""
    work, handed = open_work(application), last_handing(application)
    if work is None or work.handed_by_id not in hands_of(by) or work.hold in WAITING:
        return False
    transferred = handed is not None and handed.action == "transfer"
    return transferred and not has_begun(application, work.assignee)


def can_remind(application: Application, block: Block, by: Actor, at: datetime) -> bool:
    """Return whether somebody waits for others who have not been reminded today, and may remind them.

    Who waits at the same office only where others there have it; its open work is as much their own.
    """
    today = at.astimezone(SHANGHAI).date()
    others = [task for task in block.awaited if task.assignee_id not in hands_of(by)]
    capacity = reminding(application, by)
    if capacity is None or all(task.reminded_on == today for task in others):
        return False
    return capacity.office.pk != block.work.office_id or any(task.assignee is not None for task in others)


def advice_on(application: Application, part: Part) -> list[Task]:
    """Return the advice that was given, the latest first, to people of the office that asked for it and auditors."""
    kind = ContentType.objects.get_for_model(Application)
    given = Task.objects.filter(
        content_type=kind, object_id=application.pk, kind=Task.Kind.ADVICE, outcome="advised"
    )
    if not part.audits:
        given = given.filter(office__in=[getattr(application, OFFICE_FIELD[one]) for one in part.levels])
    return list(given.select_related("assignee", "handed_by", "office", "closed_by").order_by("-closed_at"))


def advice_asked(application: Application, user: User) -> Task | None:
    """Return the open request for the user's advice."""
    asked = open_tasks(application).filter(kind=Task.Kind.ADVICE, assignee=user)
    return asked.select_related("handed_by", "part_of__assignee").first()


def workers(application: Application) -> list[Candidate]:
    """Return who could be given the open work: the least loaded first, those who must keep out last."""
    return _candidates(application, workers_of(application))


def advisers(application: Application) -> list[Candidate]:
    """Return who could be asked for advice: members of the office that has the work who may see the application."""
    level = Level(application.level)
    office = getattr(application, OFFICE_FIELD[level])
    members = Membership.objects.filter(organisation=office, ended_at=None)
    granted = OrganisationUserObjectPermission.objects.filter(content_object=office)
    sees = Q(pk__in=granted.filter(permission__codename=DECIDE).values("user"))
    reviews = Q(pk__in=granted.filter(permission__codename=REVIEW).values("user"))
    if level == Level.CITY:
        reviews &= Q(pk__in=Scorecard.objects.filter(application=application).values("expert"))
    people = User.objects.filter(sees | reviews, pk__in=members.values("user"), is_active=True)
    return _candidates(application, people)


def _candidates(application: Application, people: QuerySet[User]) -> list[Candidate]:
    """Four queries on top of those of `interests.codes_of`, however many people they are."""
    office = application.office_at(application.level)
    if office is None:
        return []
    listed = list(people.order_by("name", "pk"))
    keys = [person.pk for person in listed]
    barred, holding = codes_of(application, office.pk, keys), _loads(office, keys)
    found = [
        Candidate(
            person, holding[person.pk], bars.words_about(barred[person.pk]) if person.pk in barred else ""
        )
        for person in listed
    ]
    return sorted(found, key=lambda one: (bool(one.bar), one.holding))


def _loads(office: Organisation, users: Collection[int]) -> Counter[int]:
    """Return how many open works of the office each of these users holds; experts' cards are not counted."""
    held = Task.objects.filter(office=office, closed_at=None, kind=Task.Kind.WORK, assignee__in=users)
    return Counter(held.exclude(stage=State.PANEL_SCORING).values_list("assignee_id", flat=True))


@dataclass(frozen=True)
class Reader:
    """Somebody who can be copied to, and where they belong."""

    user: User
    places: str

    @property
    def key(self) -> str:
        """Return what stands for them in a form."""
        return str(self.user.public_id)


def readers(application: Application, besides: User, words: str = "") -> list[Reader]:
    """Return who can still be copied to, by name; `words` is part of a name. Two queries."""
    known = copies_on(application).values("user")
    people = able_to_read(application).exclude(pk__in=known).exclude(pk=besides.pk)
    found = list(people.filter(name__icontains=words) if words else people)
    offices = (application.union_id, application.district_id, application.city_id)
    rows = Membership.objects.filter(user__in=found, organisation__in=offices, ended_at=None).order_by("pk")
    places: dict[int, list[str]] = {}
    for user_id, name in rows.values_list("user_id", "organisation__name"):
        places.setdefault(user_id, []).append(name)
    return [Reader(person, _("、").join(places.get(person.pk, []))) for person in found]


def copies_on(application: Application) -> QuerySet[Copy]:
    """Return whom the application was copied to, the latest first."""
    kind = ContentType.objects.get_for_model(Application)
    copies = Copy.objects.filter(content_type=kind, object_id=application.pk)
    return copies.select_related("user", "made_by").order_by("-at", "-pk")
