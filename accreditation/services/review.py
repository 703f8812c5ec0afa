"""What the bodies at each level decide."""

from collections.abc import Sequence
from datetime import datetime

from accreditation.models import Application, User
from accreditation.permissions import substitutions
from accreditation.services.signing import decide
from accreditation.versions import process_of
from accreditation.work import acting_as
from workflows.actors import Actor, Substitute
from workflows.engine import allowed_actions, perform
from workflows.models import Event


def actors(application: Application, user: User, at: datetime) -> list[Actor]:
    """Return as whom the user may act on the application: as `acting_as` says, then for each they stand in for."""
    first = acting_as(user, application, at)
    running = substitutions(user, at).select_related("principal")
    others: list[Actor] = [Substitute(user, one.principal, at) for one in running]
    return [first, *(one for one in others if one != first)]


def decides_as(application: Application, decision: str, *, user: User, at: datetime) -> Actor:
    """Return as whom the user takes a decision: where only somebody they stand in for may, in their place."""
    process, candidates = process_of(application), actors(application, user, at)
    may = (one for one in candidates if decision in allowed_actions(process, one))
    return next(may, candidates[0])


def recommend(
    application: Application, *, by: User, at: datetime, expected_version: int, reason: str
) -> Event:
    """Recommend to the next level, with a reason. The district's recommendation takes a place of its quota."""
    return decide(
        application,
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
    fields: Sequence[str] = (),
) -> Event:
    """Return for correction, with a reason and what it speaks of: fields of the form, or whole steps.

    Raises ValueError for fields that the form does not have (see `form_fields`).
    """
    return decide(
        application,
        "send_back",
        by=by,
        at=at,
        expected_version=expected_version,
        reason=reason,
        steps=list(steps),
        fields=list(fields),
    )


def return_to_level(
    application: Application,
    *,
    by: Actor,
    at: datetime,
    expected_version: int,
    reason: str,
    level: str,
    steps: Sequence[str] = (),
    fields: Sequence[str] = (),
) -> Event:
    """Return to the office of an earlier level, which answers straight to the one that returned it."""
    return decide(
        application,
        "return_to_level",
        by=by,
        at=at,
        expected_version=expected_version,
        reason=reason,
        level=level,
        steps=list(steps),
        fields=list(fields),
    )


def recall(
    application: Application, *, by: Actor, at: datetime, expected_version: int, reason: str = ""
) -> Event:
    """Take one's own last decision back, as long as nobody has acted on it; the work is in one's hands again."""
    return perform(
        process_of(application), "recall", by=by, at=at, expected_version=expected_version, reason=reason
    )


def reject(application: Application, *, by: User, at: datetime, expected_version: int, reason: str) -> Event:
    """End the application in this cycle, with a reason."""
    return decide(application, "reject", by=by, at=at, expected_version=expected_version, reason=reason)


def approve(application: Application, *, by: User, at: datetime, expected_version: int, reason: str) -> Event:
    """Put it on the list of the next public notice; refused below the pass lines."""
    return decide(application, "approve", by=by, at=at, expected_version=expected_version, reason=reason)
