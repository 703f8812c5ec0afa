"""The signed data in a certificate's file."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc.jwk import OKPKey

from certificates.credentials import certificate_of, credential_of, facts_of
from certificates.signing import key_files, tokens
from certificates.signing.files import NoKey
from certificates.signing.tokens import BadToken
from tests.certificates.test_rendering import CODE, certificate

KEYS = Path(__file__).parent / "keys" / "credential-keys.json"


def part(token: str, number: int) -> dict:
    """Return one of the parts of a token, as those read it who have no library for it."""
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@pytest.fixture(scope="module")
def token() -> str:
    return credential_of(certificate())


def test_it_says_what_is_printed_in_the_words_of_the_standards(token, settings):
    said = part(token, 1)
    base = settings.BASE_URL

    assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert said["@context"][:2] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert said["issuer"] == {"id": f"{base}/verify/", "type": ["Profile"], "name": "重庆市总工会"}
    assert (said["validFrom"], said["validUntil"]) == (
        "2026-10-16T00:00:00+08:00",
        "2029-10-15T23:59:59+08:00",
    )
    assert said["credentialSubject"]["achievement"]["name"] == "重庆市劳模创新工作室"
    assert said["credentialSubject"]["identifier"][0]["identityHash"] == "米钰林劳模创新工作室"
    assert said["credentialSubject"]["licenseNumber"] == "渝劳模创〔2026〕第0001号"
    assert said["evidence"][0]["id"] == f"{base}/verify/c/{CODE}/"
    assert said["evidence"][0]["log"]["leaf"] == 41
    assert said["certificate"] == facts_of(certificate())


def test_it_names_its_bit_in_the_two_status_lists(token, settings):
    base = settings.BASE_URL

    assert [
        (one["type"], one["statusPurpose"], one["statusListIndex"], one["statusListCredential"])
        for one in part(token, 1)["credentialStatus"]
    ] == [
        ("BitstringStatusListEntry", "revocation", "4711", f"{base}/verify/status/1/revocation"),
        ("BitstringStatusListEntry", "refresh", "4711", f"{base}/verify/status/1/refresh"),
    ]


def test_those_who_know_jwt_only_read_the_same(token):
    said = part(token, 1)

    assert (said["iss"], said["jti"], said["sub"]) == (
        said["issuer"]["id"],
        said["id"],
        said["credentialSubject"]["id"],
    )
    assert (said["nbf"], said["exp"]) == (1792080000, 1886774399)


def test_it_is_signed_with_the_key_that_is_published(token):
    [kid] = json.loads(KEYS.read_text())["keys"]

    assert part(token, 0) == {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": kid["kid"]}
    assert tokens.read(token, tokens.known(KEYS)) == part(token, 1)


def test_a_library_that_knows_nothing_of_tokens_finds_the_signature_good(token):
    [published] = json.loads(KEYS.read_text())["keys"]
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(published["x"] + "="))
    signed, _dot, signature = token.rpartition(".")

    public.verify(base64.urlsafe_b64decode(signature + "=="), signed.encode())


def test_the_same_row_and_key_make_the_same_token():
    one = certificate()

    assert credential_of(one) == credential_of(one)


def test_the_certificate_is_read_back_from_it(token):
    found = certificate_of(tokens.read(token, tokens.known(KEYS)))
    drawn = certificate()

    assert facts_of(found) == facts_of(drawn)
    assert (found.issued_for, found.status_list, found.status_index) == (drawn.issued_for, 1, 4711)


@pytest.mark.parametrize("missing", ["certificate", "id", "sub", "credentialStatus"])
def test_another_token_of_ours_is_no_credential(token, missing):
    said = part(token, 1)
    del said[missing]

    with pytest.raises(ValueError, match="it is no credential of a certificate"):
        certificate_of(said)


def test_a_changed_token_is_refused(token):
    header, payload, signature = token.split(".")
    other = payload[:-2] + ("A" if payload[-2] != "A" else "B") + payload[-1]

    for text in (f"{header}.{other}.{signature}", f"{header}.{payload}.", header, "", "a.b.c", "号"):
        with pytest.raises(BadToken):
            tokens.read(text, tokens.known(KEYS))


def test_a_token_of_another_key_or_kind_is_refused(token):
    stranger = OKPKey.generate_key("Ed25519")
    unsigned = ".".join(
        [_packed({"alg": "none", "kid": next(iter(tokens.known(KEYS)))}), token.split(".")[1], ""]
    )

    with pytest.raises(BadToken, match="none of the known keys"):
        tokens.read(token, {stranger.thumbprint(): stranger})
    with pytest.raises(BadToken):
        tokens.read(unsigned, tokens.known(KEYS))


def _packed(document: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


@pytest.fixture
def own_files(settings, tmp_path) -> Path:
    settings.CREDENTIAL_KEY_FILE = str(tmp_path / "keys" / "credential.jwk")
    settings.CREDENTIAL_KEYS_FILE = str(tmp_path / "keys" / "credential-keys.json")
    return tmp_path / "keys"


def test_what_an_old_key_signed_still_verifies_after_a_new_one_took_its_place(own_files, settings):
    key_files.make_credential_key()
    one = certificate()
    before = credential_of(one)
    key_files.make_credential_key(rotate=True)
    after = credential_of(one)
    known = tokens.known(Path(settings.CREDENTIAL_KEYS_FILE))

    assert part(before, 0)["kid"] != part(after, 0)["kid"]
    assert [tokens.read(one, known)["id"] for one in (before, after)] == [one.public_id.urn] * 2


def test_without_a_key_or_with_another_kind_of_key_nothing_is_signed(own_files):
    with pytest.raises(NoKey, match="signing_key makes it"):
        credential_of(certificate())
    own_files.mkdir()
    for content in ("", "{}", '{"kty": "OKP", "crv": "X25519", "x": "AA"}', KEYS.read_text()):
        (own_files / "credential.jwk").write_text(content)
        with pytest.raises(NoKey):
            credential_of(certificate())
