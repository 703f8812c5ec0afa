"""What the engine keeps on a row that has a history."""

import uuid
from typing import ClassVar

from django.db import models


class Stream(models.Model):
    """A row with a chain of events of its own.

    `sequence` and `head` are the number and the hash of its last event: with the row locked, the next
    event can be chained without reading the chain.
    """

    stream_kind: ClassVar[str]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    head = models.CharField(max_length=64, default="", blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        """Return the key of this row's events in the ledger."""
        return f"{self.stream_kind}/{self.public_id}"


class Subject(Stream):
    """A row whose state only `workflows.engine.perform` changes.

    `version` counts the changes of state; a page carries it, so that an action decided on an old page is
    refused. A trigger in the database (`workflows.ledger.triggers.StateNeedsEvent`) refuses any other change.
    """

    state = models.CharField(max_length=32, editable=False)
    state_since = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
