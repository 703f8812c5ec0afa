"""均分: spread the works of an office evenly over those who can do them; a plan first, then each handed out alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.bars import words_about
from accreditation.models import Application, Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import DECIDE, REVIEW
from accreditation.queries.interests import codes
from accreditation.queries.load import absences, works_of
from accreditation.services import tasks
from accreditation.services.one_by_one import Attempt, attempt
from accreditation.states import DECIDED_ON, Level
from accreditation.versions import process_of
from workflows.models import Substitution, Task
from workflows.refusals import Stale

MOST = 100
"""How many works are spread at once, the earliest due first."""
SHOWN = (
    "public_id", "version", "sequence", "state", "number", "cycle", "city", "process_version",
    "studio__name", "enterprise__name", "enterprise__short_name", "union", "district",
)  # fmt: skip


@dataclass(frozen=True)
class Move:
    """A work that goes to somebody; `seen` is who holds it now (None: nobody)."""

    application: Application
    to: User
    seen: User | None = None


@dataclass(frozen=True)
class Stuck:
    """A work that nobody can have: why not, person by person."""

    application: Application
    why: str


@dataclass(frozen=True)
class Plan:
    """What spreading would do. `people`: who takes part, with what they hold before and after; `away`: in whose place
    somebody else acts now, so that nothing is given to them."""

    moves: Sequence[Move]
    stuck: Sequence[Stuck]
    people: Sequence[tuple[User, int, int]]
    away: Sequence[Substitution]


def plan(office: Organisation, at: datetime, *, with_held: bool = False) -> Plan:
    """Return who would get what: each unclaimed work goes to whoever has least and need not keep out of it.

    `with_held`: afterwards those who have most give their latest due works to those who have least. The same
    works and people always give the same plan.
    """
    people, away = _people(office, at)
    works = _works(office)
    applications = _applications(works)
    held = {person.pk: 0 for person in people}
    for holder in works_of(office).exclude(assignee=None).values_list("assignee_id", flat=True):
        if holder in held:
            held[holder] += 1
    before = dict(held)
    spread = _Spread(office, people, applications, held)
    free = [work for work in works if work.assignee_id is None]
    for work in free[:MOST]:
        spread.give(work)
    if with_held:
        spread.level([work for work in works if work.assignee_id in held and not work.hold])
    rows = [(person, before[person.pk], held[person.pk]) for person in people]
    return Plan(spread.moves, spread.stuck, rows, away)


class _Spread:
    """A plan in the making."""

    def __init__(
        self,
        office: Organisation,
        people: Sequence[User],
        applications: Mapping[int, Application],
        held: dict[int, int],
    ) -> None:
        self.people, self.applications, self.held = people, applications, held
        pairs = [(application, office.pk) for application in applications.values()]
        self.codes = codes(pairs, [person.pk for person in people])
        self.moves: list[Move] = []
        self.stuck: list[Stuck] = []

    def able(self, application: Application) -> list[User]:
        """Return who need not keep out of it, who has least first."""
        able = [one for one in self.people if (application.pk, one.pk) not in self.codes]
        return sorted(able, key=lambda one: (self.held[one.pk], one.name, one.pk))

    def give(self, work: Task) -> None:
        """Give an unclaimed work to who has least."""
        application = self.applications[work.object_id]
        able = self.able(application)
        if not able:
            self.stuck.append(Stuck(application, self._why(application)))
            return
        self._move(application, able[0], None)

    def level(self, works: Sequence[Task]) -> None:
        """Hand works on from who has more to who has less, the latest due first, as long as that makes it more even."""
        left = sorted(works, key=lambda one: (one.due_at, one.pk), reverse=True)
        while len(self.moves) < MOST and (found := self._next(left)):
            work, to = found
            left.remove(work)
            self._move(self.applications[work.object_id], to, work.assignee)

    def _next(self, works: Sequence[Task]) -> tuple[Task, User] | None:
        """Return the first work of whoever has most that somebody with less could have."""
        for work in sorted(works, key=lambda one: -self.held[one.assignee_id or 0]):
            able = self.able(self.applications[work.object_id])
            if able and self.held[work.assignee_id or 0] - self.held[able[0].pk] > 1:
                return work, able[0]
        return None

    def _move(self, application: Application, to: User, holder: User | None) -> None:
        self.held[to.pk] += 1
        if holder is not None:
            self.held[holder.pk] -= 1
        self.moves.append(Move(application, to, holder))

    def _why(self, application: Application) -> str:
        if not self.people:
            return _("本级没有可以办理的人。")
        reasons = [
            _("%(name)s%(reason)s")
            % {"name": one.name, "reason": words_about(self.codes[application.pk, one.pk])}
            for one in self.people
        ]
        return _("%(reasons)s。") % {"reasons": _("；").join(reasons)}


def _people(office: Organisation, at: datetime) -> tuple[list[User], list[Substitution]]:
    """Return who works for the office now, and who is away."""
    grants = (DECIDE,) if office.level == Level.CITY else (REVIEW, DECIDE)
    granted = OrganisationUserObjectPermission.objects.filter(
        content_object=office, permission__codename__in=grants
    )
    everybody = User.objects.filter(pk__in=granted.values("user"), is_active=True).order_by("name", "pk")
    absent = absences(office, at)
    away = [absent[one.pk] for one in everybody if one.pk in absent]
    return [one for one in everybody if one.pk not in absent], away


def _works(office: Organisation) -> list[Task]:
    works = works_of(office).filter(stage__in=DECIDED_ON).select_related("assignee")
    return list(works.order_by("due_at", "pk")[: 10 * MOST])


def _applications(works: Sequence[Task]) -> dict[int, Application]:
    rows = Application.objects.filter(pk__in=[work.object_id for work in works])
    rows = rows.select_related("studio", "enterprise").only(*SHOWN)
    return {row.pk: row for row in rows}


def spread(moves: Sequence[Move], *, by: User, at: datetime) -> list[tuple[Move, Attempt]]:
    """Hand out each work alone; return what came of each. Raises ValueError for more than `MOST`."""
    if len(moves) > MOST:
        raise ValueError(f"more than {MOST} at once")
    return [
        (
            move,
            attempt(
                partial(tasks.assign, move.application, by=by, to=move.to, seen=move.seen, at=at),
                f"spread {move.application.public_id}",
            ),
        )
        for move in moves
    ]


def undo(moves: Sequence[tuple[Move, int]], *, by: User, at: datetime) -> list[tuple[Move, Attempt]]:
    """Take back what was handed out and has not been touched since: its ledger is as long as it was then."""
    return [
        (
            move,
            attempt(partial(_undo_one, move, sequence, by, at), f"unspread {move.application.public_id}"),
        )
        for move, sequence in moves
    ]


@transaction.atomic
def _undo_one(move: Move, sequence: int, by: User, at: datetime) -> None:
    application = process_of(move.application).locked().subject
    if application.sequence != sequence:
        raise Stale(_("%(name)s已经开始办理，不能再收回。") % {"name": move.to.name})
    if move.seen is None:
        tasks.unassign(application, by=by, at=at)
    else:
        tasks.assign(application, by=by, to=move.seen, seen=move.to, at=at)
