"""Every event is told once: whatever is rolled back, killed, late, or run twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from threading import Event as Signal
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accreditation.models import Organisation, User
from tests import factories
from tests.factories import AT
from workflows.engine import record
from workflows.event_queue import EventQueue
from workflows.models import Delivery, Event, Notification, ReadThrough, Told, Webhook
from workflows.notifications import fan_out as module
from workflows.notifications.audience import Addressee, Audience
from workflows.notifications.fan_out import fan_out

pytestmark = pytest.mark.django_db
HERE = "tests.workflows.test_notifications_fan_out"


class Killed(BaseException):
    """The worker is gone: nothing may catch this."""


def to_everybody(event: Event, at: datetime) -> Audience:
    """Tell every user and every office, of what is called "told"."""
    if event.action != "told":
        return Audience()
    people = [Addressee(user.pk, "test") for user in User.objects.order_by("pk")]
    return Audience(people, frozenset(Organisation.objects.values_list("pk", flat=True)))


def failing_for_the_second(event: Event, at: datetime) -> Audience:
    if event.action == "told" and Event.objects.filter(action="told", pk__lt=event.pk).count() == 1:
        raise ValueError("this one cannot be told")
    return to_everybody(event, at)


@pytest.fixture(autouse=True)
def _audience(settings: Any) -> None:
    settings.NOTIFICATION_AUDIENCE = f"{HERE}.to_everybody"


def somebody(username: str = "reader") -> User:
    return User.objects.create_user(username=username, name="读者")


def happen(count: int = 1, action: str = "told") -> list[Event]:
    """Append events to the city's stream, one transaction each."""
    factories.city()
    events = []
    for _number in range(count):
        with transaction.atomic():
            city = Organisation.objects.select_for_update(of=("self",)).get(code="CQ")
            events.append(record(city, action, by=factories.SYSTEM, at=AT, office=city))
    return events


def told_of() -> list[int]:
    return list(Notification.objects.order_by("event").values_list("event", flat=True))


def mark_after_others(newest: int) -> bool:
    """Fan out until the mark has reached an event: it waits for whatever transactions the server still runs."""
    for _round in range(300):
        fan_out(AT)
        if ReadThrough.objects.get().event_id == newest:
            return True
        sleep(0.1)
    return False


def test_each_event_is_told_once_however_often_it_is_run() -> None:
    somebody()
    events = happen(3)
    assert fan_out(AT) == Event.objects.count()
    assert fan_out(AT) == 0
    assert told_of() == [event.pk for event in events]
    later = happen(1)
    assert fan_out(AT) == 1
    assert told_of() == [event.pk for event in [*events, *later]]


def test_a_notification_keeps_the_time_of_its_event_and_is_new() -> None:
    reader = somebody()
    happen(1)
    fan_out(AT)
    row = Notification.objects.get()
    assert (row.user, row.reason, row.at, row.read_at, row.mailed_at) == (reader, "test", AT, None, None)


def test_webhooks_that_are_in_use_get_a_delivery_of_what_happens_after_they_were_added() -> None:
    reader = somebody()
    office = factories.city()
    given = {"office": office, "url": "https://example.com", "secret": "x", "made_by": reader}
    running = Webhook.objects.create(name="1", made_at=AT, **given)
    Webhook.objects.create(name="2", made_at=AT, ended_at=AT, **given)
    Webhook.objects.create(name="3", made_at=AT + factories.STEP, **given)
    event = happen(1)[0]
    fan_out(AT)
    assert [(one.webhook, one.event, one.due_at) for one in Delivery.objects.all()] == [(running, event, AT)]


def test_what_was_rolled_back_is_never_told() -> None:
    somebody()
    factories.city()
    fan_out(AT)

    @transaction.atomic
    def happen_and_die() -> None:
        happen(1)
        raise Killed

    with pytest.raises(Killed):
        happen_and_die()
    assert fan_out(AT) == 0
    assert told_of() == []


@pytest.mark.parametrize(("owner", "place"), [(module, "_write"), (EventQueue, "move")])
def test_a_worker_killed_half_way_leaves_the_batch_untold_and_the_next_round_tells_it(
    owner: Any, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody()
    events = happen(3)
    whole = getattr(owner, place)

    def killed(*args: Any) -> None:
        whole(*args)
        raise Killed

    monkeypatch.setattr(owner, place, killed)
    with pytest.raises(Killed):
        fan_out(AT)
    monkeypatch.undo()
    assert (Told.objects.count(), told_of()) == (0, [])
    fan_out(AT)
    assert told_of() == [event.pk for event in events]


def test_an_event_that_cannot_be_told_does_not_keep_the_others_waiting(settings: Any, caplog: Any) -> None:
    somebody()
    first, second, third = happen(3)
    settings.NOTIFICATION_AUDIENCE = f"{HERE}.failing_for_the_second"
    assert fan_out(AT) == Event.objects.count() - 1
    assert told_of() == [first.pk, third.pk]
    assert f"event {second.pk} could not be told" in caplog.text
    fan_out(AT)
    assert ReadThrough.objects.get().event_id < second.pk
    settings.NOTIFICATION_AUDIENCE = f"{HERE}.to_everybody"
    assert fan_out(AT) == 1
    assert told_of() == [first.pk, second.pk, third.pk]


def test_many_events_are_told_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody()
    monkeypatch.setattr(module, "BATCH", 2)
    events = happen(7)
    fan_out(AT)
    assert told_of() == [event.pk for event in events]


def test_the_mark_follows_so_that_a_round_without_news_costs_two_queries() -> None:
    somebody()
    happen(5)
    assert mark_after_others(Event.objects.order_by("pk").last().pk)
    with CaptureQueriesContext(connection) as caught:
        assert fan_out(AT) == 0
    assert len(caught) == 2


def test_a_round_costs_the_same_however_many_were_told_before() -> None:
    def cost() -> int:
        happen(1)
        with CaptureQueriesContext(connection) as caught:
            fan_out(AT)
        return len(caught)

    assert mark_after_others(happen(3)[-1].pk)
    first = cost()
    assert mark_after_others(happen(40)[-1].pk)
    assert cost() == first


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_is_told_although_later_ones_were_told_before() -> None:
    """Its key is lower than theirs. The mark waits for its transaction, however long that takes."""
    somebody()
    factories.city(), factories.district()
    written, may_commit = Signal(), Signal()

    def slow() -> int:
        try:
            with transaction.atomic():
                district = Organisation.objects.select_for_update(of=("self",)).get(code="YB")
                event = record(district, "told", by=factories.SYSTEM, at=AT, office=district)
                written.set()
                assert may_commit.wait(20)
            return event.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        assert written.wait(20)
        later = [event.pk for event in happen(3)]
        for _round in range(4):
            fan_out(AT)
        mark = ReadThrough.objects.get().event_id
        may_commit.set()
        late = running.result()
    assert late < later[0]
    assert mark < late
    assert fan_out(AT) == 1
    assert told_of() == [late, *later]
    assert mark_after_others(later[-1])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_runners_at_once_tell_each_event_once() -> None:
    somebody()
    for _round in range(20):
        events = happen(3)
        barrier = Barrier(2)

        def run(barrier: Barrier = barrier) -> int:
            barrier.wait()
            try:
                return fan_out(AT)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(run) for _ in range(2)]
            counts = [one.result() for one in done]
        assert sum(counts) >= 3
        assert told_of()[-3:] == [event.pk for event in events]
    assert len(told_of()) == 60


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_mark_noted_by_another_server_is_noted_anew() -> None:
    somebody()
    happen(2)
    fan_out(AT)
    ReadThrough.objects.update(horizon=2**60)
    happen(1)
    assert mark_after_others(Event.objects.order_by("pk").last().pk)
