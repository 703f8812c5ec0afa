"""`manage.py signing_key`: keys are made once, put in the place of others, never shown."""

import stat
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command

from certificates.checks import check_keys
from certificates.signing import chain, key_files, tokens
from certificates.signing.files import CannotSign, KeyRefused, NoKey
from tests.certificates.test_signing import Licensed

FILES = {
    "SIGNING_KEY_FILE": "signing.key",
    "SIGNING_CHAIN_FILE": "signing.pem",
    "CREDENTIAL_KEY_FILE": "credential.jwk",
    "CREDENTIAL_KEYS_FILE": "credential-keys.json",
}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """Begin without keys, in a directory that is not there yet."""
    for setting, name in FILES.items():
        setattr(settings, setting, str(tmp_path / "keys" / name))
    return tmp_path / "keys"


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("signing_key", *arguments, stdout=out)
    return out.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES.values()}


def ids() -> list[str]:
    return [one.id for one in check_keys()]


def test_keys_are_made_once_for_their_owner_alone_and_not_shown(folder):
    said = command()
    made = contents(folder)

    assert [stat.S_IMODE((folder / name).stat().st_mode) for name in FILES.values()] == [
        0o600,
        0o644,
        0o600,
        0o644,
    ]
    assert tokens.signer().thumbprint() in said
    assert made["signing.key"].splitlines()[1].decode() not in said
    assert b'"d"' in made["credential.jwk"]
    assert b'"d"' not in made["credential-keys.json"]
    again = command()
    assert contents(folder) == made
    assert "made:" not in again


def test_the_certificate_says_that_it_is_for_trying_and_for_whom(folder):
    command("--name", "重庆市总工会")
    certificate = chain.holder().certificate
    [name] = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    public = certificate.public_key()

    assert name.value == "试用 TRIAL 重庆市总工会"
    assert certificate.issuer == certificate.subject
    assert isinstance(public, EllipticCurvePublicKey)
    assert public.curve.name == "secp256r1"
    assert chain.holder().is_trial


def test_by_default_it_is_the_issuer_and_a_name_too_long_is_cut(folder):
    command()
    assert "重庆市总工会" in chain.holder().certificate.subject.rfc4514_string()
    command("--rotate", "signing", "--name", "重" * 100)
    [name] = chain.holder().certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == "试用 TRIAL " + "重" * 17


def test_new_keys_take_the_place_of_the_old_whose_public_halves_stay(folder):
    command()
    old = chain.holder().certificate, tokens.signer().thumbprint()
    command("--rotate", "both")
    new = chain.holder().certificate, tokens.signer().thumbprint()

    assert chain.known(folder / "signing.pem") == (new[0], old[0])
    assert list(tokens.known(folder / "credential-keys.json")) == [old[1], new[1]]
    assert old != new


def test_one_key_can_be_renewed_without_the_other(folder):
    command()
    before = contents(folder)
    command("--rotate", "credential")
    after = contents(folder)

    assert [name for name in before if before[name] != after[name]] == [
        "credential.jwk",
        "credential-keys.json",
    ]


def test_a_public_key_that_was_lost_is_noted_again(folder):
    command()
    (folder / "credential-keys.json").unlink()
    command()

    assert list(tokens.known(folder / "credential-keys.json")) == [tokens.signer().thumbprint()]


def test_nothing_is_overwritten(folder):
    command()
    before = contents(folder)

    with pytest.raises(KeyRefused):
        key_files.make_signing_key("x", datetime.now(UTC))
    with pytest.raises(KeyRefused):
        key_files.make_credential_key()
    assert contents(folder) == before
    (folder / "signing.key").unlink()
    with pytest.raises(CommandError):
        command()
    assert (folder / "signing.pem").read_bytes() == before["signing.pem"]


def test_where_nothing_can_be_written_it_says_so(folder):
    folder.write_text("a file")

    with pytest.raises(CommandError, match="cannot be written"):
        command()


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("signing.key", b"nothing", "signing.key"),
        ("signing.pem", b"nothing", "is no PEM file of certificates"),
        ("signing.pem", b"", "is no PEM file of certificates"),
        ("credential-keys.json", b"{}", "is no JWK Set"),
    ],
)
def test_files_that_hold_something_else_are_named(folder, name, content, complaint):
    command()
    (folder / name).write_bytes(content)

    with pytest.raises(CannotSign, match=complaint):
        chain.holder(), tokens.known(folder / "credential-keys.json")


def test_a_certificate_of_another_key_does_not_do(folder):
    command()
    other = (folder / "signing.pem").read_bytes()
    command("--rotate", "signing")
    (folder / "signing.pem").write_bytes(other)

    with pytest.raises(NoKey, match="has no certificate of the key"):
        chain.holder()


def test_the_check_of_a_deployment_complains_of_what_is_missing_or_open_to_others(folder, settings):
    assert ids() == ["certificates.E001"]
    command()
    assert ids() == ["certificates.I001", "certificates.I002"]
    (folder / "signing.key").chmod(0o640)
    assert ids() == ["certificates.E002", "certificates.I001", "certificates.I002"]
    settings.SEAL_PROVIDER = "nowhere.Seal"
    assert ids() == ["certificates.E003"]


def test_a_licensed_seal_is_not_complained_of(folder, settings):
    command()
    settings.SEAL_PROVIDER = f"{Licensed.__module__}.Licensed"

    assert ids() == []
