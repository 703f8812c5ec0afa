"""What the bodies at each level do: take a task, decide."""

from collections.abc import Sequence
from datetime import datetime

from accreditation.models import Application, User
from accreditation.permissions import DECIDE, REVIEW, AtLevel
from accreditation.process import HOLDER, ReviewProcess
from accreditation.states import LEVEL_OF, RETURNED, State
from workflows import tasks
from workflows.engine import perform
from workflows.models import Event, Task
from workflows.refusals import NotPermitted, WrongState


def recommend(
    application: Application, *, by: User, at: datetime, expected_version: int, reason: str
) -> Event:
    """Recommend to the next level, with a reason. The district's recommendation takes a place of its quota."""
    return perform(
        ReviewProcess(application),
        "recommend",
        by=by,
        at=at,
        expected_version=expected_version,
        reason=reason,
    )


def send_back(
    application: Application,
    *,
    by: User,
    at: datetime,
    expected_version: int,
    reason: str,
    steps: Sequence[str] = (),
) -> Event:
    """Return for correction, with a reason and the steps of the form that it speaks of."""
    return perform(
        ReviewProcess(application),
        "send_back",
        by=by,
        at=at,
        expected_version=expected_version,
        reason=reason,
        steps=list(steps),
    )


def reject(application: Application, *, by: User, at: datetime, expected_version: int, reason: str) -> Event:
    """End the application in this cycle, with a reason."""
    return perform(
        ReviewProcess(application), "reject", by=by, at=at, expected_version=expected_version, reason=reason
    )


def approve(application: Application, *, by: User, at: datetime, expected_version: int, reason: str) -> Event:
    """Put it on the list of the next public notice; refused below the pass lines."""
    return perform(
        ReviewProcess(application), "approve", by=by, at=at, expected_version=expected_version, reason=reason
    )


def claim(application: Application, *, by: User, at: datetime) -> Task:
    """Take the open task into one's own hands. Raises NotPermitted, WrongState, or Stale when another holds it."""
    _refuse_stranger(application, by)
    return tasks.claim(ReviewProcess(application), by=by, at=at, role=REVIEW)


def release(application: Application, *, by: User, at: datetime) -> Task:
    """Give the task back to the office."""
    _refuse_stranger(application, by)
    return tasks.release(ReviewProcess(application), by=by, at=at, role=REVIEW)


def may_claim(application: Application, by: User) -> bool:
    """Return whether the open task of the application is one that `by` could take."""
    state = State(application.state)
    return state in HOLDER and state not in RETURNED and bool(_reviewer(state)(application, by))


def _refuse_stranger(application: Application, by: User) -> None:
    state = State(application.state)
    if state not in HOLDER or state in RETURNED:
        raise WrongState
    verdict = _reviewer(state)(application, by)
    if not verdict:
        raise NotPermitted(verdict.reason)


def _reviewer(state: State) -> AtLevel:
    level = LEVEL_OF[state]
    return AtLevel(level, (DECIDE,) if level == "city" else (REVIEW, DECIDE))
