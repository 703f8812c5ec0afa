"""Duty: write for each new event who is told of it. The events are the queue.

What was rolled back left no event and is never told. An event is told in the transaction that marks it as told, so
a worker killed anywhere leaves it untold, and the next round tells it. No event is overlooked: see `_move_mark`.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.module_loading import import_string

from workflows.models import Delivery, Event, Notification, Told, ToldThrough, Webhook
from workflows.notifications.audience import Audience

logger = logging.getLogger(__name__)
BATCH = 200
ROW = 1  # the key of the one ToldThrough


def fan_out(at: datetime) -> int:
    """Duty: write the notifications and deliveries of every event that is not told yet; return how many events.

    Each batch is a transaction of its own. Of two runners one does the work; the other passes it by.
    """
    mark = ToldThrough.objects.filter(pk=ROW).first() or ToldThrough.objects.get_or_create(pk=ROW)[0]
    if mark.event_id == _newest():
        return 0
    told = 0
    after: int | None = 0
    while after is not None:
        count, after = _batch(at, after)
        told += count
    return told


def untold(after: int) -> QuerySet[Event]:
    """Return the events above the key `after` that nobody has been told of, in the order in which they were written."""
    told = Told.objects.filter(
        event_id=OuterRef("pk"), event_id__gt=after
    )  # the bound keeps it from all the others
    return Event.objects.filter(~Exists(told), pk__gt=after).order_by("pk")


@transaction.atomic
def _batch(at: datetime, after: int) -> tuple[int, int | None]:
    """Tell one batch above the key `after`; return how many were told, and where the next begins (None: nowhere)."""
    mark = ToldThrough.objects.select_for_update(skip_locked=True).filter(pk=ROW).first()
    if mark is None:
        return 0, None  # another runner is at it
    events = list(untold(max(mark.event_id, after)).select_related("office")[:BATCH])
    told = sum(_tell(event, at) for event in events)
    if len(events) == BATCH:
        return told, events[-1].pk
    _move_mark(mark)
    return told, None


def _tell(event: Event, at: datetime) -> bool:
    """Write whom one event is told to. What fails is reported and tried again in the next round; others go on."""
    try:
        with transaction.atomic():
            audience: Audience = import_string(settings.NOTIFICATION_AUDIENCE)(event, at)
            Told.objects.create(event=event)
            _write(event, audience, at)
    except Exception:
        logger.exception("event %s could not be told; it is tried again in the next round", event.pk)
        return False
    return True


def _write(event: Event, audience: Audience, at: datetime) -> None:
    content_type, subject = audience.subject or (None, None)
    Notification.objects.bulk_create(
        Notification(
            event=event,
            user_id=one.user_id,
            reason=one.reason,
            principal_id=one.principal_id,
            content_type_id=content_type,
            object_id=subject,
            at=event.at,
        )
        for one in audience.people
    )
    if audience.offices:
        hooks = Webhook.objects.filter(
            office__in=audience.offices, ended_at=None, made_at__lte=event.at
        ).order_by("pk")
        Delivery.objects.bulk_create(Delivery(webhook=hook, event=event, due_at=at) for hook in hooks)


def _move_mark(mark: ToldThrough) -> None:
    """Raise the mark to where no untold event can appear below it any more.

    Keys are given in order, but a transaction may commit later than one that got a higher key. So the mark does
    not follow the newest event that is seen. That one is noted, and then a transaction's number is taken: whoever
    was given a lower key held a row's lock by then, and so has a lower number. Once every transaction with a lower
    number has ended, whatever there will ever be below the noted key is there to be seen; when all of it is told,
    the mark is raised. How long a transaction takes does not matter: until it ends the mark only stays behind.
    """
    if _have_ended(mark.horizon) and not untold(mark.event_id).filter(pk__lte=mark.noted_id).exists():
        mark.event_id = mark.noted_id
    newest = _newest()
    horizon = _horizon()  # after the newest was seen
    is_restored = mark.horizon > horizon  # the number is another server's, that of the backup
    if mark.event_id == mark.noted_id or is_restored:
        mark.noted_id, mark.horizon = newest, horizon
    mark.save()


def _newest() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _horizon() -> int:
    """Return the number of this transaction: all that began to write before have lower ones."""
    if connection.vendor != "postgresql":
        return 0  # SQLite has one writer at a time: what is seen is all there is
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def _have_ended(horizon: int) -> bool:
    """Return whether every transaction with a lower number has ended."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0]) >= horizon
