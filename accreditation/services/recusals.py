"""回避: somebody keeps out of an application for good."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Application, User
from accreditation.permissions import DECIDE, REVIEW, has_grant
from accreditation.queries.recusals import recusing_office
from accreditation.services.appointments import ask_if_nobody_left
from accreditation.services.signing import RULES
from accreditation.states import State
from accreditation.versions import process_of
from workflows import persons
from workflows.models import Recusal
from workflows.refusals import NotPermitted, NotReady, Problem

ALONE = frozenset({State.PANEL_SCORING})
"""Stages in which each works for themselves: what an expert leaves, nobody else takes over."""


def recuse(application: Application, *, by: User, at: datetime, reason: str) -> Recusal:
    """Keep out of an application from now on, with a reason; what one holds of it goes back to the office.

    Where nobody is left to decide then, the office above is asked to name somebody. It cannot be undone.
    Raises NotPermitted, WrongState when it is done already, NotReady without a reason.
    """
    with transaction.atomic():
        process = process_of(application).locked()
        office = recusing_office(process.subject, by, at)
        if office is None:
            raise NotPermitted(_("这一件现在不由您所在的组织办理，不用回避。"))
        if not reason.strip():
            raise NotReady([Problem(_("写明理由。"), field="reason")])
        role = DECIDE if has_grant(by, DECIDE, office) else REVIEW
        recusal = persons.keep_out(
            process, RULES, by=by, office=office, at=at, role=role, reason=reason.strip(), alone=ALONE
        )
        ask_if_nobody_left(process, at)
    return recusal
