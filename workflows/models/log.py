"""The Merkle log over all streams: rows that are written once, beside what is known of those who hold copies."""

from django.conf import settings
from django.db import models

from workflows.models.event import Event
from workflows.models.stream import Stream


class ReadThrough(models.Model):
    """Up to which event a reader has dealt with all, so that looking for the others costs the same for ever.

    `event_id` is that mark. It may next become `noted_id`, the last event seen at a time when the transactions
    before `horizon` were still running: once they have ended, no event below it can appear any more.
    """

    reader = models.CharField(max_length=16, unique=True)
    event_id = models.BigIntegerField(default=0)
    noted_id = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.reader} through event {self.event_id}"


class Journal(Stream):
    """A stream of events that belong to no row of the domain: readings, exports, sign-ins, settings.

    `kind` says of what, `code` whose (the public identifier of a person or an application, or a word).
    """

    kind = models.CharField(max_length=16)
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="one_journal_a_code")]

    def __str__(self) -> str:
        return self.stream

    @property
    def stream(self) -> str:
        """Return the key of this journal's events in the ledger."""
        return f"{self.kind}/{self.code}"


class Leaf(models.Model):
    """The place of an event in the log, counted from 0 without gaps. The leaf's content is the event's body."""

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="leaf")

    def __str__(self) -> str:
        return f"leaf {self.index}"


class Node(models.Model):
    """The hash of a complete subtree of the log, at its position (`workflows.ledger.tree`)."""

    position = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"node {self.position}"


class Checkpoint(models.Model):
    """A signed statement of the log's size and root (a C2SP signed note). The other columns repeat the note."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        ordering = ["-size"]

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class Cosignature(models.Model):
    """The signature of a witness, another system that holds the log to its word, under one of our checkpoints."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=120)
    line = models.CharField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="one_cosignature_a_witness")
        ]

    def __str__(self) -> str:
        return f"{self.witness} on checkpoint {self.checkpoint_id}"


class Witnessed(models.Model):
    """The last checkpoint of another system's log that this one cosigned: it may only ever grow."""

    origin = models.CharField(max_length=120, unique=True)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.origin} at {self.size}"


class CheckpointCopy(models.Model):
    """A checkpoint that was written to a place outside the database (a directory, an object store)."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="copies")
    place = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkpoint", "place"], name="one_copy_a_place")]

    def __str__(self) -> str:
        return f"checkpoint {self.checkpoint_id} at {self.place}"


class CheckpointReader(models.Model):
    """Somebody who is mailed checkpoints; `mailed_id` is the size of the last one they were sent, at `mailed_at`.

    `failures` counts the attempts since a mail last went out; the next is not made before `retry_at`.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    mailed_id = models.BigIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"checkpoints for user {self.user_id}"
