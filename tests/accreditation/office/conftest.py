"""What the tests of the office's pages share: the hour of the day, and somebody signed in."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accreditation.models import User
from tests.factories import AT, cast, city, member


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time that pages read."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(AT)
    return set_to


@pytest.fixture
def chief() -> User:
    """Somebody who decides and manages at the city."""
    cast()
    return member(city(), "decide", "manage", username="chief", name="陈立言")


@pytest.fixture
def at_city(chief: User) -> Client:
    """The chief's browser."""
    return browser_of(chief)


def browser_of(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def cost_of(client: Client, address: str) -> int:
    """Return how many SQL statements a page takes; asked twice, so that what is kept for later is kept."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as statements:
        client.get(address)
    return len(statements)
