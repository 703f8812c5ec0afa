"""The whole record of an application, as an auditor reads it: its own events, who opened its files, and what bodies
recorded about it among others (their order of candidates, the city's meetings).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accreditation.models import Application, Scorecard, User
from accreditation.queries.meeting_record import reason_in
from accreditation.queries.part import Part, readable_cards
from accreditation.queries.timeline import Entry, events_of, known_to, told, with_all
from accreditation.states import ActionWord
from workflows.models import Event, Journal

READING = "reading"
KINDS = ("decisions", "tasks", "readings")


@dataclass(frozen=True)
class Wanted:
    """Which entries are looked for: of a kind ("" for all), with these words or names in them; in which order."""

    kind: str = ""
    words: str = ""
    newest_first: bool = False

    def has(self, entry: Entry) -> bool:
        """Whether the entry is one of them."""
        if self.kind and entry.kind != self.kind:
            return False
        texts = (entry.text, entry.said, entry.actor, entry.principal, entry.office)
        return all(any(word in text.lower() for text in texts) for word in self.words.lower().split())


@dataclass(frozen=True)
class Fold:
    """Readings that follow one another, drawn as one."""

    entries: Sequence[Entry]

    @property
    def at(self) -> datetime:
        """Return when the first of them was."""
        return self.entries[0].at

    @property
    def names(self) -> list[str]:
        """Return who read, each once."""
        return list(dict.fromkeys(entry.signed for entry in self.entries if entry.actor))


@dataclass(frozen=True)
class Record:
    """What is on record of an application for one reader, who may open `cards`.

    `events` are the whole stream, `entries` what of it the reader may know of, with all the others by time. `read` is
    the journal of readings, `around` are the events of other streams: both only for auditors.
    """

    events: Sequence[Event]
    journal: Journal
    read: Sequence[Event]
    around: Sequence[Event]
    cards: Sequence[Scorecard]
    entries: Sequence[Entry]


def record_of(application: Application, viewer: User, part: Part) -> Record:
    """Return the record as far as the viewer may know of it. Constant queries."""
    events, cards = events_of(application.stream), readable_cards(application, viewer, part)
    journal, read = readings(application) if part.audits else (_journal(application), [])
    around = beside(application) if part.audits else []
    others = [*told(application, read, sees_panel=True, cards={}), *told_beside(application, around)]
    known = known_to(application, part, cards, events)
    return Record(events, journal, read, around, cards, merged(known, others))


def readings(application: Application) -> tuple[Journal, list[Event]]:
    """Return the journal of who opened the application's files, and its events. Two queries."""
    empty = _journal(application)
    journal = Journal.objects.filter(kind=empty.kind, code=empty.code).first() or empty
    return journal, events_of(journal.stream)


def beside(application: Application) -> list[Event]:
    """Return the events of other streams that speak of the application: rankings and meetings. One query."""
    ranked = Q(stream=application.district.stream, action=ActionWord.RANK)
    met = Q(stream=application.cycle.stream, action=ActionWord.HOLD_MEETING)
    named = Event.objects.filter(ranked | met, body__contains=f'"{application.public_id}"')
    return list(with_all(named).order_by("at", "pk"))


def told_beside(application: Application, events: Iterable[Event]) -> list[Entry]:
    """Return such events as entries that speak of this application alone."""
    return [
        replace(entry, said=reason_in(entry.said, application.number))
        for event in events
        for entry in told(application, [event], sees_panel=True, cards={}, text=_about(application))
    ]


def merged(own: Sequence[Entry], others: Iterable[Entry]) -> list[Entry]:
    """Return all of them by time; those of the application itself stay in the order of its stream."""
    waiting = sorted(others, key=lambda entry: entry.at, reverse=True)
    found: list[Entry] = []
    for entry in own:
        while waiting and waiting[-1].at < entry.at:
            found.append(waiting.pop())
        found.append(entry)
    return found + waiting[::-1]


def folded(entries: Iterable[Entry]) -> list[Entry | Fold]:
    """Return the entries with readings that follow one another as one fold."""
    found: list[Entry | Fold] = []
    for entry in entries:
        if entry.kind != "readings":
            found.append(entry)
        elif found and isinstance(found[-1], Fold):
            found[-1] = Fold([*found[-1].entries, entry])
        else:
            found.append(Fold([entry]))
    return found


def _journal(application: Application) -> Journal:
    """Return the journal of its readings as it is before there are any."""
    return Journal(kind=READING, code=str(application.public_id))


def _about(application: Application) -> Callable[[Event], str]:
    code = str(application.public_id)

    def words(event: Event) -> str:
        facts = event.facts
        try:
            if event.action == ActionWord.RANK:
                order = facts["applications"]
                said = {"position": order.index(code) + 1, "count": len(order)}
                return _("推荐排序，这一件第%(position)d位，共%(count)d件。") % said
            decision = next(one["decision"] for one in facts["decisions"] if one["application"] == code)
            said = {"title": facts["title"], "decision": ActionWord(decision).label}
            return _("召开会议“%(title)s”，对这一件的决定：%(decision)s。") % said
        except (LookupError, TypeError, ValueError, StopIteration):
            return _("%(action)s。") % {"action": ActionWord(event.action).label}

    return words
