"""Status lists (W3C Bitstring Status List v1.0): a bit for each certificate, published as a signed token.

Whoever has the list can tell how a certificate stands without telling us which one they ask about. Each list is
published for two purposes: in "revocation" the bit of a certificate says that it was ended, revoked or superseded, so
that nobody relies on it who knows this purpose alone; in "refresh", that another took its place.
"""

import gzip
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db.models import Max

from certificates.credentials import REFRESH, REVOCATION, VC_CONTEXT, issuer, number_of, status_list_address
from certificates.models import STATUS_LIST_LENGTH, Certificate
from certificates.signing import tokens
from certificates.standing import Standing, stands

PURPOSES = (REVOCATION, REFRESH)
TTL = timedelta(minutes=5)
"""How long a copy may be used before it is fetched again."""
LIFE = timedelta(days=7)
"""How long a saved copy says anything: those who check offline save it that often."""
BYTES = STATUS_LIST_LENGTH // 8
MULTIBASE = "u"
"""base64url without padding."""
ENDED = {REVOCATION: (Standing.REVOKED, Standing.SUPERSEDED), REFRESH: (Standing.SUPERSEDED,)}


class BadList(Exception):
    """A text that is no status list, or one that says nothing any more; the text says why."""


@dataclass(frozen=True)
class StatusList:
    """A list that was published, and until when it may be relied on."""

    number: int
    purpose: str
    bits: bytes
    made: datetime
    until: datetime

    @classmethod
    def read(cls, token: str, keys: tokens.Keys, at: datetime) -> Self:
        """Return the list that a token is, if it still says something at this time. Raises BadList."""
        try:
            claims = tokens.read(token.strip(), keys)
            subject, made = claims["credentialSubject"], datetime.fromisoformat(claims["validFrom"])
            if subject["type"] != "BitstringStatusList":
                raise BadList("it is no status list")
            found = cls(
                number_of(claims["id"]), subject["statusPurpose"], decoded(subject["encodedList"]), made,
                datetime.fromisoformat(claims["validUntil"]),
            )  # fmt: skip
        except tokens.BadToken as error:
            raise BadList(str(error)) from None
        except (AttributeError, LookupError, TypeError, ValueError, OSError, EOFError) as error:
            raise BadList(f"it cannot be read: {error}") from None
        if not found.made - TTL <= at <= found.until:  # clocks differ a little
            raise BadList(
                f"it is of {found.made:%Y-%m-%d %H:%M} and says nothing after {found.until:%Y-%m-%d %H:%M}"
            )
        return found

    def has(self, index: int) -> bool:
        """Return whether the bit is set. The first is the highest of the first byte."""
        return bool(self.bits[index // 8] >> (7 - index % 8) & 1)


def is_there(number: int) -> bool:
    """Return whether there is a list of this number; the first always is. One query."""
    newest = Certificate.objects.aggregate(newest=Max("status_list"))["newest"] or 1
    return 1 <= number <= newest


def published(number: int, purpose: str, at: datetime) -> str:
    """Return a list as it stands at this time, signed. One query. Raises NoKey.

    It says nothing of a moment that is not over: its time is the beginning of the minute, so that copies agree.
    """
    address, made = status_list_address(number, purpose), at.replace(second=0, microsecond=0)
    until = made + LIFE
    claims: dict[str, Any] = {
        "@context": [VC_CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer(),
        "validFrom": made.isoformat(),
        "validUntil": until.isoformat(),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded(_ended(number, purpose, at)),
            "ttl": TTL // timedelta(milliseconds=1),
        },
        "iss": issuer(),
        "iat": int(made.timestamp()),
        "exp": int(until.timestamp()),
    }
    return tokens.signed(claims)


def encoded(indexes: Iterable[int]) -> str:
    """Return a list in which these bits are set: gzip, base64url, multibase."""
    bits = bytearray(BYTES)
    for index in indexes:
        bits[index // 8] |= 1 << (7 - index % 8)
    packed = gzip.compress(bytes(bits), mtime=0)
    return MULTIBASE + urlsafe_b64encode(packed).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Return the bits of an encoded list. Raises ValueError, OSError or EOFError if it is none."""
    if text[:1] != MULTIBASE:
        raise ValueError("it is not in base64url")
    packed = text[1:].encode("ascii")
    bits = gzip.decompress(urlsafe_b64decode(packed + b"=" * (-len(packed) % 4)))
    if len(bits) < BYTES:
        raise ValueError("it is shorter than the standard allows")
    return bits


def _ended(number: int, purpose: str, at: datetime) -> Iterable[int]:
    """Yield the bits to be set. That a certificate expired stands in itself: the day does not matter here."""
    which = stands(ENDED[purpose][0], at)
    for one in ENDED[purpose][1:]:
        which |= stands(one, at)
    return Certificate.objects.filter(which, status_list=number).values_list("status_index", flat=True)
