"""Limits on trying: who counts as whom, and when it is enough."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from accreditation.views import throttle
from certificates.limits import client_address


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "10.0.0.1"),
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_said_is_believed(
    settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": forwarded})
    assert client_address(request) == address


def attempt(name: str, address: str = "203.0.113.9") -> bool:
    """Try a wrong password; return whether the next try would be let in."""
    request = RequestFactory().post("/login/", {"username": name}, REMOTE_ADDR=address)
    throttle.count_wrong_password(request)
    return not throttle.may_not_sign_in(request)


def test_five_wrong_passwords_close_a_name_at_an_address_only() -> None:
    assert [attempt("liuyang") for _ in range(5)] == [True] * 4 + [False]
    assert attempt("ｌｉｕｙａｎｇ ") is False
    assert attempt("mali") is True
    assert attempt("liuyang", "203.0.113.10") is True


def test_one_password_on_many_names_closes_the_address() -> None:
    assert [attempt(f"name{number}") for number in range(50)] == [True] * 49 + [False]
