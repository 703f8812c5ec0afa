"""Hand the open work of a subject from one to another, and back. Each is an event of the subject.

Every function locks the subject, asks its permissions anew inside the lock, and refuses before anything is written.
`may` is asked of who acts; `able` of who would get the work, and answers in words that speak of them by name.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from workflows.actors import SYSTEM, Actor, hands_of, holder_of
from workflows.engine import record
from workflows.held import (
    May,
    has_begun,
    last_handing,
    locked_work,
    record_about,
    refuse_unless_held,
    refuse_while_waiting,
)
from workflows.models import Task
from workflows.process import Process
from workflows.refusals import NotPermitted, NotReady, Problem, Stale, WrongState
from workflows.works import open_work


@transaction.atomic
def claim(process: Process, *, by: Actor, at: datetime, role: str, may: May) -> Task:
    """认领: take the work; a substitute takes it for the principal. Claiming twice changes nothing.

    Raises NotPermitted, WrongState when nothing is open, Stale when somebody else holds it.
    """
    work = locked_work(process, by, may)
    if work.assignee is not None:
        if work.assignee_id in hands_of(by):
            return work
        raise Stale(_("这一件已由%(name)s认领。") % {"name": work.assignee.name})
    _put(work, holder_of(by))
    record(process.subject, "claim", by=by, at=at, office=work.office, role=role)
    return work


@transaction.atomic
def release(process: Process, *, by: Actor, at: datetime, role: str, may: May) -> Task:
    """放回: give the work back to the office. Raises NotPermitted when another holds it, WrongState while it waits."""
    work = locked_work(process, by, may)
    if work.assignee is None:
        return work
    refuse_unless_held(work, by)
    refuse_while_waiting(work)
    _put(work, None)
    record(process.subject, "release", by=by, at=at, office=work.office, role=role)
    return work


@transaction.atomic
def assign(
    process: Process,
    *,
    by: Actor,
    to: Any,
    seen: Any,
    at: datetime,
    role: str,
    may: May,
    able: May,
    note: str = "",
) -> Task:
    """指派: give the work to somebody, whoever holds it. `seen` is who held it when that was decided (None: nobody).

    Raises NotPermitted, WrongState, Stale when the holder has changed, NotReady when `to` cannot have it.
    """
    work = locked_work(process, by, may)
    if work.assignee_id != getattr(seen, "pk", None):
        raise other_holder(work)
    _refuse_receiver(process.subject, work, to, able)
    _put(work, to, handed_by=holder_of(by), note=note)
    record_about(process, "assign", work, to, by=by, at=at, role=role, reason=note)
    return work


@transaction.atomic
def unassign(process: Process, *, by: Actor, at: datetime, role: str, may: May) -> Task:
    """Take back what one has assigned: it is open to the office again. Raises NotPermitted, WrongState."""
    work = locked_work(process, by, may)
    holder = _handed_on(process, work, by, "assign")
    refuse_while_waiting(work)
    _put(work, None)
    record_about(process, "unassign", work, holder, by=by, at=at, role=role)
    return work


@transaction.atomic
def transfer(
    process: Process,
    *,
    by: Actor,
    to: Any,
    at: datetime,
    role: str,
    may: May,
    able: May,
    note: str = "",
) -> Task:
    """转办: the holder gives the work to somebody else; it is now theirs.

    Raises NotPermitted when somebody else holds it, WrongState, NotReady when `to` cannot have it.
    """
    work = locked_work(process, by, may)
    refuse_unless_held(work, by)
    if to.pk in hands_of(by):
        raise NotReady([Problem(_("不能转办给自己。"), field="to")])
    _refuse_receiver(process.subject, work, to, able)
    _put(work, to, handed_by=work.assignee, note=note)
    record_about(process, "transfer", work, to, by=by, at=at, role=role, reason=note)
    return work


@transaction.atomic
def take_back(process: Process, *, by: Actor, at: datetime, role: str, may: May) -> Task:
    """Take back what one has transferred, as long as the new holder has done nothing. Raises as `unassign`."""
    work = locked_work(process, by, may)
    holder = _handed_on(process, work, by, "transfer")
    if has_begun(process.subject, holder):
        raise WrongState(_("%(name)s已经开始办理，不能再收回。") % {"name": holder.name})
    refuse_while_waiting(work)
    _put(work, work.handed_by)
    record_about(process, "take_back", work, holder, by=by, at=at, role=role)
    return work


@transaction.atomic
def escalate(process: Process, *, to: Any, at: datetime, able: May) -> bool:
    """超时升级: give overdue work, once, to whom the office names. Return whether it was handed to them.

    Nothing happens where the work is not overdue, or was escalated before.
    """
    process.subject = process.locked().subject
    work = open_work(process.subject)
    if work is None or work.escalated_at is not None or work.due_at > at:
        return False
    held = work.assignee_id == to.pk
    handed = not held and bool(able(process.subject, to))
    work.escalated_at = at
    work.save(update_fields=["escalated_at"])
    if handed:
        _put(work, to)
    record_about(process, "escalate", work, to, by=SYSTEM, at=at, role="", handed=handed, held=held)
    return handed


def _refuse_receiver(subject: Any, work: Task, to: Any, able: May) -> None:
    if to.pk == work.assignee_id:
        raise NotReady([Problem(_("这一件已经由%(name)s持有。") % {"name": to.name}, field="to")])
    verdict = able(subject, to)
    if not verdict:
        raise NotReady([Problem(verdict.reason, field="to")])


def other_holder(work: Task) -> Stale:
    """Return the refusal that says who holds the work by now."""
    if work.assignee is None:
        return Stale(_("这一件已经放回，现在没有人持有。"))
    return Stale(_("这一件现在由%(name)s持有。") % {"name": work.assignee.name})


def _handed_on(process: Process, work: Task, by: Actor, action: str) -> Any:
    """Return who holds what the actor handed to them by this action. Raises NotPermitted."""
    handed = last_handing(process.subject)
    if work.handed_by_id not in hands_of(by) or handed is None or handed.action != action:
        raise NotPermitted(_("这一件不在您交给的人手中，不能收回。"))
    return work.assignee


def _put(work: Task, to: Any, *, handed_by: Any = None, note: str = "") -> None:
    work.assignee, work.handed_by, work.note = to, handed_by, note
    work.save(update_fields=["assignee", "handed_by", "note"])
