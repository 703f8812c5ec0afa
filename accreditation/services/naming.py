"""The naming decision, and the certificates that follow from it."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Application, Cycle, Designation, NamingDecision
from accreditation.permissions import may_decide_at
from accreditation.services.certificate_proofs import record_issue
from accreditation.versions import process_of
from certificates.configuration import configuration
from certificates.glyphs import CannotDraw
from certificates.issuing import certificate_text, last_day, register
from workflows.actors import Actor, person_of
from workflows.engine import perform
from workflows.refusals import NotPermitted, NotReady, Problem

logger = logging.getLogger(__name__)


def name_studios(
    *,
    cycle: Cycle,
    applications: Sequence[Application],
    number: str,
    title: str,
    signed_on: date,
    by: Actor,
    at: datetime,
) -> NamingDecision:
    """Sign the decision that names the studios of one cycle whose notice has ended; all or none.

    Raises what `perform` raises, and NotReady without applications or for a number already used.
    """
    if not may_decide_at(by, cycle.city):
        raise NotPermitted(_("您没有办理这一环节的权限。"))
    with transaction.atomic():
        Cycle.objects.select_for_update().get(pk=cycle.pk)  # who presses twice waits, and is then told
        if problems := _against(applications, number):
            raise NotReady(problems)
        decision = NamingDecision.objects.create(
            cycle=cycle,
            number=number,
            title=title,
            signed_on=signed_on,
            valid_until=last_day(signed_on, years=configuration().valid_years),
            signed_at=at,
            signed_by=person_of(by),
        )
        for application in applications:
            perform(
                process_of(application),
                "name_studio",
                by=by,
                at=at,
                expected_version=application.version,
                decision=decision,
                noted={"title": title},
            )
    return decision


def _against(applications: Sequence[Application], number: str) -> list[Problem]:
    problems = []
    if not applications:
        problems.append(Problem(_("选择要命名的工作室。"), field="applications"))
    if NamingDecision.objects.filter(number=number).exists():
        problems.append(
            Problem(_("文号%(number)s已经用过，填写新的文号。") % {"number": number}, field="number")
        )
    return problems


def issue_due_certificates(at: datetime) -> int:
    """Duty: register a certificate for every designation without one; its file is made by `render_due`.

    One whose text cannot be drawn is reported and stays due; the others are registered all the same.
    """
    waiting = Designation.objects.filter(certificate=None).order_by("pk").values_list("pk", flat=True)
    issued = 0
    for pk in list(waiting):
        try:
            issued += _issue(pk, at)
        except CannotDraw:
            logger.exception("no certificate for designation %s: it cannot be drawn", pk)
    return issued


def _issue(pk: int, at: datetime) -> int:
    """Register one certificate, in a transaction of its own; 0 where somebody else is at it."""
    with transaction.atomic():
        rows = Designation.objects.select_for_update(of=("self",), skip_locked=True)
        designation = (
            rows.filter(pk=pk, certificate=None).select_related("studio__enterprise", "decision").first()
        )
        if designation is None:
            return 0
        application = Application.objects.select_for_update().get(pk=designation.application_id)
        text = certificate_text(
            studio_name=designation.studio.name,
            enterprise_name=designation.studio.enterprise.name,
            decision_number=designation.decision.number,
            issued_on=designation.named_on,
        )
        designation.certificate = register(
            text=replace(text, valid_until=designation.valid_until), issued_for=application.public_id, at=at
        )
        designation.save(update_fields=["certificate"])
        record_issue(application, designation.certificate, at)
    return 1
