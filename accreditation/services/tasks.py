"""Hand the open work of an application about: claim, release, assign, transfer, delegate, remind, and back again.

Experts' cards are personal and never handed on; while an application is with its applicant, only reminding remains.
"""

from datetime import datetime

from accreditation.models import Application, User
from accreditation.permissions import DECIDE, MANAGE, OFFICE_FIELD, REVIEW, grants_on
from accreditation.queries.task_rights import (
    able_to_advise,
    able_to_work,
    may_advise,
    may_assign,
    may_have,
    may_let_go,
    may_remind,
    reminding,
)
from accreditation.states import LEVEL_OF, State
from accreditation.versions import process_of
from workflows import asking, tasks
from workflows.actors import Actor, holder_of
from workflows.models import Task


def claim(application: Application, *, by: Actor, at: datetime) -> Task:
    """认领: take the open work into one's own hands. Raises NotPermitted, WrongState, Stale when another holds it."""
    return tasks.claim(process_of(application), by=by, at=at, role=REVIEW, may=may_have)


def release(application: Application, *, by: Actor, at: datetime) -> Task:
    """放回: give the work back to the office. Raises NotPermitted, WrongState."""
    return tasks.release(process_of(application), by=by, at=at, role=REVIEW, may=may_let_go)


def assign(
    application: Application, *, by: Actor, to: User, seen: User | None, at: datetime, note: str = ""
) -> Task:
    """指派: a manager, or who decides, gives the work to one of the office's people, whoever holds it.

    `seen` is who held it when that was decided. Raises NotPermitted, WrongState, Stale, NotReady.
    """
    return tasks.assign(
        process_of(application),
        by=by,
        to=to,
        seen=seen,
        at=at,
        role=_assigning_role(application, by),
        may=may_assign,
        able=able_to_work,
        note=note,
    )


def unassign(application: Application, *, by: Actor, at: datetime) -> Task:
    """Take back what one has assigned; it is open to the office again. Raises NotPermitted, WrongState."""
    role = _assigning_role(application, by)
    return tasks.unassign(process_of(application), by=by, at=at, role=role, may=may_assign)


def transfer(application: Application, *, by: Actor, to: User, at: datetime, note: str = "") -> Task:
    """转办: the holder gives the work to somebody else of the office. Raises NotPermitted, WrongState, NotReady."""
    return tasks.transfer(
        process_of(application),
        by=by,
        to=to,
        at=at,
        role=REVIEW,
        may=may_have,
        able=able_to_work,
        note=note,
    )


def take_back(application: Application, *, by: Actor, at: datetime) -> Task:
    """Take back what one has transferred, before its new holder did anything. Raises NotPermitted, WrongState."""
    return tasks.take_back(process_of(application), by=by, at=at, role=REVIEW, may=may_have)


def delegate(application: Application, *, by: Actor, to: User, at: datetime, question: str) -> Task:
    """委派: the holder asks one person of the office for advice. Raises NotPermitted, WrongState, NotReady."""
    return asking.delegate(
        process_of(application),
        by=by,
        to=to,
        at=at,
        role=REVIEW,
        may=may_have,
        able=able_to_advise,
        question=question,
    )


def advise(application: Application, *, by: Actor, at: datetime, opinion: str) -> Task:
    """Give the advice that was asked for. Raises NotPermitted, WrongState, NotReady without an opinion."""
    process = process_of(application)
    return asking.advise(process, by=by, at=at, role=REVIEW, may=may_advise, opinion=opinion)


def withdraw_delegation(application: Application, *, by: Actor, at: datetime) -> Task:
    """Withdraw a request for advice, so that the holder can decide. Raises NotPermitted, WrongState."""
    return asking.withdraw_delegation(process_of(application), by=by, at=at, role=REVIEW, may=may_let_go)


def remind(application: Application, *, by: Actor, at: datetime) -> int:
    """催办: remind those whom the application waits for, each task once a day. Raises NotPermitted, WrongState."""
    capacity = reminding(application, by)
    return asking.remind(
        process_of(application),
        by=by,
        at=at,
        office=capacity.office if capacity else None,
        role=capacity.grant if capacity else "",
        may=may_remind,
    )


def _assigning_role(application: Application, by: Actor) -> str:
    """Return the grant by which somebody assigns, for the record: whether they may is asked inside the lock."""
    level = LEVEL_OF.get(State(application.state))
    office = getattr(application, OFFICE_FIELD[level]) if level else None
    decides = office is not None and grants_on(holder_of(by).pk, [DECIDE], office).exists()
    return DECIDE if decides else MANAGE
