"""Public notices and the objections to them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.models import Application, Cycle, Notice, User
from accreditation.permissions import may_decide_at
from accreditation.states import State
from accreditation.versions import process_of
from workflows.actors import PUBLIC, SYSTEM, Actor, person_of
from workflows.engine import perform
from workflows.ledger.chain import digest
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Problem, Refused
from workflows.working_days import notice_period


def publish_notice(
    *, cycle: Cycle, applications: Sequence[Application], title: str, contact: str, by: Actor, at: datetime
) -> Notice:
    """Announce listed applications of one cycle together, for the cycle's number of working days; all or none.

    The versions that the caller's `applications` carry are the ones expected. Raises what `perform` raises, and
    NotReady without applications.
    """
    if not may_decide_at(by, cycle.city):
        raise NotPermitted(_("您没有办理这一环节的权限。"))
    if not applications:
        raise NotReady([Problem(_("选择要公示的工作室。"), field="applications")])
    period = notice_period(at, cycle.notice_days)
    with transaction.atomic():
        notice = Notice.objects.create(
            cycle=cycle,
            title=title,
            contact=contact,
            published_at=at,
            published_by=person_of(by),
            first_day=period.first,
            last_day=period.last,
        )
        for application in applications:
            perform(
                process_of(application),
                "publish",
                by=by,
                at=at,
                expected_version=application.version,
                notice=notice,
                noted=said_of(notice),
            )
    return notice


def said_of(notice: Notice) -> dict[str, str]:
    """Return what the event of each application says of its notice, beside its code and its last day.

    Whom objections are addressed to may be somebody's name: the event has its hash, salted with the notice's code.
    """
    return {
        "title": notice.title,
        "first_day": notice.first_day.isoformat(),
        "contact_sha256": digest(f"{notice.public_id} {notice.contact}"),
    }


def file_objection(application: Application, *, at: datetime, name: str, contact: str, grounds: str) -> Event:
    """A visitor objects, with a name and grounds; the notice of this application stops until it is ruled on."""
    return perform(
        process_of(application),
        "file_objection",
        by=PUBLIC,
        at=at,
        expected_version=None,
        name=name,
        contact=contact,
        grounds=grounds,
    )


def dismiss_objection(
    application: Application, *, by: User, at: datetime, expected_version: int, reason: str
) -> Event:
    """The open objections do not hold: the notice goes on for the working days that it still had."""
    return perform(
        process_of(application),
        "dismiss_objection",
        by=by,
        at=at,
        expected_version=expected_version,
        reason=reason,
    )


def uphold_objection(
    application: Application, *, by: User, at: datetime, expected_version: int, reason: str
) -> Event:
    """The open objections hold: back to the city's decision."""
    return perform(
        process_of(application),
        "uphold_objection",
        by=by,
        at=at,
        expected_version=expected_version,
        reason=reason,
    )


def end_due_notices(at: datetime) -> int:
    """Duty: end the notice of every application whose last day has passed; return how many."""
    due = Application.objects.filter(state=State.PUBLIC_NOTICE, notice_ends_on__lt=timezone.localdate(at))
    return sum(_end(application, at) for application in due.order_by("notice_ends_on", "pk").iterator())


def _end(application: Application, at: datetime) -> int:
    """End one notice, in a transaction of its own; 0 where somebody was quicker."""
    try:
        perform(process_of(application), "end_notice", by=SYSTEM, at=at, expected_version=application.version)
    except Refused:
        return 0
    return 1
