"""Duty: write for each new event who is told of it. The events are the queue.

What was rolled back left no event and is never told. An event is told in the transaction that marks it as told, so
a worker killed anywhere leaves it untold, and the next round tells it. No event is overlooked: see
`workflows.event_queue`.
"""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from workflows.event_queue import EventQueue
from workflows.models import Delivery, Event, Notification, Told, Webhook
from workflows.notifications.audience import Audience

logger = logging.getLogger(__name__)
BATCH = 200
EVENTS = EventQueue("told", Told)


def fan_out(at: datetime) -> int:
    """Duty: write the notifications and deliveries of every event that is not told yet; return how many events.

    Each batch is a transaction of its own. Of two runners one does the work; the other passes it by.
    """
    if EVENTS.is_read():
        return 0
    told = 0
    after: int | None = 0
    while after is not None:
        count, after = _batch(at, after)
        told += count
    return told


@transaction.atomic
def _batch(at: datetime, after: int) -> tuple[int, int | None]:
    """Tell one batch above the key `after`; return how many were told, and where the next begins (None: nowhere)."""
    mark = EVENTS.locked()
    if mark is None:
        return 0, None  # another runner is at it
    events = list(EVENTS.unread(max(mark.event_id, after)).select_related("office")[:BATCH])
    told = sum(_tell(event, at) for event in events)
    if len(events) == BATCH:
        return told, events[-1].pk
    EVENTS.move(mark)
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
