"""Enter events under the terms by which auditors look them up. Due work, and done at once when somebody searches."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accreditation.models import EventTerm, IndexedThrough, ReasonPair
from accreditation.queries.event_terms import pairs, terms_of
from workflows.ledger import log
from workflows.models import Event, Leaf

BATCH = 500


def index_events(at: datetime) -> int:
    """Duty: enter every numbered event; return how many. Of two runners one works, the other passes by."""
    entered = 0
    while count := _batch(_mark().select_for_update(skip_locked=True)):
        entered += count
    return entered


def catch_up(at: datetime) -> bool:
    """Enter what is new, before somebody searches; return whether everything is in.

    It is not where so much is new that it is left to due work, as when a large installation is brought up to date, nor
    where the log was tampered with and nothing can be numbered.
    """
    try:
        log.number_events(at)
    except (KeyError, IntegrityError):  # due work complains of it
        return False
    if _is_behind():
        _batch(_mark().select_for_update())
    return not _is_behind()


def _is_behind() -> bool:
    mark = IndexedThrough.objects.first()
    return log.size() > (mark.leaves if mark else 0)


def _mark() -> QuerySet[IndexedThrough]:
    rows = IndexedThrough.objects.all()
    if not rows.exists():
        IndexedThrough.objects.get_or_create(pk=1)
    return rows


@transaction.atomic
def _batch(marks: QuerySet[IndexedThrough]) -> int:
    """Enter the next events in the order of the log; return how many there were."""
    mark = marks.first()
    if mark is None:
        return 0  # another runner is at it
    leaves = Leaf.objects.filter(index__gte=mark.leaves).select_related("event__payload").order_by("index")
    events = [leaf.event for leaf in leaves[:BATCH]]
    if events:
        _enter(events)
        mark.leaves += len(events)
        mark.save()
    return len(events)


def _enter(events: Sequence[Event]) -> None:
    terms = [
        EventTerm(term=term, at=event.at, event_id=event.pk)
        for event, found in terms_of(events)
        for term in sorted(found)
    ]
    EventTerm.objects.bulk_create(terms, ignore_conflicts=True)
    _enter_reasons(events)


def _enter_reasons(events: Sequence[Event]) -> None:
    rows = [
        ReasonPair(pair=pair, at=event.at, event_id=event.pk)
        for event in events
        for pair in sorted(pairs(event.personal.get("reason", "")))
    ]
    ReasonPair.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def enter_reasons(events: Sequence[Event]) -> None:
    """Enter events, which come with payloads, anew under the words of their reasons, as far as these are kept.

    Whoever erases texts calls it in the same transaction. It waits for those who enter events: what they read before
    does not stay behind.
    """
    _mark().select_for_update().first()
    ReasonPair.objects.filter(event__in=[event.pk for event in events]).delete()
    _enter_reasons(events)
