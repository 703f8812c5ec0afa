"""批量: one decision on several applications, each in its own transaction with its own event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from accreditation.models import Application, User
from accreditation.services import copies, panel, review, tasks
from accreditation.services.one_by_one import Attempt, attempt
from accreditation.work import acting_as
from workflows.refusals import Stale

MOST = 100
"""How many can be decided at once: what one person can have read."""
DECISIONS: dict[str, Callable[..., Any]] = {
    "recommend": review.recommend,
    "approve": review.approve,
    "send_back": review.send_back,
    "reject": review.reject,
}
"""What is signed, with a reason each."""
PANELS: dict[str, Callable[..., Any]] = {"convene": panel.convene, "conclude": panel.conclude}
"""What begins and ends the scoring."""
COPY = "copy"
HANDS: dict[str, Callable[..., Any]] = {"claim": tasks.claim, "release": tasks.release}
"""What only moves the work into one's hands and out of them."""


@dataclass(frozen=True)
class Item:
    """One application of a batch: the version that the preview showed, the reason, the people it is given to."""

    application: Application
    version: int
    reason: str = ""
    people: Sequence[User] = ()


def carry_out(decision: str, items: Sequence[Item], *, by: User, at: datetime) -> list[tuple[Item, Attempt]]:
    """Decide on each item in turn; return what came of each. Raises ValueError for more than `MOST`."""
    if len(items) > MOST:
        raise ValueError(f"more than {MOST} at once")
    return [
        (item, attempt(partial(_one, decision, item, by, at), f"{decision} {item.application.public_id}"))
        for item in items
    ]


def _one(decision: str, item: Item, by: User, at: datetime) -> Any:
    application = item.application
    if decision == COPY:
        _refuse_moved(item)
        by = acting_as(by, application, at)
        return copies.copy_to(application, by=by, people=item.people, at=at, note=item.reason)
    if decision in HANDS:
        _refuse_moved(item)
        return HANDS[decision](application, by=acting_as(by, application, at), at=at)
    said: dict[str, Any] = {"reason": item.reason} if decision in DECISIONS else {}
    if decision == "convene":
        said["experts"] = item.people
    actor = review.decides_as(application, decision, user=by, at=at)
    return (DECISIONS | PANELS)[decision](application, by=actor, at=at, expected_version=item.version, **said)


def _refuse_moved(item: Item) -> None:
    """Taking a work knows no version; but nobody takes in a batch what was another work on the page before."""
    now = Application.objects.values_list("version", flat=True).get(pk=item.application.pk)
    if now != item.version:
        raise Stale(_("这一件已经进入其他环节。"))
