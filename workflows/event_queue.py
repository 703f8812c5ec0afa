"""Events as a queue: each reader deals with every committed event once, and looking for news costs the same for ever.

What was rolled back left no event. A reader marks an event as done in the transaction that deals with it, by a row
of its own; of two runners one works and the other passes by. No event is overlooked: see `EventQueue.move`.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet

from workflows.models import Event, ReadThrough


@dataclass(frozen=True)
class EventQueue:
    """The events that a reader (its name) has not dealt with; `done` has a row, with `event`, for each it has."""

    reader: str
    done: type[Model]

    def is_read(self) -> bool:
        """Return whether the newest event is below the mark. At most three queries."""
        rows = ReadThrough.objects
        mark = rows.filter(reader=self.reader).first() or rows.get_or_create(reader=self.reader)[0]
        return mark.event_id == _newest()

    def locked(self) -> ReadThrough | None:
        """Lock the reader's mark until the transaction ends; None where another runner is at it."""
        return ReadThrough.objects.select_for_update(skip_locked=True).filter(reader=self.reader).first()

    def unread(self, after: int) -> QuerySet[Event]:
        """Return the events above the key `after` that are not dealt with, in the order in which they were written."""
        done = self.done._default_manager.filter(  # the bound keeps it from all the others
            event_id=OuterRef("pk"), event_id__gt=after
        )
        return Event.objects.filter(~Exists(done), pk__gt=after).order_by("pk")

    def move(self, mark: ReadThrough) -> None:
        """Raise the mark to where no unread event can appear below it any more.

        Keys are given in order, but a transaction may commit later than one that got a higher key. So the mark does
        not follow the newest event that is seen. That one is noted, and then a transaction's number is taken: whoever
        was given a lower key held a row's lock by then, and so has a lower number. Once every transaction with a lower
        number has ended, whatever there will ever be below the noted key is there to be seen; when all of it is dealt
        with, the mark is raised. How long a transaction takes does not matter: until it ends the mark only stays
        behind.
        """
        if (
            _have_ended(mark.horizon)
            and not self.unread(mark.event_id).filter(pk__lte=mark.noted_id).exists()
        ):
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
