"""A day at work: the clock stands still on a Wednesday, a day after the applications came in; who is signed in."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accreditation.models import User
from tests.factories import AT

NOW = AT + timedelta(days=1, hours=2)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The time is NOW; the fixture is a function that sets another one."""

    def stand_at(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    stand_at(NOW)
    return stand_at


def browser_of(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a client in which the user is signed in."""
    return browser_of


def cost_of(client: Client, address: str) -> int:
    """Return how many SQL statements a page takes; asked twice, so that what is kept for later is kept."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as statements:
        client.get(address)
    return len(statements)
