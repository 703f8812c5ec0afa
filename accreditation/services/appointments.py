"""指定办理人: where nobody is left to decide for an office, the one above names somebody."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.bars import NOT_FOR_GOOD, NOT_OF_INTEREST, words, words_about
from accreditation.models import Application, Organisation, User
from accreditation.permissions import DECIDE, MANAGE, REVIEW, grants_on
from accreditation.process import ReviewProcess
from accreditation.queries.appointments import (
    above,
    acting_office,
    appointment_of,
    has_acted,
    left_alone,
    nobody_left,
)
from accreditation.queries.interests import codes_of
from accreditation.versions import process_of
from workflows import persons
from workflows.models import Appointment, Task
from workflows.refusals import NotPermitted, NotReady, Problem, WrongState
from workflows.working_days import deadline


def ask_above(at: datetime) -> int:
    """Duty: ask the office above for somebody wherever nobody is left to decide; return how often that was."""
    return sum(_ask(pk, at) for pk in list(left_alone()))


def _ask(pk: int, at: datetime) -> int:
    with transaction.atomic():
        process = process_of(Application.objects.get(pk=pk)).locked()
        return ask_if_nobody_left(process, at) is not None


def ask_if_nobody_left(process: ReviewProcess, at: datetime) -> Task | None:
    """Ask the office above if nobody is left. The caller holds the application's lock."""
    application = process.subject
    office = acting_office(application)
    if office is None or not nobody_left(application):
        return None
    due = deadline(at, application.cycle.review_days)
    return persons.ask_above(process, above=above(office), at=at, due_at=due)


def appoint(application: Application, *, user: User, by: User, at: datetime, reason: str = "") -> Appointment:
    """Name who does the open work for the office that has nobody left; it comes into their hands.

    Who manages the office above or decides for it names them, and may name another as long as the first has
    decided nothing. Raises NotPermitted, WrongState, NotReady.
    """
    with transaction.atomic():
        process = process_of(application).locked()
        current = process.subject
        office = acting_office(current)
        if office is None:
            raise WrongState(_("这一件现在没有待办。"))
        role = _role(current, above(office), by)
        _refuse_unasked(current, office, user)
        _refuse_unfit(current, office, user)
        return persons.appoint(
            process, user=user, by=by, above=above(office), at=at, role=role, reason=reason
        )


def _role(application: Application, office: Organisation, by: User) -> str:
    """Return the grant by which somebody names; an interest of their own keeps them from it."""
    held = set(grants_on(by.pk, (DECIDE, MANAGE), office.pk).values_list("permission__codename", flat=True))
    if not held:
        raise NotPermitted(_("只有%(office)s的管理人和决定人可以指定。") % {"office": office.name})
    code = codes_of(application, office.pk, [by.pk]).get(by.pk, "")
    if code not in NOT_OF_INTEREST:
        raise NotPermitted(words(code), code)
    return DECIDE if DECIDE in held else MANAGE


def _refuse_unasked(application: Application, office: Organisation, user: User) -> None:
    """Refuse where nobody asks for a name: an office that can decide itself keeps its work."""
    asked = application.tasks.filter(kind=Task.Kind.NAMING, closed_at=None).exists()
    named = appointment_of(application, office)
    if named is not None and named.user_id == user.pk:
        raise WrongState(_("这一件已经指定由%(name)s办理。") % {"name": user.name})
    if asked:
        return
    if named is None:
        raise WrongState(_("%(office)s还有人可以办理，不用指定。") % {"office": office.name})
    if has_acted(application, named):
        raise WrongState(_("%(name)s已经办理，不能另外指定。") % {"name": named.user.name})


def _refuse_unfit(application: Application, office: Organisation, user: User) -> None:
    said = {"name": user.name}
    granted = any(grants_on(user.pk, (REVIEW, DECIDE), body.pk).exists() for body in (office, above(office)))
    if not granted:
        raise NotReady([Problem(_("%(name)s没有办理这一件的权限。") % said, field="user")])
    code = codes_of(application, office.pk, [user.pk]).get(user.pk, "")
    if code not in NOT_FOR_GOOD:
        said["reason"] = words_about(code)
        raise NotReady([Problem(_("%(name)s%(reason)s。") % said, field="user")])
