"""The ledger's rows: written once, never changed."""

import json
from typing import Any

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
            models.Index(fields=["action", "at"], name="event_by_action"),
            models.Index(fields=["at"], name="event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} #{self.sequence} {self.action}"

    @property
    def said(self) -> dict[str, Any]:
        """Return the body as it is read; an empty one if it cannot be read, as after tampering."""
        return _object(self.body)

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the action recorded beside who did it, where and when."""
        facts = self.said.get("facts")
        return facts if isinstance(facts, dict) else {}

    @property
    def personal(self) -> dict[str, str]:
        """Return the personal text of the event by field ("actor", "reason", …), without what was erased."""
        payload: EventPayload | None = getattr(self, "payload", None)
        return payload.texts if payload else {}

    @property
    def erased(self) -> tuple[str, ...]:
        """Return the fields whose personal text is gone."""
        hashes = self.said.get("personal")
        if not isinstance(hashes, dict):
            return () if getattr(self, "payload", None) else ("actor", "reason")
        return tuple(name for name in hashes if name not in self.personal)


class EventPayload(models.Model):
    """Personal text of an event, which can be erased by law: the event holds only salted hashes of it.

    `content` is {field: [salt, text]}, each with a salt of its own, so that a name can go and the reason stay, and
    nobody can find out the name by trying. (Events of schema 1 have one hash over `salt` and the whole content,
    which is {field: text}.)
    """

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="payload")
    salt = models.CharField(max_length=32, blank=True)
    content = models.TextField()

    def __str__(self) -> str:
        return f"payload of event {self.event_id}"

    @property
    def texts(self) -> dict[str, str]:
        """Return the text of each field."""
        kept = _object(self.content)
        return {
            name: value if isinstance(value, str) else str(value[-1]) for name, value in kept.items() if value
        }


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
