"""The open work of a subject as whoever wants something of it finds it: locked, and with permission asked anew."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from workflows.actors import Actor, actor_code, hands_of
from workflows.engine import record
from workflows.models import Event, Task
from workflows.process import Process
from workflows.refusals import NotPermitted, Verdict, WrongState
from workflows.works import open_tasks, open_work

May = Callable[[Any, Actor], Verdict]
"""A permission: of a subject and who acts (or would receive something)."""
HANDED = ("transfer", "assign", "escalate")
"""The actions that put work into somebody else's hands."""
WAITING = (Task.Hold.ADVICE, Task.Hold.SIGNING)
"""The holds of a work that rests until others have answered."""


def locked_work(process: Process, by: Actor, may: May) -> Task:
    """Lock the subject and return its open work. Raises WrongState without one, NotPermitted."""
    process.subject = process.locked().subject
    work = open_work(process.subject)
    if work is None:
        raise WrongState(_("这一件现在没有待办。"))
    verdict = may(process.subject, by)
    if not verdict:
        raise NotPermitted(verdict.reason, verdict.code)
    return work


def refuse_unless_held(work: Task, by: Actor) -> None:
    """Raise NotPermitted unless the work is in the actor's own hands."""
    if work.assignee is None:
        raise NotPermitted(_("这一件还没有人认领，先认领再办理。"))
    if work.assignee_id not in hands_of(by):
        raise NotPermitted(_("这一件由%(name)s持有，只有持有人可以办理。") % {"name": work.assignee.name})


def refuse_while_waiting(work: Task) -> None:
    """Raise WrongState while the work rests until others have answered."""
    if work.hold in WAITING:
        raise WrongState(_("正在等待他人的意见，收回或取消后才能办理。"))


def awaited_tasks(subject: Any) -> QuerySet[Task]:
    """Return the open tasks that keep the subject waiting: of a work that waits for others, theirs."""
    return open_tasks(subject).exclude(hold__in=WAITING)


def last_handing(subject: Any) -> Event | None:
    """Return the event by which the work last came into somebody else's hands."""
    return Event.objects.filter(stream=subject.stream, action__in=HANDED).order_by("-sequence").first()


def has_begun(subject: Any, holder: Any) -> bool:
    """Return whether the holder, or a substitute for them, has done anything since the work was handed on."""
    handed = last_handing(subject)
    theirs = Q(actor=holder) | Q(body__contains=f'"for":"{actor_code(holder)}"')
    later = Event.objects.filter(theirs, stream=subject.stream, sequence__gt=handed.sequence if handed else 0)
    return later.exists()


def record_about(
    process: Process,
    action: str,
    work: Task,
    person: Any,
    *,
    by: Actor,
    at: datetime,
    role: str,
    reason: str = "",
    **facts: Any,
) -> None:
    """Record what was done with the work in the office's name; the sentence names the other person (`to`)."""
    record(
        process.subject,
        action,
        by=by,
        at=at,
        office=work.office,
        role=role,
        reason=reason,
        names={"to": person.name},
        to=actor_code(person),
        **facts,
    )
