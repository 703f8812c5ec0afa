"""Registering a certificate with the decision that grants it, and making its file afterwards."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from certificates import archive
from certificates.configuration import configuration
from certificates.glyphs import CannotDraw, missing_characters
from certificates.models import Certificate, NumberSequence
from certificates.rendering import render

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CertificateText:
    """What a certificate says, all but its number."""

    studio_name: str
    enterprise_name: str
    title: str
    issuer: str
    decision_number: str
    issued_on: date
    valid_until: date


def certificate_text(
    *, studio_name: str, enterprise_name: str, decision_number: str, issued_on: date
) -> CertificateText:
    """The text of a new certificate, with the title, issuer and validity that this installation chose."""
    chosen = configuration()
    return CertificateText(
        studio_name=studio_name,
        enterprise_name=enterprise_name,
        title=chosen.title,
        issuer=chosen.issuer,
        decision_number=decision_number,
        issued_on=issued_on,
        valid_until=last_day(issued_on, years=chosen.valid_years),
    )


def last_day(first_day: date, *, years: int) -> date:
    """The last day of so many years that begin on `first_day`."""
    if (first_day.month, first_day.day) == (2, 29):
        first_day += timedelta(days=1)
    return first_day.replace(year=first_day.year + years) - timedelta(days=1)


@transaction.atomic
def register(*, text: CertificateText, at: datetime) -> Certificate:
    """Give the certificate the next number of its year, in the caller's transaction.

    Numbers have no gaps: one that is taken in a transaction that fails is given to the next.
    Raises CannotDraw, taking no number, if the fonts cannot draw the text.
    """
    if missing := missing_characters(
        text.studio_name + text.enterprise_name + text.title + text.issuer + text.decision_number
    ):
        raise CannotDraw(missing)
    year = text.issued_on.year
    serial = _next_serial(year)
    number = configuration().number_format.format(year=year, serial=serial)
    return Certificate.objects.create(
        year=year, serial=serial, number=number, registered_at=at, **asdict(text)
    )


def _next_serial(year: int) -> int:
    """Take the next serial number of the year; its row stays locked until the transaction ends."""
    NumberSequence.objects.get_or_create(year=year)
    sequence = NumberSequence.objects.select_for_update().get(year=year)
    serial = sequence.next_serial
    sequence.next_serial = serial + 1
    sequence.save(update_fields=["next_serial"])
    return serial


def render_due(at: datetime) -> int:
    """Make the file of every certificate that has none yet, and return how many were made.

    Killed at any point, it leaves a certificate either without a file or with the right one: the file stands
    in the archive, under its own hash, before the row names it. A certificate that cannot be drawn is
    reported and stays due; the others are made all the same.
    """
    made = 0
    for pk in list(Certificate.objects.without_file().values_list("pk", flat=True)):
        try:
            made += _make_file(pk, at)
        except CannotDraw:
            logger.exception("certificate %s cannot be drawn", pk)
    return made


def _make_file(pk: int, at: datetime) -> int:
    """Make the file of one certificate; 1, or 0 if somebody else has made it or is making it."""
    with _claimed(pk) as certificate:
        if certificate is None:
            return 0
        content = render(certificate)
        name = archive.store(content)
        return (
            Certificate.objects.without_file()
            .filter(pk=pk)
            .update(file=name, sha256=archive.sha256_of(content), size=len(content), rendered_at=at)
        )


@contextmanager
def _claimed(pk: int) -> Iterator[Certificate | None]:
    """The certificate if it still lacks its file and nobody else is at it.

    Where the database can skip locked rows, several workers share the work. SQLite has one lock for the whole
    database, and drawing must not hold up everybody's writing: two workers may then draw the same
    certificate, make the same bytes, and the first to record them wins.
    """
    due = Certificate.objects.without_file().filter(pk=pk)
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic():
            yield due.select_for_update(skip_locked=True).first()
    else:
        yield due.first()
