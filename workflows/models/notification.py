"""Who is told of which event, and over which way. Due work writes and sends these rows; events are their queue."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.event import Event


class Told(models.Model):
    """An event whose notifications and deliveries have been written: the next run passes it over."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="told")

    def __str__(self) -> str:
        return f"event {self.event_id} told"


class Notification(models.Model):
    """One person is told of one event. `reason` is why it concerns them (a code of the domain).

    `principal` is whose substitute they were told as. `object_id` is the subject of the event, by which the
    domain asks whether they may still see it; without one it concerns them alone. `mailed_at` is set when it has
    been mailed, or was found to be past mailing.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="notifications")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    reason = models.CharField(max_length=32)
    principal = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    content_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="told_once_of_an_event"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_to"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at=None)),
            models.Index(fields=["user", "id"], name="notification_unmailed", condition=Q(mailed_at=None)),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} to {self.user_id}"


class MailChoice(models.Model):
    """How somebody wants to be mailed, and in which language. Without a row: a digest a day, in the site's own.

    `failures` counts the attempts since a mail last went out; the next is not made before `retry_at`. `asked` is an
    address that becomes theirs once the link with `asked_code`, mailed to it at `asked_at`, is opened.
    """

    class Way(models.TextChoices):
        AT_ONCE = "at_once", _("逐条发送")
        DIGEST = "digest", _("每天一封汇总")
        NEVER = "never", _("不发送")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="mail_choice"
    )
    way = models.CharField(max_length=8, choices=Way.choices, default=Way.DIGEST)
    language = models.CharField(max_length=12, blank=True)
    digested_on = models.DateField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    asked = models.EmailField(blank=True)
    asked_code = models.UUIDField(null=True)
    asked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.way}"


class Webhook(models.Model):
    """An address of an office's IM robot. Each delivery is signed with `secret` (HMAC-SHA256)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(settings.WORKFLOWS_OFFICE_MODEL, models.PROTECT, related_name="webhooks")
    name = models.CharField(_("名称"), max_length=60)
    url = models.URLField(_("地址"), max_length=300)
    secret = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event for one webhook: tried until it is accepted, with growing pauses, or given up."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="one_delivery_of_an_event"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="delivery_due", condition=Q(delivered_at=None, given_up_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} to webhook {self.webhook_id}"
