"""The key that signs files, and its certificate with those that stand behind it; older ones below them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from certificates.signing.files import CannotSign, NoKey, State, content_of, state_of

TRIAL = "试用 TRIAL"  # untranslated: part of a certificate, whoever reads it
"""Stands in the subject of a certificate that was made for trying."""
Chain = tuple[x509.Certificate, ...]


@dataclass(frozen=True)
class Holder:
    """A key with its certificate, and the certificates by which that was issued."""

    key: EllipticCurvePrivateKey
    chain: Chain

    @property
    def certificate(self) -> x509.Certificate:
        """The one that the key belongs to."""
        return self.chain[0]

    @property
    def is_trial(self) -> bool:
        """Whether the certificate was made for trying, by `manage.py signing_key`."""
        return TRIAL in self.certificate.subject.rfc4514_string()

    def check(self, at: datetime) -> None:
        """Raise CannotSign if the certificate is not valid at this time."""
        begin, end = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if not begin <= at <= end:
            raise CannotSign(f"{settings.SIGNING_CHAIN_FILE}: the certificate is valid from {begin} to {end}")


def holder() -> Holder:
    """Return the key and the chain of this installation, read once as long as the files stay. Raises NoKey."""
    return _holder(state_of(Path(settings.SIGNING_KEY_FILE)), state_of(Path(settings.SIGNING_CHAIN_FILE)))


def known(path: Path) -> Chain:
    """Return the certificates of a PEM file, in their order. Raises NoKey."""
    return _certificates(state_of(path))


@lru_cache(maxsize=4)
def _holder(key_file: State, chain_file: State) -> Holder:
    key_path, chain_path = key_file[0], chain_file[0]
    try:
        key = load_pem_private_key(content_of(Path(key_path)), password=None)
    except (ValueError, TypeError) as error:
        raise NoKey(f"{key_path}: {error}") from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise NoKey(f"{key_path} is no key on the curve P-256")
    certificates = _certificates(chain_file)
    for certificate in certificates:
        if certificate.public_key() == key.public_key():
            return Holder(key, (certificate, *_issuers(certificate, certificates)))
    raise NoKey(f"{chain_path} has no certificate of the key in {key_path}")


@lru_cache(maxsize=4)
def _certificates(file: State) -> Chain:
    try:
        return tuple(x509.load_pem_x509_certificates(content_of(Path(file[0]))))
    except ValueError as error:
        raise NoKey(f"{file[0]} is no PEM file of certificates: {error}") from None


def _issuers(certificate: x509.Certificate, among: Sequence[x509.Certificate]) -> Iterator[x509.Certificate]:
    """Yield the issuer, its issuer, and so on, as far as they are there."""
    passed = [certificate]
    while found := next((one for one in among if one not in passed and _has_issued(one, passed[-1])), None):
        yield found
        passed.append(found)


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Return whether the one issued the other."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
