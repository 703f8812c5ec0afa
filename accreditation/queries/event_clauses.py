"""What is asked of events, each as a question about one and as an index that has them in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Func, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.lookups import IContains, IsNull

from accreditation.models import EventTerm, ReasonPair
from accreditation.queries.event_terms import SHORTEST_WORD
from workflows.models import Event


def there_is(rows: QuerySet[Any], field: str) -> Q:
    """Return whether there is such a row, its field being never null; asked of each row by itself.

    As EXISTS the database would make a join of it, or read all such rows before the first, by what it guesses of
    their number. Here the order is known: that of time, and few are asked for.
    """
    return Q(IsNull(Subquery(rows.values(field)[:1]), False))


@dataclass(frozen=True)
class Source:
    """Rows with a moment `at` and the key of an event in the field `key`."""

    rows: QuerySet[Any]
    key: str


class Clause(Protocol):
    """One thing that is asked."""

    def sources(self) -> Sequence[Source]:
        """Return the rows that have exactly the events for which it holds, each event in one of them."""

    def holds(self, key: str) -> Q:
        """Return the question, for rows of a source with this key."""


@dataclass(frozen=True)
class Terms:
    """The event stands under one of the terms; no event stands under two of them."""

    terms: tuple[str, ...]

    def sources(self) -> Sequence[Source]:
        return [Source(EventTerm.objects.filter(term=term), "event_id") for term in self.terms]

    def holds(self, key: str) -> Q:
        rows = EventTerm.objects.filter(term__in=self.terms, at=OuterRef("at"), event_id=OuterRef(key))
        return there_is(rows, "term")


@dataclass(frozen=True)
class Letters:
    """Two letters stand side by side in the event's reason."""

    pair: int

    def sources(self) -> Sequence[Source]:
        return [Source(ReasonPair.objects.filter(pair=self.pair), "event_id")]

    def holds(self, key: str) -> Q:
        rows = ReasonPair.objects.filter(pair=self.pair, at=OuterRef("at"), event_id=OuterRef(key))
        return there_is(rows, "pair")


@dataclass(frozen=True)
class Columns:
    """Something holds of the event's own columns."""

    where: Q

    def sources(self) -> Sequence[Source]:
        return [Source(Event.objects.filter(self.where), "pk")]

    def holds(self, key: str) -> Q:
        if key == "pk":
            return self.where
        return there_is(Event.objects.filter(self.where, pk=OuterRef(key)), "stream")


class _Reason(Func):
    """The text of the reason in a payload; salts and names stand beside it."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        text = "COALESCE(JSON_EXTRACT(%(expressions)s, '$.reason[1]'), JSON_EXTRACT(%(expressions)s, '$.reason'))"
        return self.as_sql(compiler, connection, template=text, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        text = "COALESCE((%(expressions)s)::json -> 'reason' ->> 1, (%(expressions)s)::json ->> 'reason')"
        return self.as_sql(compiler, connection, template=text, **more)


def says(words: Sequence[str]) -> Q:
    """Return that the reason has these words as they stand. Of the shortest the pair of letters says all."""
    said = Q()
    for word in words:
        if len(word) > SHORTEST_WORD:
            said &= Q(IContains(_Reason("payload__content"), word))
    return said
