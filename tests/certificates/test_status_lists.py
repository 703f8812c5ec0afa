"""The status lists, and what else is published for those who verify by themselves."""

import gzip
import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.core.cache import cache
from django.test import Client

from certificates import views_published
from certificates.models import Certificate, Ending
from certificates.signing import chain, tokens
from certificates.signing.key_files import make_credential_key
from certificates.status_lists import LIFE, BadList, StatusList, decoded, encoded
from certificates.status_lists import published as list_of
from tests.certificates.conftest import AT

pytestmark = pytest.mark.django_db
KEYS = tokens.known(Path(__file__).parent / "keys" / "credential-keys.json")


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    cache.clear()


def end(certificate: Certificate, successor: Certificate | None = None) -> None:
    """End a certificate: for a reason, or for another."""
    kind = Ending.Kind.SUPERSEDED if successor else Ending.Kind.REVOKED
    Ending.objects.create(
        certificate=certificate,
        kind=kind,
        ended_on=AT.date(),
        reason="更正",
        successor=successor,
        recorded_at=AT,
    )


def said_of(certificate: Certificate) -> tuple[bool, bool]:
    """Return what the two lists say of a certificate: whether it ended, whether another took its place."""
    lists = [
        StatusList.read(list_of(certificate.status_list, purpose, AT), KEYS, AT)
        for purpose in ("revocation", "refresh")
    ]
    return lists[0].has(certificate.status_index), lists[1].has(certificate.status_index)


def test_valid_revoked_and_superseded_certificates_have_different_bits(made):
    valid, revoked, old, new = made(), made(), made(), made()
    end(revoked)
    end(old, new)

    assert [said_of(one) for one in (valid, revoked, old, new)] == [
        (False, False),
        (True, False),
        (True, True),
        (False, False),
    ]


def test_one_is_not_superseded_before_the_file_of_its_successor_is_made(made, registered):
    old, new = made(), registered()
    end(old, new)

    assert said_of(old) == (False, False)


def test_the_list_is_as_the_standard_says(made, settings):
    one = made()
    end(one)
    claims = tokens.read(list_of(1, "revocation", AT), KEYS)
    subject = claims["credentialSubject"]
    bits = gzip.decompress(urlsafe_b64decode(subject["encodedList"][1:] + "=="))

    assert claims["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert claims["id"] == f"{settings.BASE_URL}/verify/status/1/revocation"
    assert (subject["type"], subject["statusPurpose"], subject["ttl"]) == (
        "BitstringStatusList",
        "revocation",
        300_000,
    )
    assert (subject["encodedList"][0], len(bits)) == ("u", 16384)
    assert bits[one.status_index // 8] == 128 >> one.status_index % 8
    assert sum(bits) == bits[one.status_index // 8]


def test_the_list_is_read_in_one_query_however_many_are_ended(made, django_assert_num_queries):
    for _count in range(3):
        end(made())

    with django_assert_num_queries(1):
        list_of(1, "revocation", AT)


def test_bits_survive_packing():
    bits = decoded(encoded([0, 7, 8, 131071]))

    assert (bits[0], bits[1], bits[-1], sum(bits)) == (129, 128, 1, 129 + 128 + 1)


@pytest.mark.parametrize("text", ["", "u", "zAAAA", "uAAAA", "u" + encoded([])[2:]])
def test_what_is_no_list_is_refused(text):
    with pytest.raises((ValueError, OSError, EOFError)):
        decoded(text)


def test_a_saved_list_speaks_for_a_week(made):
    text = list_of(1, "revocation", AT)

    assert StatusList.read(text, KEYS, AT + LIFE).made == AT
    for time in (AT + LIFE + timedelta(seconds=1), AT - timedelta(minutes=6)):
        with pytest.raises(BadList, match="says nothing after"):
            StatusList.read(text, KEYS, time)


def test_a_list_of_another_key_and_another_token_of_ours_are_no_list(made, settings, tmp_path):
    one = made()
    files = (tmp_path / "key", tmp_path / "keys")
    settings.CREDENTIAL_KEY_FILE, settings.CREDENTIAL_KEYS_FILE = map(str, files)
    make_credential_key()
    stranger = list_of(1, "revocation", AT)

    with pytest.raises(BadList, match="none of the known keys"):
        StatusList.read(stranger, KEYS, AT)
    with pytest.raises(BadList):
        StatusList.read(tokens.signed({"id": str(one.public_id)}), tokens.known(files[1]), AT)


def test_the_addresses_answer_everybody_and_may_be_kept():
    client = Client()
    answers = {
        name: client.get(f"/verify/{name}")
        for name in ("keys.json", "chain.pem", "status/1/revocation", "status/1/refresh")
    }

    assert {answer.status_code for answer in answers.values()} == {200}
    assert {answer["Cache-Control"] for answer in answers.values()} == {"public, max-age=300"}
    assert {answer["Access-Control-Allow-Origin"] for answer in answers.values()} == {"*"}
    assert [one["kid"] for one in json.loads(answers["keys.json"].content)["keys"]] == list(KEYS)
    assert "d" not in json.loads(answers["keys.json"].content)["keys"][0]
    assert tuple(x509.load_pem_x509_certificates(answers["chain.pem"].content)) == chain.holder().chain
    assert tokens.read(answers["status/1/refresh"].content.decode(), KEYS)["id"].endswith("/refresh")


@pytest.mark.parametrize("name", ["status/0/revocation", "status/2/revocation", "status/1/suspension"])
def test_a_list_that_there_is_not_is_not_found(name):
    assert Client().get(f"/verify/{name}").status_code == 404


def test_nothing_is_served_unsigned(settings, tmp_path):
    settings.CREDENTIAL_KEY_FILE = settings.SIGNING_CHAIN_FILE = str(tmp_path / "none")
    answers = [Client().get(f"/verify/{name}") for name in ("keys.json", "chain.pem", "status/1/revocation")]

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}


def test_who_asks_too_often_waits(monkeypatch):
    monkeypatch.setattr(views_published, "ASKED", views_published.Limit("few", most=2, seconds=60))
    answers = [Client().get("/verify/keys.json") for _count in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"


def test_they_are_only_read():
    assert Client().post("/verify/keys.json").status_code == 405
