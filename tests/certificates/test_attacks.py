"""Requests as nobody sends them by mistake, to everything public: each gets an answer, and none is an error."""

from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from certificates.limits import CODES, client_network

ODD = (
    "", "A\0B", "٣" * 16, "０" * 16, "\ufffd\u202e", "'; DROP TABLE x; --", "\r\nSet-Cookie: a=b", "A" * 5000,
    "9" * 5000, "../../etc/passwd", "a " * 30,
)  # fmt: skip
METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")


@pytest.fixture
def client() -> Client:
    cache.clear()
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_words_in_addresses_fields_and_files_are_answered(client, made, odd: str) -> None:
    one, part = made(), quote(odd, safe="")
    addresses = [f"/verify/c/{part}/", f"/verify/c/{part}/status.json", f"/verify/c/{part}/log-proof.json"]
    addresses += [f"/verify/status/{part}/revocation", f"/verify/status/1/{part}"]
    assert {getattr(client, how)(address).status_code for how in METHODS for address in addresses} <= {
        404,
        405,
    }

    for address in ("/verify/", "/verify/check.json"):
        for sent in (
            {"number": odd, "check_code": odd},
            {"number": one.number, "check_code": odd},
            {"number": odd, "check_code": one.check_code},
            {"by_file": "1", "file": odd},
            {"by_file": "1", "file": SimpleUploadedFile(odd or "x", f"wuhao-certificate:{odd}".encode())},
        ):
            answer = client.post(address, sent)
            assert answer.status_code in (200, 400, 404), (address, sent)
            assert "Set-Cookie" not in answer.headers.get("Location", "")
            assert b'"valid"' not in answer.content


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.django_db
def test_odd_words_in_the_register_are_answered(client, odd: str) -> None:
    for address in ("/register/", "/register.csv", "/register.json", "/register.xlsx"):
        for field in ("q", "district", "industry", "level", "year", "state", "sort", "page"):
            answer = client.get(address, {field: odd})
            assert (answer.status_code, b"".join(answer) != b"") == (200, True)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_who_has_many_addresses_is_one_visitor(address: str, network: str) -> None:
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=address)) == network


@pytest.mark.parametrize("told", ["10.0.0.{0}", "10.0.0.{0}, 10.0.1.{0}", "{0}", "\0{0}", "2001:db8::{0}"])
@pytest.mark.django_db
def test_no_header_of_the_visitors_own_begins_the_count_anew(client, monkeypatch, told: str) -> None:
    monkeypatch.setitem(vars(CODES), "most", 3)
    address = reverse("verify-certificate", args=["0" * 16])
    answers = [
        client.get(
            address, headers={"x-forwarded-for": told.format(number), "x-real-ip": told.format(number)}
        )
        for number in range(5)
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429, 429]
    assert client.head(address).status_code == 429
