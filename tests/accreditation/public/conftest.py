"""What the tests of the public pages share: the hour of the day, and studios that have been named."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from accreditation.models import Application, NamingDecision
from accreditation.services import naming
from accreditation.states import State
from certificates.issuing import render_due
from tests import factories
from tests.crowd import applications_in
from tests.factories import AT, application_in, cast

SIGNED = AT + timedelta(days=45)
"""When the naming decision is signed."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time that pages read."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(AT)
    return set_to


def name_them(applications: list[Application], number: str = "渝工发〔2026〕18号") -> NamingDecision:
    """Name applications whose notice has ended, and register their certificates."""
    decision = naming.name_studios(
        cycle=applications[0].cycle,
        applications=applications,
        number=number,
        title="关于命名2026年度重庆市劳模创新工作室的决定",
        signed_on=date(2026, 10, 16),
        by=factories.user("city_decider"),
        at=SIGNED,
    )
    naming.issue_due_certificates(SIGNED)
    return decision


def named(*leaders: str, mark: str = "") -> NamingDecision:
    """Name the studios of these leaders, all of one enterprise."""
    ended = [application_in(State.NOTICE_ENDED, cast(mark), leader_name=name) for name in leaders]
    return name_them(ended, number=f"渝工发〔2026〕{leaders[0]}号")


def named_many(count: int) -> NamingDecision:
    """Name so many studios by one decision."""
    leaders = [f"领军人{number}" for number in range(count)]
    return name_them(applications_in(State.NOTICE_ENDED, leaders), number="渝工发〔2026〕28号")


def with_files() -> None:
    """Make the certificates' files."""
    render_due(SIGNED)
