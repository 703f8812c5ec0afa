"""The webhooks of an office: added, tested and ended by its managers. Each is an event of the office."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Organisation, User
from accreditation.permissions import MANAGE, may_manage
from workflows.engine import record
from workflows.models import Delivery, Event, Webhook
from workflows.notifications.addresses import NotAllowed, target
from workflows.refusals import NotPermitted, NotReady, Problem, WrongState

MOST = 10
"""So many webhooks may an office have."""


@dataclass(frozen=True)
class NewWebhook:
    """A webhook just added, and its secret: shown once."""

    webhook: Webhook
    secret: str


def add_webhook(office: Organisation, *, name: str, url: str, by: User, at: datetime) -> NewWebhook:
    """Add a webhook; it gets what happens from now on. Raises NotPermitted; NotReady for an address not allowed."""
    refuse_address(url)  # asks the resolver, so before anything is locked
    with transaction.atomic():
        locked = _managed(office, by)
        running = Webhook.objects.filter(office=locked, ended_at=None)
        if running.count() >= MOST:
            raise NotReady([Problem(_("推送地址最多%(count)d个，先停用一个。") % {"count": MOST})])
        if running.filter(url=url).exists():
            raise NotReady([Problem(_("这个地址已经添加。"), field="url")])
        secret = secrets.token_urlsafe(32)
        webhook = Webhook.objects.create(
            office=locked, name=name, url=url, secret=secret, made_by=by, made_at=at
        )
        _record(locked, "add_webhook", webhook, by, at)
    return NewWebhook(webhook, secret)


def try_webhook(webhook: Webhook, *, by: User, at: datetime) -> Delivery:
    """Send a test. Raises NotPermitted, WrongState when the webhook has ended."""
    with transaction.atomic():
        locked = _managed(webhook.office, by)
        running = _running(webhook)
        event = _record(locked, "test_webhook", running, by, at)
        return Delivery.objects.create(webhook=running, event=event, due_at=at)


def end_webhook(webhook: Webhook, *, by: User, at: datetime) -> None:
    """End a webhook; nothing is sent to it any more. Raises NotPermitted, WrongState when it has ended."""
    with transaction.atomic():
        locked = _managed(webhook.office, by)
        running = _running(webhook)
        running.ended_at = at
        running.save(update_fields=["ended_at"])
        _record(locked, "end_webhook", running, by, at)


def send_again(delivery: Delivery, *, by: User, at: datetime) -> None:
    """Send a delivery once more. Raises NotPermitted, WrongState when its webhook has ended."""
    with transaction.atomic():
        locked = _managed(delivery.webhook.office, by)
        running = _running(delivery.webhook)
        event = delivery.event
        _record(locked, "send_again", running, by, at, event=f"{event.stream}#{event.sequence}")
        Delivery.objects.filter(pk=delivery.pk).update(
            attempts=0, due_at=at, delivered_at=None, given_up_at=None, answer=""
        )


def refuse_address(url: str) -> None:
    """Raise NotReady, in words for the field `url`, unless something may be sent to this address."""
    try:
        target(url)
    except NotAllowed as refusal:
        raise NotReady([Problem(_words(refusal.code), field="url")]) from refusal


def _words(code: str) -> str:
    return {
        "scheme": _("填写以https://开头的地址"),
        "unreadable": _("填写完整的地址，如https://example.com/hook"),
        "unknown": _("找不到这个地址的主机，检查拼写"),
        "private": _("只能填写公网地址，不能填写本机或内网地址"),
    }[code]


def _managed(office: Organisation, by: User) -> Organisation:
    locked = Organisation.objects.select_for_update(no_key=True).get(pk=office.pk)
    if not may_manage(by, locked) or locked.level is None:
        raise NotPermitted(_("只有本组织或上级组织的管理人可以办理。"))
    return locked


def _running(webhook: Webhook) -> Webhook:
    running = Webhook.objects.filter(pk=webhook.pk, ended_at=None).first()
    if running is None:
        raise WrongState(_("这个推送地址已经停用。"))
    return running


def _record(
    office: Organisation, action: str, webhook: Webhook, by: User, at: datetime, **facts: Any
) -> Event:
    """Record the act with the host alone: what follows it in the address may be a key."""
    return record(
        office,
        action,
        by=by,
        at=at,
        office=office,
        role=MANAGE,
        webhook=str(webhook.public_id),
        name=webhook.name,
        host=urlsplit(webhook.url).hostname or "",
        **facts,
    )
