"""Take a task into one's own hands, and let it go again. Each is an event of its subject."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from workflows.actors import Actor
from workflows.engine import open_tasks, record
from workflows.models import Task
from workflows.process import Process
from workflows.refusals import NotPermitted, Stale, WrongState


def claim(process: Process, *, by: Actor, at: datetime, role: str) -> Task:
    """Take the subject's open task; the caller has asked whether `by` may review it.

    Raises WrongState when nothing is open, Stale when somebody else holds it. Claiming twice changes nothing.
    """
    return _hand(process, "claim", by=by, at=at, role=role, to=by)


def release(process: Process, *, by: Actor, at: datetime, role: str) -> Task:
    """Give the task back to the office. Raises NotPermitted when somebody else holds it."""
    return _hand(process, "release", by=by, at=at, role=role, to=None)


def _hand(process: Process, action: str, *, by: Actor, at: datetime, role: str, to: Actor | None) -> Task:
    with transaction.atomic():
        process.subject = process.locked().subject
        task: Any = open_tasks(process.subject).select_related("assignee", "office").order_by("pk").first()
        if task is None:
            raise WrongState(_("这一件现在没有待办。"))
        if task.assignee_id == (to.pk if to else None):
            return task
        if task.assignee_id not in {None, by.pk}:
            refusal = Stale if action == "claim" else NotPermitted
            raise refusal(_("这一件已由%(name)s认领。") % {"name": task.assignee.name})
        task.assignee_id = to.pk if to else None
        task.save(update_fields=["assignee"])
        record(process.subject, action, by=by, at=at, office=task.office, role=role)
    return task
