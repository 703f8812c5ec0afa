"""What is true of a certificate that somebody shows. "Valid" is said only if nothing speaks against it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.core.files.base import File

from certificates import archive, proofs
from certificates.marks import find_check_code, normal_code, normal_number
from certificates.models import Certificate
from certificates.proofs import Fault, NotChecked


class Answer(StrEnum):
    """The answers of the public page."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"  # waits for the rulings that withdraw a naming
    SUPERSEDED = "superseded"  # waits for the rulings that change one
    PENDING = "pending"  # registered; its file is being made
    UNPROVEN = "unproven"  # the log does not bear it out
    ALTERED = "altered"  # the file names a certificate and is not the archived one
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"  # the archive or the log cannot be asked: neither valid nor invalid


@dataclass(frozen=True)
class Verification:
    """An answer, the certificate it is about if there is one, and the SHA-256 of the file that was shown.

    `fault` is what does not hold of its proof in the log.
    """

    answer: Answer
    certificate: Certificate | None = None
    shown_sha256: str = ""
    fault: Fault | None = None


def lookup(check_code: str, *, at: datetime) -> Verification:
    """The answer to a check code, as typed or from the QR code."""
    certificate = find(check_code)
    if certificate is None:
        return Verification(Answer.UNKNOWN)
    if certificate.is_ready and not archive.is_intact(certificate):
        return Verification(Answer.UNAVAILABLE, certificate)
    return _standing(certificate, at)


def find(check_code: str) -> Certificate | None:
    """The certificate with this check code, as typed or from the QR code."""
    return Certificate.objects.filter(check_code=normal_code(check_code)).first()


def lookup_number(number: str, check_code: str, *, at: datetime) -> Verification:
    """The answer to a number together with its check code.

    Numbers follow one another, so a number alone tells nothing: with a wrong code the answer is the same
    as for a number that was never given.
    """
    found = lookup(check_code, at=at)
    if found.certificate is None or normal_number(found.certificate.number) != normal_number(number):
        return Verification(Answer.UNKNOWN)
    return found


def check_file(shown: File, *, at: datetime) -> Verification:
    """The answer to a certificate file. Only the very bytes that were issued can be valid.

    Another file is called altered if it carries the check code of a certificate, otherwise unknown.
    """
    digest = hashlib.sha256()
    for chunk in shown.chunks():
        digest.update(chunk)
    shown_sha256 = digest.hexdigest()
    issued = Certificate.objects.filter(sha256=shown_sha256).first()
    if issued is not None:
        return replace(_standing(issued, at), shown_sha256=shown_sha256)
    shown.seek(0)
    named = Certificate.objects.filter(check_code=find_check_code(shown.read())).first()
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
    return Verification(Answer.EXPIRED if certificate.has_expired(at) else Answer.VALID, certificate)
