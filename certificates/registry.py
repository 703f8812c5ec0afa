"""What is true of a certificate that somebody shows. "Valid" is said only if nothing speaks against it.

Of several answers the first that holds is given: altered, unknown · pending · unavailable · unproven · revoked ·
superseded · expired · valid. One that has ended need not have its file any more to be called so. Whatever cannot be
read (the database, the archive, the log) makes the answer unavailable.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import ParamSpec

from django.core.files.base import File
from django.db.models import QuerySet

from certificates import archive, proofs
from certificates.marks import find_check_code, normal_code, normal_number
from certificates.models import Certificate, Ending
from certificates.proofs import Fault, NotChecked
from certificates.standing import Standing, ending_of, standing

Asked = ParamSpec("Asked")
logger = logging.getLogger(__name__)


class Answer(StrEnum):
    """The answers of the public page."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"  # another has taken its place, and is made
    PENDING = "pending"  # registered; its file is being made
    UNPROVEN = "unproven"  # the log does not bear it out
    ALTERED = "altered"  # the file names a certificate and is not the archived one
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"  # the archive or the log cannot be asked: neither valid nor invalid


@dataclass(frozen=True)
class Verification:
    """An answer, the certificate it is about if there is one, and the SHA-256 of the file that was shown.

    `fault` is what does not hold of its proof in the log. Without a certificate an answer that is unavailable means
    that the database cannot be asked at all.
    """

    answer: Answer
    certificate: Certificate | None = None
    shown_sha256: str = ""
    fault: Fault | None = None

    @property
    def ending(self) -> Ending | None:
        """How the certificate was revoked or superseded, where that is the answer."""
        if self.certificate is None or self.answer not in (Answer.REVOKED, Answer.SUPERSEDED):
            return None
        return ending_of(self.certificate)


def _unless_unreadable(answer: Callable[Asked, Verification]) -> Callable[Asked, Verification]:
    """Answer that nothing can be said where anything fails on the way: the database, the archive, the log, or a row
    that somebody wrote behind our back and that cannot be read for what it should be."""

    @wraps(answer)
    def asked(*args: Asked.args, **named: Asked.kwargs) -> Verification:
        try:
            return answer(*args, **named)
        except (
            Exception
        ):  # each database and each storage has errors of its own, and none may look like an answer
            logger.exception("the status of a certificate cannot be read")
            return Verification(Answer.UNAVAILABLE)

    return asked


@_unless_unreadable
def lookup(check_code: str, *, at: datetime) -> Verification:
    """The answer to a check code, as typed or from the QR code."""
    certificate = find(check_code)
    if certificate is None:
        return Verification(Answer.UNKNOWN)
    needs_file = certificate.is_ready and ending_of(certificate) is None
    if needs_file and not archive.is_intact(certificate):
        return Verification(Answer.UNAVAILABLE, certificate)
    return _standing(certificate, at)


def find(check_code: str) -> Certificate | None:
    """The certificate with this check code, as typed or from the QR code."""
    return _known().filter(check_code=normal_code(check_code)).first()


def _known() -> QuerySet[Certificate]:
    return Certificate.objects.select_related("ending__successor", "layout")


@_unless_unreadable
def lookup_number(number: str, check_code: str, *, at: datetime) -> Verification:
    """The answer to a number together with its check code.

    Numbers follow one another, so a number alone tells nothing: with a wrong code the answer is the same
    as for a number that was never given.
    """
    found = lookup(check_code, at=at)
    if found.certificate is None:
        return found
    is_its_own = normal_number(found.certificate.number) == normal_number(number)
    return found if is_its_own else Verification(Answer.UNKNOWN)


def newest(superseded: Certificate) -> Certificate:
    """The last of those that took the place of a certificate one after the other, and are made."""
    last, met = superseded, {superseded.pk}
    while newer := _known().filter(predecessor_ending__certificate=last).exclude(sha256="").first():
        if newer.pk in met:  # only rows that were slipped in go round in a circle
            break
        last = newer
        met.add(newer.pk)
    return last


@_unless_unreadable
def check_file(shown: File, *, at: datetime) -> Verification:
    """The answer to a certificate file. Only the very bytes that were issued can be valid.

    Another file is called altered if it carries the check code of a certificate, otherwise unknown.
    """
    digest = hashlib.sha256()
    for chunk in shown.chunks():
        digest.update(chunk)
    shown_sha256 = digest.hexdigest()
    issued = _known().filter(sha256=shown_sha256).first()
    if issued is not None:
        return replace(_standing(issued, at), shown_sha256=shown_sha256)
    shown.seek(0)
    named = find(find_check_code(shown.read()))
    return Verification(Answer.ALTERED if named else Answer.UNKNOWN, named, shown_sha256)


def _standing(certificate: Certificate, at: datetime) -> Verification:
    """What the register and the log say of a certificate at this moment."""
    if not certificate.is_ready:
        return Verification(Answer.PENDING, certificate)
    try:
        fault = proofs.fault_of(certificate)
    except NotChecked:
        return Verification(Answer.UNAVAILABLE, certificate)
    if fault:
        return Verification(Answer.UNPROVEN, certificate, fault=fault)
    return Verification(SAID[standing(certificate, at)], certificate)


SAID = {
    Standing.PENDING: Answer.PENDING,
    Standing.REVOKED: Answer.REVOKED,
    Standing.SUPERSEDED: Answer.SUPERSEDED,
    Standing.EXPIRED: Answer.EXPIRED,
    Standing.VALID: Answer.VALID,
}
