"""What the tests of notifications share: a clock that stands still, and what somebody has been told."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accreditation.models import User
from accreditation.queries.notifications import Message, messages_of, readable
from accreditation.scope import offices_of
from tests.factories import AT
from workflows.notifications.fan_out import fan_out

NOW = AT + timedelta(days=1, hours=2)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The time is NOW; the fixture is a function that sets another one."""

    def stand_at(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    stand_at(NOW)
    return stand_at


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a client in which the user is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def messages(user: User, at: datetime = NOW) -> list[Message]:
    """Return the user's messages, the newest first, after everybody has been told of everything."""
    fan_out(at)
    return messages_of(user, readable(user, at), offices_of(user))


def told(user: User, at: datetime = NOW) -> list[tuple[str, str]]:
    """Return the user's messages as (action, reason), the oldest first."""
    return [(one.notification.event.action, one.notification.reason) for one in reversed(messages(user, at))]
