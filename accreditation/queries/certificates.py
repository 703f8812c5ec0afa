"""Certificates that were issued: who may look at them, how they are found, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accreditation.models import Application
from accreditation.permissions import AUDIT, DECIDE
from accreditation.scope import Office
from accreditation.states import ActionWord, Level
from certificates.models import Certificate
from certificates.standing import Standing, stands
from workflows.models import Event

ENDS = (
    ActionWord.REVOKE_CERTIFICATE.value,
    ActionWord.REISSUE_CERTIFICATE.value,
    ActionWord.RENEW_CERTIFICATE.value,
)
"""What ends a certificate before its day."""
LIFE = (ActionWord.ISSUE_CERTIFICATE.value, ActionWord.FILE_CERTIFICATE.value, *ENDS)
"""All that happens to certificates."""


@dataclass(frozen=True)
class Lookup:
    """What is looked for: part of a number or of a name, and how it stands."""

    words: str = ""
    state: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything but everything is asked for."""
        return bool(self.words or self.state)


def reads_certificates(office: Office) -> bool:
    """Return whether an office looks after certificates or audits those who do."""
    decides = office.organisation.level == Level.CITY and DECIDE in office.grants
    return decides or AUDIT in office.grants


def readable_certificates(offices: Sequence[Office]) -> QuerySet[Certificate]:
    """Return what these offices may look at, the newest first: all to who decides for the city, auditors theirs."""
    seen = Q(pk=None)
    for office in offices:
        organisation = office.organisation
        if organisation.level == Level.CITY and office.grants & {DECIDE, AUDIT}:
            seen |= Q(city=organisation)
        elif AUDIT in office.grants:
            seen |= Q(enterprise__path__startswith=organisation.path)
    cases = Application.objects.filter(seen).values("public_id")
    rows = Certificate.objects.filter(issued_for__in=cases).select_related("ending__successor")
    return rows.order_by("-registered_at", "-pk")


def looked_up(rows: QuerySet[Certificate], lookup: Lookup, at: datetime) -> QuerySet[Certificate]:
    """Return those that are looked for."""
    for word in lookup.words.split():
        rows = rows.filter(
            Q(number__icontains=word) | Q(studio_name__icontains=word) | Q(enterprise_name__icontains=word)
        )
    return rows.filter(stands(Standing(lookup.state), at)) if lookup.state else rows


def of_case(certificate: Certificate) -> QuerySet[Certificate]:
    """Return this certificate and those before and after it, the oldest first."""
    same = Certificate.objects.filter(issued_for=certificate.issued_for)
    return same.select_related("ending__successor", "predecessor_ending").order_by("pk")


def ended_by(certificate: Certificate, application: Application) -> Event | None:
    """Return the event that ended a certificate."""
    rows = Event.objects.filter(stream=application.stream, action__in=ENDS).select_related("actor")
    code = str(certificate.public_id)
    return next(
        (event for event in rows.order_by("-sequence") if event.facts.get("certificate") == code), None
    )


def life_of(application: Application) -> QuerySet[Event]:
    """Return what happened to the certificates of an application, in order."""
    return Event.objects.filter(stream=application.stream, action__in=LIFE).order_by("sequence")
