"""检索操作记录: all events that an auditor may see, by who, where, what, when, in which application, for which reason.

A page costs the same at any number of events. Each thing that is asked has an index in the order of time; of several,
the one whose events lie the furthest apart is read, newest first, and the others are asked of each event in it. What
is counted is counted within the last `REACH` of them.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice

from django.db.models import Q

from accreditation.models import Application, Organisation, User
from accreditation.queries.event_clauses import Clause, Columns, Letters, Source, Terms, says
from accreditation.queries.event_scope import EventScope
from accreditation.queries.event_terms import home, of_kind, of_person, pairs, within

CAP = 1000
"""Beyond this many a count says "over 1000"."""
REACH = 5000
"""So many events of what is asked the most narrowly are looked at for a count."""
DEPTH = 1000
"""How far apart events lie is seen by when the one so many before the last happened."""
READ = 1000
"""Events that are read at once where all are wanted."""
LETTERS = 9
"""So many letters of a word are looked up; of a longer one the reason itself is read as well, to the end."""

Key = tuple[datetime, int]
"""The place of an event in the order of time."""


@dataclass(frozen=True)
class EventLookup:
    """What is looked for. `until` is the first moment after it; `streams` those of applications, None: of any."""

    person: User | None = None
    office: Organisation | None = None
    below: bool = False
    action: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    streams: tuple[str, ...] | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Count:
    """How many events were found; where not all were looked at, at least so many."""

    number: int
    is_all: bool


class Found:
    """The events in a scope for which a lookup holds, in the order of time."""

    def __init__(self, scope: EventScope, lookup: EventLookup) -> None:
        self.scope, self.lookup = scope, lookup

    def before(self, size: int, key: Key | None = None) -> list[Key]:
        """Return the places of the newest events, or of those next before one, the newest first."""
        return self._merged(size, "__lt", key)

    def after(self, size: int, key: Key) -> list[Key]:
        """Return the places of the events next after one, the newest first."""
        return self._merged(size, "__gt", key)[::-1]

    def until(self, at: datetime) -> "Found":
        """Return those of the events that happened before a moment."""
        until = self.lookup.until
        return Found(self.scope, replace(self.lookup, until=min(until, at) if until else at))

    def everything(self, key: Key | None = None) -> Iterator[list[Key]]:
        """Yield the places of all events, or of those before one, so many at a time."""
        while places := self.before(READ, key):
            yield places
            key = places[-1]

    def count(self, most: int = CAP, reach: int | None = REACH) -> Count:
        """Count the events, up to `most`, in the last `reach` (None: in all) of what is asked the most narrowly."""
        floor = None if reach is None else _latest(_within(self._leading, self.lookup), reach)
        since = Q(at__gte=floor) if floor else Q()
        number = sum(one.rows.filter(since).order_by()[: most + 1].count() for one in self._asked)
        return Count(min(number, most), floor is None and number <= most)

    def _merged(self, size: int, side: str, key: Key | None) -> list[Key]:
        newest_first = side == "__lt"
        parts = []
        for one in self._asked:
            rows = one.rows.filter(_beside(one, side, key)) if key else one.rows
            order = ("-at", f"-{one.key}") if newest_first else ("at", one.key)
            parts.append(list(rows.order_by(*order).values_list("at", one.key)[:size]))
        return list(islice(heapq.merge(*parts, reverse=newest_first), size))

    @cached_property
    def _asked(self) -> list[Source]:
        """The rows that are read, with everything else that is asked of them."""
        leading = self._leading
        rest = [one for one in self._clauses if one is not leading]
        visible = Columns(self.scope.visible & says(self.lookup.words))
        return [
            Source(
                one.rows.filter(*(clause.holds(one.key) for clause in [*rest, visible])),
                one.key,
            )
            for one in _within(leading, self.lookup)
        ]

    @cached_property
    def _leading(self) -> Clause:
        """What is asked the most narrowly: an application, or else that whose events lie the furthest apart."""
        if len(self._clauses) == 1 or self.lookup.streams is not None:
            return self._clauses[0]
        moments = [_latest(_within(one, self.lookup), DEPTH) for one in self._clauses]
        rarest = min(range(len(moments)), key=lambda place: (moments[place] is not None, moments[place]))
        return self._clauses[rarest]

    @cached_property
    def _clauses(self) -> list[Clause]:
        asked = self.lookup
        clauses: list[Clause] = []
        if asked.streams is not None:
            clauses.append(Columns(Q(stream__in=asked.streams)))
        clauses += [Letters(pair) for word in asked.words for pair in sorted(pairs(word[:LETTERS]))]
        if asked.person:
            clauses.append(Terms((of_person(asked.person.pk),)))
        if asked.action:
            clauses.append(Columns(Q(action=asked.action)))
        if asked.office:
            clauses += _of_office(asked.office, below=asked.below)
        if asked.kind:
            clauses.append(_of_kind(asked.kind))
        if self.scope.terms is not None:
            clauses.append(Terms(self.scope.terms))
        return clauses or [Columns(Q())]


def _of_office(office: Organisation, *, below: bool) -> list[Clause]:
    if not below:
        return [Columns(Q(office=office))]
    return [] if office.pk == home() else [Terms((within(office.pk),))]


def _of_kind(kind: str) -> Clause:
    if kind == Application.stream_kind:
        return Columns(Q(stream__startswith=f"{kind}/"))
    return Terms((of_kind(kind),))


def _within(clause: Clause, lookup: EventLookup) -> list[Source]:
    """Return the sources of a clause between the moments of the lookup."""
    between = Q()
    if lookup.since:
        between &= Q(at__gte=lookup.since)
    if lookup.until:
        between &= Q(at__lt=lookup.until)
    return [Source(one.rows.filter(between), one.key) for one in clause.sources()]


def _beside(source: Source, side: str, key: Key) -> Q:
    """Return the rows on one side of a place. The first condition bounds what the index reads."""
    at, event = key
    return Q(**{f"at{side}e": at}) & (Q(**{f"at{side}": at}) | Q(**{f"{source.key}{side}": event}))


def _latest(sources: Iterable[Source], depth: int) -> datetime | None:
    """Return when the event happened that is `depth` events before the last; None where there are not as many."""
    moments = [
        source.rows.order_by("-at").values_list("at", flat=True)[depth : depth + 1].first()
        for source in sources
    ]
    return max((at for at in moments if at is not None), default=None)
