"""What the tests about persons share: a reviewer's day, and who is signed in."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accreditation.models import Application, Organisation, User
from accreditation.services.substitutions import substitute
from tests.factories import AT
from workflows.models import Substitution, Task

NOW = AT + timedelta(days=1, hours=2)
TODAY = NOW.date()


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


def away(
    principal: User,
    standing_in: User,
    office: Organisation,
    *,
    first: date = TODAY,
    last: date = TODAY + timedelta(days=4),
) -> Substitution:
    """Let somebody stand in for somebody, from today for five days unless said otherwise."""
    return substitute(
        office,
        principal=principal,
        substitute=standing_in,
        starts_on=first,
        ends_on=last,
        by=principal,
        at=NOW,
        note="出差",
    )


def work_of(application: Application) -> Task:
    """Return the open work of an application."""
    return application.tasks.select_related("assignee").get(kind=Task.Kind.WORK, closed_at=None)


def naming_of(application: Application) -> Task | None:
    """Return the open request to name somebody for the application's work."""
    kind = ContentType.objects.get_for_model(Application)
    return Task.objects.filter(
        kind=Task.Kind.NAMING, content_type=kind, object_id=application.pk, closed_at=None
    ).first()


def cost_of(client: Client, address: str) -> int:
    """Return how many SQL statements a page takes; asked twice, so that what is kept for later is kept."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as statements:
        client.get(address)
    return len(statements)
