"""The ledger's rows: written once, never changed."""

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One thing that was done. `body` is what is hashed; the other columns repeat it for searching.

    `principal` is for whom the actor stood in, as the facts say too.
    """

    stream = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField()
    action = models.CharField(max_length=32)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    office = models.ForeignKey(settings.WORKFLOWS_OFFICE_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=16, blank=True)
    from_state = models.CharField(max_length=32, blank=True)
    to_state = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField()
    body = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "sequence"], name="event_once_in_stream"),
            models.UniqueConstraint(fields=["hash"], name="event_hash_unique"),
        ]
        indexes = [
            models.Index(fields=["actor", "at"], name="event_by_actor"),
            models.Index(fields=["office", "at"], name="event_by_office"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} #{self.sequence} {self.action}"


class EventPayload(models.Model):
    """Personal text of an event. The event holds a salted hash of it, so it can be erased by law."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="payload")
    salt = models.CharField(max_length=32)
    content = models.TextField()

    def __str__(self) -> str:
        return f"payload of event {self.event_id}"
