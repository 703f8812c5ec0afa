"""How a certificate stands by its row and its ending alone: what the register shows, and what a proof is held against.

A certificate that is replaced goes on until the file of its successor is made: nobody is left without one that holds.
"""

from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone

from certificates.models import Certificate, Ending


class Standing(StrEnum):
    """How a certificate stands; the first that holds."""

    PENDING = "pending"  # registered; its file is being made
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    VALID = "valid"


def ending_of(certificate: Certificate) -> Ending | None:
    """How a certificate was ended, if it was, whether or not that counts yet. One query, unless it was joined."""
    return getattr(certificate, "ending", None)


def counting(certificate: Certificate) -> Certificate:
    """The certificate that counts: this one, or while its file is being made the one whose place it will take.

    Two queries where it waits, unless `predecessor_ending__certificate` was joined.
    """
    replacing = None if certificate.is_ready else getattr(certificate, "predecessor_ending", None)
    return replacing.certificate if replacing else certificate


def standing(certificate: Certificate, at: datetime) -> Standing:
    """How a certificate stands at a moment. Two queries, unless `ending__successor` was joined."""
    if not certificate.is_ready:
        return Standing.PENDING
    ending = ending_of(certificate)
    if ending and ending.successor is None:
        return Standing.REVOKED
    if ending and ending.successor and ending.successor.is_ready:
        return Standing.SUPERSEDED
    return Standing.EXPIRED if certificate.has_expired(at) else Standing.VALID


def stands(which: Standing, at: datetime, path: str = "") -> Q:
    """The certificates that stand so at a moment. `path` leads from what is asked to them: "certificate__"."""
    today: date = timezone.localdate(at)
    ready = ~Q(**{f"{path}sha256": ""})
    revoked = Q(**{f"{path}ending__kind": Ending.Kind.REVOKED})
    followed = Q(**{f"{path}ending__kind": Ending.Kind.SUPERSEDED}) & ~Q(
        **{f"{path}ending__successor__sha256": ""}
    )
    going = ready & (Q(**{f"{path}ending": None}) | Q(**{f"{path}ending__successor__sha256": ""}))
    return {
        Standing.PENDING: Q(**{f"{path}sha256": ""}),
        Standing.REVOKED: ready & revoked,
        Standing.SUPERSEDED: ready & followed,
        Standing.EXPIRED: going & Q(**{f"{path}valid_until__lt": today}),
        Standing.VALID: going & Q(**{f"{path}valid_until__gte": today}),
    }[which]
