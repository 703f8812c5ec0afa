"""A certificate for programs: a signed token in its file, modelled on Open Badges 3.0 and W3C VC 2.0.

It is certified by neither. The same row and key make the same token.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from certificates.models import Certificate
from certificates.proofs import place_of
from certificates.signing import tokens

FILE_NAME = "credential.jwt"
MEDIA_TYPE = "application/vc+jwt"
VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
BADGE_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
REVOCATION, REFRESH = "revocation", "refresh"
"""The purposes of status lists: whether a certificate was ended, and whether another took its place."""

Credential = dict[str, Any]


def credential_of(certificate: Certificate) -> str:
    """Return the token that goes into the certificate's file. Raises NoKey; TypeError without its log proof."""
    return tokens.signed(_claims(certificate))


def facts_of(certificate: Certificate) -> dict[str, Any]:
    """Return what is printed on the certificate, as its credential says it."""
    return {
        "number": certificate.number,
        "checkCode": certificate.check_code,
        "studio": certificate.studio_name,
        "enterprise": certificate.enterprise_name,
        "title": certificate.title,
        "issuer": certificate.issuer,
        "jointIssuers": list(certificate.joint_issuers),
        "decision": certificate.decision_number,
        "issuedOn": certificate.issued_on.isoformat(),
        "validUntil": certificate.valid_until.isoformat(),
    }


def certificate_of(claims: Credential) -> Certificate:
    """Return the certificate that a credential is of, as far as it says; no table holds it. Raises ValueError."""
    try:
        said, status = claims["certificate"], claims["credentialStatus"][0]
        return Certificate(
            public_id=UUID(claims["id"]),
            issued_for=UUID(claims["sub"]),
            number=said["number"],
            check_code=said["checkCode"],
            studio_name=said["studio"],
            enterprise_name=said["enterprise"],
            title=said["title"],
            issuer=said["issuer"],
            joint_issuers=said["jointIssuers"],
            decision_number=said["decision"],
            issued_on=date.fromisoformat(said["issuedOn"]),
            valid_until=date.fromisoformat(said["validUntil"]),
            status_list=number_of(status["statusListCredential"]),
            status_index=int(status["statusListIndex"]),
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"it is no credential of a certificate: {error}") from None


def issuer() -> str:
    """Return the address by which tokens name who signs them."""
    return settings.BASE_URL + reverse("verify")


def status_list_address(number: int, purpose: str) -> str:
    """Return where a status list is published."""
    return settings.BASE_URL + reverse("status-list", args=[number, purpose])


def number_of(address: str) -> int:
    """Return the number of the status list at an address, wherever that was. Raises LookupError or ValueError."""
    return int(address.split("/")[-2])


def _claims(certificate: Certificate) -> Credential:
    identifier, subject = certificate.public_id.urn, certificate.issued_for.urn
    begin = _midnight(certificate.issued_on)
    end = _midnight(certificate.valid_until + timedelta(days=1)) - timedelta(seconds=1)
    return {
        "@context": [VC_CONTEXT, BADGE_CONTEXT, {"@vocab": f"{issuer()}terms#"}],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "id": identifier,
        "issuer": {"id": issuer(), "type": ["Profile"], "name": certificate.issuer},
        "name": certificate.title,
        "validFrom": begin.isoformat(),
        "validUntil": end.isoformat(),
        "credentialSubject": _subject(certificate),
        "credentialStatus": [_status(certificate, REVOCATION), _status(certificate, REFRESH)],
        "evidence": _evidence(certificate),
        "certificate": facts_of(certificate),
        # The same for those who know JWT only.
        "iss": issuer(),
        "sub": subject,
        "jti": identifier,
        "nbf": int(begin.timestamp()),
        "exp": int(end.timestamp()),
    }


def _subject(certificate: Certificate) -> Credential:
    achievement = f"{issuer()}#{quote(certificate.title)}"
    return {
        "id": certificate.issued_for.urn,
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": certificate.studio_name,
                "identityType": "name",
            }
        ],
        "licenseNumber": certificate.number,
        "achievement": {
            "id": achievement,
            "type": ["Achievement"],
            "name": certificate.title,
            "description": certificate.title,
            "criteria": {"narrative": certificate.decision_number or certificate.title},
        },
    }


def _status(certificate: Certificate, purpose: str) -> Credential:
    address = status_list_address(certificate.status_list, purpose)
    return {
        "id": f"{address}#{certificate.status_index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(certificate.status_index),
        "statusListCredential": address,
    }


def _evidence(certificate: Certificate) -> list[Credential]:
    """Where the log has the decision; the proof stands beside the credential in the file."""
    place = place_of(certificate.log_proof)
    return [
        {
            "id": settings.BASE_URL + certificate.get_absolute_url(),
            "type": ["Evidence"],
            "name": "命名决定的操作记录",  # untranslated: a document in Chinese
            "log": {"leaf": place.leaf, "size": place.size, "root": place.root},
        }
    ]


def _midnight(day: date) -> datetime:
    """The beginning of a day where the issuer is."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
