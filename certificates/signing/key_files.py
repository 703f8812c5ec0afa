"""Make keys, put new ones in their place, and keep what verifies all that the old ones signed."""

from datetime import datetime, timedelta
from json import dumps
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings
from joserfc.jwk import OKPKey

from certificates.signing import chain, tokens
from certificates.signing.files import PUBLIC, SECRET, KeyRefused, alone, put

BEFORE, AFTER = timedelta(days=365), timedelta(days=3 * 365 + 180)
"""How long one is valid: from before the sample data, until after what it signs today expires."""
LONGEST = 64  # bytes of a common name (RFC 5280, as it is mostly read)


def signing_key_is_there() -> bool:
    """Return whether there is a file of the key that signs files, or of its certificate."""
    return any(Path(name).exists() for name in (settings.SIGNING_KEY_FILE, settings.SIGNING_CHAIN_FILE))


def credential_key_is_there() -> bool:
    """Return whether there is a file of the key that signs tokens."""
    return Path(settings.CREDENTIAL_KEY_FILE).exists()


def make_signing_key(holder: str, at: datetime, *, rotate: bool = False) -> x509.Certificate:
    """Make a P-256 key and its certificate for trying, signed by itself. Raises KeyRefused, NoKey.

    `rotate` puts it in the place of the present one, whose certificate stays in the file below the new one.
    """
    key_file, chain_file = Path(settings.SIGNING_KEY_FILE), Path(settings.SIGNING_CHAIN_FILE)
    with alone(chain_file, key_file):
        if signing_key_is_there() and not rotate:
            raise KeyRefused(f"{key_file} or {chain_file} is there already")
        older = chain.known(chain_file) if rotate else ()
        key = generate_private_key(SECP256R1())
        certificate = _self_signed(
            key, f"{chain.TRIAL} {holder}".encode()[:LONGEST].decode(errors="ignore"), at
        )
        # The certificate first: a key without one signs nothing, one whose certificate nobody has is lost.
        below = b"".join(one.public_bytes(Encoding.PEM) for one in older)
        put(chain_file, certificate.public_bytes(Encoding.PEM) + below, PUBLIC)
        put(key_file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), SECRET)
        return certificate


def make_credential_key(*, rotate: bool = False) -> OKPKey:
    """Make the Ed25519 key that signs tokens. Raises KeyRefused, NoKey.

    Its public half joins those in CREDENTIAL_KEYS_FILE before it is used.
    """
    key_file, keys_file = Path(settings.CREDENTIAL_KEY_FILE), Path(settings.CREDENTIAL_KEYS_FILE)
    with alone(keys_file, key_file):
        if credential_key_is_there() and not rotate:
            raise KeyRefused(f"{key_file} is there already")
        key = OKPKey.generate_key("Ed25519")
        _remember(key)
        put(key_file, dumps(key.as_dict(private=True)).encode(), SECRET)
        return key


def remember_credential_key() -> None:
    """Put the public half of the present key into CREDENTIAL_KEYS_FILE if it is not there. Raises KeyRefused, NoKey."""
    with alone(Path(settings.CREDENTIAL_KEYS_FILE)):
        _remember(tokens.signer())


def _remember(key: OKPKey) -> None:
    path = Path(settings.CREDENTIAL_KEYS_FILE)
    known = tokens.known(path) if path.exists() else {}
    if key.thumbprint() not in known:
        put(path, tokens.as_text({**known, key.thumbprint(): key}).encode(), PUBLIC)


def _self_signed(key: chain.EllipticCurvePrivateKey, name: str, at: datetime) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BEFORE)
        .not_valid_after(at + AFTER)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, SHA256())
    )
