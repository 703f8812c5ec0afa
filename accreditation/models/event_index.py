"""Where events are looked up for auditors: who, where, of which kind, and the words of reasons.

All of it follows from the events and is written by due work, after them, so that it costs no decision anything. It
proves nothing: what it finds is shown from the ledger.
"""

from django.db import models

from workflows.models import Event, EventPayload


class EventTerm(models.Model):
    """Under this term an event is found: `in/3` in an office's branch, `who/7` of a person, `kind/cycle` of a kind.

    The key is also the order in which events of a term are read: that of time.
    """

    pk = models.CompositePrimaryKey("term", "at", "event")
    term = models.CharField(max_length=32)
    at = models.DateTimeField()
    event = models.ForeignKey(
        Event, models.PROTECT, related_name="terms", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return f"{self.term}: event {self.event_id}"


class ReasonPair(models.Model):
    """Two letters that stand side by side in an event's reason, as one number. They go when the reason is erased."""

    pk = models.CompositePrimaryKey("pair", "at", "event")
    pair = models.BigIntegerField()
    at = models.DateTimeField()
    event = models.ForeignKey(EventPayload, models.CASCADE, related_name="pairs", db_constraint=False)

    def __str__(self) -> str:
        return f"{self.pair}: event {self.event_id}"


class IndexedThrough(models.Model):
    """How many events of the log, in its order, can be looked up. There is one row."""

    leaves = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.leaves} events"
