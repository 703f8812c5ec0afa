"""Duty: post each delivery to its webhook, signed, until it is accepted or three days have passed.

An attempt is written down before it is made, with the time of the next one. So a worker killed in the middle tries
again after the pause, two runners do not make the same attempt, and no transaction is open while we wait.
"""

import hashlib
import hmac
import json
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils.module_loading import import_string

from workflows.models import Delivery
from workflows.notifications.addresses import Answer, NotAllowed, post, target

logger = logging.getLogger(__name__)
MOST = 20
"""So many attempts a round at most: the other duties wait for them."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
GIVE_UP = timedelta(days=3)
AGENT = "Wuhao-Webhook/1"


def deliver(at: datetime) -> int:
    """Duty: try every delivery that is due; return how many were accepted.

    A webhook that does not answer is not asked for its other deliveries either: they wait as long as the one tried.
    """
    accepted, silent = 0, set()
    for delivery in _waiting().filter(due_at__lte=at).select_related("webhook", "event__office")[:MOST]:
        if delivery.webhook_id in silent or not _begin(delivery, at):
            continue
        answer = _attempt(delivery, at)
        if answer.is_accepted:
            Delivery.objects.filter(pk=delivery.pk).update(delivered_at=at, answer=answer.code)
            accepted += 1
        else:
            silent.add(delivery.webhook_id)
            _postpone(delivery, answer, at)
    return accepted


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what `X-Wuhao-Signature` holds: HMAC-SHA256 over the timestamp, a full stop and the body."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _waiting() -> QuerySet[Delivery]:
    """Return the deliveries that are neither accepted nor given up, the earliest due first."""
    return Delivery.objects.filter(delivered_at=None, given_up_at=None, webhook__ended_at=None).order_by(
        "due_at", "pk"
    )


def _begin(delivery: Delivery, at: datetime) -> bool:
    """Write the attempt down; False if another runner has just done so."""
    pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)]
    delivery.due_at = at + pause
    begun = Delivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, delivered_at=None, given_up_at=None
    )
    return bool(begun.update(attempts=F("attempts") + 1, due_at=delivery.due_at))


def _attempt(delivery: Delivery, at: datetime) -> Answer:
    """Send it. A fault of our own is an answer too, so that it holds up nobody else's."""
    try:
        return _send(delivery, at)
    except NotAllowed as refusal:
        return Answer(False, refusal.code)
    except Exception:
        logger.exception("delivery %s could not be made up", delivery.public_id)
        return Answer(False, "broken")


def _send(delivery: Delivery, at: datetime) -> Answer:
    content = import_string(settings.NOTIFICATION_BODY)(delivery.event, delivery.webhook)
    body = json.dumps(content, ensure_ascii=False).encode()
    timestamp = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": AGENT,
        "X-Wuhao-Delivery": str(delivery.public_id),
        "X-Wuhao-Timestamp": timestamp,
        "X-Wuhao-Signature": signature(delivery.webhook.secret, timestamp, body),
        "Connection": "close",
    }
    return post(target(delivery.webhook.url), body, headers)


def _postpone(delivery: Delivery, answer: Answer, at: datetime) -> None:
    """Say why the delivery failed; what is older than three days is given up, the webhook's others wait with it."""
    logger.warning("delivery %s failed: %s", delivery.public_id, answer.code)
    Delivery.objects.filter(pk=delivery.pk).update(answer=answer.code)
    others = _waiting().filter(webhook=delivery.webhook_id)
    others.filter(event__at__lt=at - GIVE_UP).update(given_up_at=at)
    others.filter(due_at__lt=delivery.due_at).update(due_at=delivery.due_at)
