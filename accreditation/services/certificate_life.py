"""What becomes of a certificate after it is issued: revoked, issued anew after a correction, renewed.

Each ends the certificate that is in force, once and for all, and is an event of its application. What takes its place
is registered in the same transaction, with an event and a proof of its own; the old file, number and proof stay.

A renewal begins today and adds a period to the one that runs: the old certificate holds until the file of the new one
is made, so there is no day without one. A correction keeps the days and the decision of the naming as they were.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.models import Application, Designation
from accreditation.permissions import DECIDE, AtLevel
from accreditation.queries.certificates import ended_by
from accreditation.services.certificate_proofs import record_issue, said_of
from accreditation.states import ActionWord, Level
from certificates.configuration import configuration
from certificates.glyphs import CannotDraw
from certificates.issuing import CertificateText, last_day, register, text_of
from certificates.models import Certificate, Ending
from certificates.standing import ending_of
from workflows.actors import Actor
from workflows.engine import record
from workflows.refusals import NotPermitted, NotReady, Problem, Stale, WrongState

may_end = AtLevel(Level.CITY, (DECIDE,))
"""Who decides for the city, without an interest in the enterprise."""
CORRECTABLE = ("studio_name", "enterprise_name", "title")
"""What a correction may change of a certificate's text."""


@transaction.atomic
def revoke(certificate: Certificate, *, by: Actor, at: datetime, reason: str, ended_on: date) -> Ending:
    """Revoke a certificate from a day on, today at the latest. It cannot be undone; `reason` is for everybody.

    Raises NotPermitted; Stale if it has ended already; WrongState before its file is made; NotReady otherwise.
    """
    application, current = _in_force(certificate, by)
    today = timezone.localdate(at)
    problems = _without(reason)
    if not min(current.issued_on, today) <= ended_on <= today:
        problems.append(Problem(_("选择颁发之日到今天之间的一天。"), field="ended_on"))
    if problems:
        raise NotReady(problems)
    ending = Ending.objects.create(
        certificate=current, kind=Ending.Kind.REVOKED, ended_on=ended_on, reason=reason, recorded_at=at
    )
    _record(application, ActionWord.REVOKE_CERTIFICATE, ending, by=by, at=at)
    return ending


@transaction.atomic
def reissue(
    certificate: Certificate, *, by: Actor, at: datetime, reason: str, corrected: Mapping[str, str]
) -> Certificate:
    """Issue a certificate anew with its names or title corrected; return the new one, which has a new number.

    `corrected` are the fields of CORRECTABLE as they should be. Raises as `revoke` does, and NotReady where nothing is
    corrected or the fonts cannot draw it.
    """
    application, current = _in_force(certificate, by)
    wanted: dict[str, Any] = {name: corrected.get(name, "") for name in CORRECTABLE}
    changed = {name: word for name, word in wanted.items() if word != getattr(current, name)}
    problems = _without(reason)
    problems += [Problem(_("这一栏不能为空。"), field=name) for name, word in changed.items() if not word]
    if not changed:
        problems.append(Problem(_("改正至少一处；都没有错就不必重发。"), field="studio_name"))
    if problems:
        raise NotReady(problems)
    text = replace(text_of(current), **changed)
    new, ending = _replace(application, current, text, reason, at)
    _record(application, ActionWord.REISSUE_CERTIFICATE, ending, by=by, at=at, corrected=sorted(changed))
    record_issue(application, new, at)
    return new


@transaction.atomic
def renew(
    certificate: Certificate, *, by: Actor, at: datetime, reason: str, decision_number: str
) -> Certificate:
    """Issue a certificate for a further period; return the new one, which has a new number.

    `decision_number` is the document by which it is renewed. Raises as `revoke` does.
    """
    application, current = _in_force(certificate, by)
    if problems := _without(reason):
        raise NotReady(problems)
    text = renewal_of(current, at=at, decision_number=decision_number)
    new, ending = _replace(application, current, text, reason, at)
    until = new.valid_until.isoformat()
    _record(application, ActionWord.RENEW_CERTIFICATE, ending, by=by, at=at, valid_until=until)
    record_issue(application, new, at)
    return new


def renewal_of(certificate: Certificate, *, at: datetime, decision_number: str) -> CertificateText:
    """Return what the renewed certificate will say: dated today, valid for a period more than the one that runs.

    After the last day the new period begins today.
    """
    today = timezone.localdate(at)
    begins = max(today, certificate.valid_until + timedelta(days=1))
    until = last_day(begins, years=configuration().valid_years)
    return replace(text_of(certificate), issued_on=today, valid_until=until, decision_number=decision_number)


def _in_force(certificate: Certificate, by: Actor) -> tuple[Application, Certificate]:
    """Return the application, locked, and its certificate as it is now; who comes second waits, and is then told."""
    application = Application.objects.select_for_update().get(public_id=certificate.issued_for)
    if not (verdict := may_end(application, by)):
        raise NotPermitted(verdict.reason, verdict.code)
    current = Certificate.objects.select_related("ending").get(pk=certificate.pk)
    if ending_of(current):
        raise _ended(current, application)
    if not current.is_ready:
        raise WrongState(_("证书文件还没有制成，过几分钟再办。"))
    return application, current


def _ended(certificate: Certificate, application: Application) -> Stale:
    event, said = ended_by(certificate, application), _("这张证书已经撤销或者更换。")
    return Stale(said, action=event.action, by=event.actor, at=event.at) if event else Stale(said)


def _without(reason: str) -> list[Problem]:
    return [] if reason.strip() else [Problem(_("写明理由。"), field="reason")]


def _replace(
    application: Application, current: Certificate, text: CertificateText, reason: str, at: datetime
) -> tuple[Certificate, Ending]:
    """Register the certificate that takes the place of the one in force, and name it in the designation."""
    try:
        new = register(text=text, issued_for=application.public_id, at=at)
    except CannotDraw as refusal:
        said = _("证书字库里没有“%(characters)s”，改用通用规范汉字。") % {"characters": refusal.what}
        raise NotReady([Problem(said)]) from refusal
    ending = Ending.objects.create(
        certificate=current,
        kind=Ending.Kind.SUPERSEDED,
        ended_on=timezone.localdate(at),
        reason=reason,
        successor=new,
        recorded_at=at,
    )
    designation = Designation.objects.get(application=application)
    designation.certificate, designation.valid_until = new, new.valid_until
    designation.save(update_fields=["certificate", "valid_until"])
    return new, ending


def _record(
    application: Application, action: ActionWord, ending: Ending, *, by: Actor, at: datetime, **more: Any
) -> None:
    record(
        application,
        action.value,
        by=by,
        at=at,
        office=application.city,
        role=DECIDE,
        reason=ending.reason,
        **said_of(ending),
        **more,
    )
