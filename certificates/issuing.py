"""Registering a certificate with the decision that grants it, and making its file afterwards."""

import logging
import secrets
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from certificates import archive, proofs
from certificates.configuration import configuration, configuration_of, layout_in_force
from certificates.glyphs import CannotDraw, missing_characters
from certificates.models import STATUS_LIST_LENGTH, Certificate, NumberSequence
from certificates.processes import spread
from certificates.rendering import render
from certificates.signing import seals
from certificates.signing.files import CannotSign

logger = logging.getLogger(__name__)

MANY = 40
"""So many must wait before processes of their own, which take a second to start, are quicker."""
MADE = ("log_proof", "file", "sha256", "size", "rendered_at")
"""What a certificate gets with its file."""


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
    joint_issuers: list[str] = field(default_factory=list)


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
        joint_issuers=list(chosen.joint_issuers),
    )


def text_of(certificate: Certificate) -> CertificateText:
    """What a certificate says, for one that is to take its place."""
    return CertificateText(**{one.name: getattr(certificate, one.name) for one in fields(CertificateText)})


def last_day(first_day: date, *, years: int) -> date:
    """The last day of so many years that begin on `first_day`."""
    if (first_day.month, first_day.day) == (2, 29):
        first_day += timedelta(days=1)
    return first_day.replace(year=first_day.year + years) - timedelta(days=1)


@transaction.atomic
def register(*, text: CertificateText, issued_for: uuid.UUID, at: datetime) -> Certificate:
    """Give the certificate the next number of its year, in the caller's transaction.

    `issued_for` is the code under which the caller knows what it is issued for.
    Numbers have no gaps: one that is taken in a transaction that fails is given to the next.
    Raises CannotDraw, taking no number, if the fonts cannot draw the text.
    """
    if missing := missing_characters(
        "".join([text.studio_name, text.enterprise_name, text.title, text.issuer, text.decision_number])
        + "".join(text.joint_issuers)
    ):
        raise CannotDraw(missing)
    year = text.issued_on.year
    serial = _next_serial(year)
    layout = layout_in_force()
    number = configuration_of(layout).number_format.format(year=year, serial=serial)
    return Certificate.objects.create(
        year=year, serial=serial, number=number, registered_at=at, issued_for=issued_for, layout=layout,
        **_status_place(), **asdict(text),
    )  # fmt: skip


def _next_serial(year: int) -> int:
    """Take the next serial number of the year; its row stays locked until the transaction ends."""
    NumberSequence.objects.get_or_create(year=year)
    sequence = NumberSequence.objects.select_for_update().get(year=year)
    serial = sequence.next_serial
    sequence.next_serial = serial + 1
    sequence.save(update_fields=["next_serial"])
    return serial


def _status_place() -> dict[str, int]:
    """A bit of the newest status list that is nobody's, by chance; a new list when that one is half full.

    The lock on the year's numbers keeps two from taking the same; the database refuses it besides.
    """
    newest = Certificate.objects.aggregate(newest=Max("status_list"))["newest"] or 1
    taken = Certificate.objects.filter(status_list=newest)
    if taken.count() >= STATUS_LIST_LENGTH // 2:
        newest, taken = newest + 1, Certificate.objects.none()
    while taken.filter(status_index=(index := secrets.randbelow(STATUS_LIST_LENGTH))).exists():
        pass
    return {"status_list": newest, "status_index": index}


def render_due(at: datetime) -> int:
    """Make the file of every certificate that has none yet, and return how many were made.

    Killed at any point, it leaves a certificate either without a file or with the right one: the file stands
    in the archive, under its own hash, before the row names it. A certificate that cannot be drawn is
    reported and stays due, one without its proof or a key waits; the others are made all the same.
    Many are spread over `settings.CERTIFICATE_PROCESSES`.
    """
    due = list(Certificate.objects.without_file().values_list("pk", flat=True))
    if len(due) < MANY or settings.CERTIFICATE_PROCESSES < 2:
        return make_files(due, at)
    return spread(make_files, due, at, processes=settings.CERTIFICATE_PROCESSES)


def make_files(keys: Sequence[int], at: datetime) -> int:
    """Make the files of these certificates, one after another; return how many were made."""
    made = 0
    waiting: dict[int, str] = {}
    for certificate in Certificate.objects.without_file().filter(pk__in=keys):
        try:
            made += _make_file(certificate, at)
        except CannotDraw:
            logger.exception("certificate %s cannot be drawn", certificate.pk)
        except (CannotSign, proofs.NoProof) as error:
            waiting[certificate.pk] = str(error)
    if waiting:
        logger.error("certificates that wait: %d (%s)", len(waiting), next(iter(waiting.values())))
    return made


def _make_file(due: Certificate, at: datetime) -> int:
    """Make the file of one certificate; 1, or 0 if it has no place in the log yet or is in others' hands."""
    seal = seals.ready(at)
    log_proof = proofs.obtain(due, at)
    if log_proof is None:
        return 0
    with _claimed(due.pk) as certificate:
        if certificate is None:
            return 0
        certificate.log_proof = log_proof
        content = seal.seal(render(certificate), dated=certificate.registered_at)
        return _keep(certificate, archive.store(content), content, at)


@transaction.atomic
def _keep(certificate: Certificate, name: str, content: bytes, at: datetime) -> int:
    """Let the row name the file that stands in the archive, and the log its hash; 0 if another was faster."""
    certificate.file, certificate.sha256 = name, archive.sha256_of(content)
    certificate.size, certificate.rendered_at = len(content), at
    kept = Certificate.objects.without_file().filter(pk=certificate.pk)
    if not kept.update(**{field: getattr(certificate, field) for field in MADE}):
        return 0
    proofs.record_file(certificate, at)
    return 1


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
