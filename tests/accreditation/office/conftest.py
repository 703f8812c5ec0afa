"""What the tests of the office's pages share: the hour of the day, and somebody signed in."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accreditation.models import User
from tests.accreditation.at_work import browser_of, cost_of
from tests.factories import AT, cast, city, member

__all__ = ["at_city", "browser_of", "chief", "clock", "cost_of"]


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
