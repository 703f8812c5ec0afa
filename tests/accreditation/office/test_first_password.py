"""A password that a manager has seen opens only the page where it is changed."""

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.services.accounts import NewAccount, add_new_member
from tests.factories import AT, city
from workflows.actors import SYSTEM

pytestmark = pytest.mark.django_db
OWN = "tian-gong-2026-wu"


@pytest.fixture
def account() -> NewAccount:
    return add_new_member(city(), username="xinren", name="新人", by=SYSTEM, at=AT)


@pytest.fixture
def browser(client: Client, account: NewAccount) -> Client:
    signed_in = client.post(reverse("login"), {"username": "xinren", "password": account.password})
    assert signed_in.status_code == 302
    return client


@pytest.mark.parametrize("name", ["home", "desk", "register", "account", "offices"])
def test_every_page_leads_to_the_change_of_the_password(browser: Client, name: str) -> None:
    answer = browser.get(reverse(name))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("password_change"))


def test_once_it_is_ones_own_everything_is_open(browser: Client, account: NewAccount) -> None:
    browser.post(
        reverse("password_change"),
        {"old_password": account.password, "new_password1": OWN, "new_password2": OWN},
    )
    account.user.refresh_from_db()
    assert (account.user.has_first_password, browser.get(reverse("account")).status_code) == (False, 200)


def test_one_can_leave_without_changing_it(browser: Client) -> None:
    assert browser.post(reverse("logout")).headers["Location"] == reverse("home")
