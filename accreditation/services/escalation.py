"""超时升级: overdue work goes to the member whom the office names. Due work, and the naming."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Application, Organisation, User
from accreditation.permissions import DECIDE, MANAGE, has_grant, may_manage
from accreditation.queries.task_rights import able_to_work
from accreditation.states import DECIDED_ON
from accreditation.versions import process_of
from workflows import tasks
from workflows.engine import record
from workflows.models import Task
from workflows.refusals import NotPermitted, NotReady, Problem


@transaction.atomic
def set_escalation(organisation: Organisation, person: User | None, *, by: User, at: datetime) -> None:
    """Name the member who gets the office's overdue work, or nobody (None). Setting the same again changes nothing.

    Raises NotPermitted; NotReady unless the person is a current member who decides for the office.
    """
    locked = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if not may_manage(by, locked):
        raise NotPermitted(_("只有本组织或上级组织的管理人可以办理。"))
    if locked.escalates_to_id == (person.pk if person else None):
        return
    if person is not None and not _may_take_over(locked, person):
        said = _("%(name)s不是本组织有决定权限的成员。") % {"name": person.name}
        raise NotReady([Problem(said, field="person")])
    locked.escalates_to = person
    locked.save(update_fields=["escalates_to"])
    member: dict[str, Any] = {"member": str(person.public_id)} if person else {}
    record(locked, "set_escalation", by=by, at=at, office=locked, role=MANAGE, **member)


def escalate_overdue(at: datetime) -> int:
    """Duty: hand each overdue work, once, to whom its office names, where they may work on it.

    Each in a transaction of its own; who works on one right now is left alone until the next run.
    """
    offices = Organisation.objects.exclude(escalates_to=None)
    overdue = Task.objects.filter(
        kind=Task.Kind.WORK,
        stage__in=DECIDED_ON,
        closed_at=None,
        escalated_at=None,
        due_at__lte=at,
        office__in=offices,
    ).order_by("due_at", "pk")
    return sum(
        _escalate(application, at) for application in list(overdue.values_list("object_id", flat=True))
    )


@transaction.atomic
def _escalate(pk: int, at: datetime) -> int:
    """Escalate the work of one application; 0 where it is not handed on, or somebody else is at it."""
    rows = Application.objects.select_for_update(of=("self",), skip_locked=True)
    application = rows.filter(pk=pk, state__in=DECIDED_ON).first()
    if application is None:
        return 0
    office = application.office_at(application.level)
    if office is None or office.escalates_to is None:
        return 0
    process = process_of(application)
    return int(tasks.escalate(process, to=office.escalates_to, at=at, able=able_to_work))


def _may_take_over(organisation: Organisation, person: User) -> bool:
    member = organisation.memberships.filter(user=person, ended_at=None).exists()
    return member and has_grant(person, DECIDE, organisation)
