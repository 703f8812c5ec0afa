"""What a search over events asks for: whom and what its words mean, and which page of the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils import timezone

from accreditation.context import offices
from accreditation.forms.event_search import EventSearchForm
from accreditation.models import Organisation, User
from accreditation.queries.archive import auditing
from accreditation.queries.event_names import (
    CHOICES,
    MOST_APPLICATIONS,
    offices_called,
    offices_seen,
    people_called,
    people_seen,
    places_of,
    streams_called,
)
from accreditation.queries.event_scope import EventScope, event_scope
from accreditation.queries.event_search import EventLookup, Found, Key
from accreditation.scope import Office
from accreditation.services.event_index import catch_up
from accreditation.views.paging import ROWS
from accreditation.views.signed_in import SignedInRequest
from workflows.models import Event


@dataclass(frozen=True)
class Asking:
    """A search as it was understood. `found` is None where something must be mended or chosen first.

    `people` (with the places of each) and `bodies` are those of whom one must be chosen. `missed` is the field whose
    words name nothing, or "many" where they name too much. `is_whole`: no event waits to be entered.
    """

    form: EventSearchForm
    held: Sequence[Office]
    found: Found | None = None
    is_whole: bool = True
    people: Sequence[tuple[User, Sequence[str]]] = ()
    bodies: Sequence[Organisation] = ()
    missed: str = ""


@dataclass(frozen=True)
class EventPage:
    """A page of the result: the keys of its events, and the hashes of the events that the pages beside it begin at."""

    keys: Sequence[int] = ()
    newer: str = ""
    older: str = ""


def asking(request: SignedInRequest, data: Mapping[str, Any]) -> Asking:
    """Return what these data ask for. 404 for who audits nothing."""
    held = auditing(offices(request))
    if not held:
        raise Http404
    form = EventSearchForm(data)
    if not form.is_valid():
        return Asking(form, held)
    is_whole = catch_up(timezone.now())
    said, scope = form.cleaned_data, event_scope(request.user, held)
    people, bodies = _people(said, scope), _bodies(said, held)
    streams = streams_called(said["studio"], held) if said["studio"] else None
    missed = _missed(people, bodies, streams)
    if missed or len(people or ()) > 1 or len(bodies or ()) > 1:
        places = places_of(people or ())
        return Asking(
            form,
            held,
            is_whole=is_whole,
            people=[(one, places.get(one.pk, ())) for one in people or ()] if len(people or ()) > 1 else (),
            bodies=bodies if bodies and len(bodies) > 1 else (),
            missed=missed,
        )
    since, until = form.moments
    lookup = EventLookup(
        person=people[0] if people else None,
        office=bodies[0] if bodies else None,
        below=said["below"],
        action=said["action"],
        kind=said["kind"],
        since=since,
        until=until,
        streams=None if streams is None else tuple(streams),
        words=said["words"],
    )
    return Asking(form, held, Found(scope, lookup), is_whole)


def _people(said: Mapping[str, Any], scope: EventScope) -> list[User] | None:
    """Return whom the words name, None where nobody is asked for. Who was chosen stays so while the name stands."""
    words = said["person"]
    if said["who"]:
        chosen = people_seen(User.objects.filter(public_id=said["who"]), scope)
        if found := [one for one in chosen if one.name == words]:
            return found
    return people_called(words, scope) if words else None


def _bodies(said: Mapping[str, Any], held: Sequence[Office]) -> list[Organisation] | None:
    words = said["office"]
    if said["of"]:
        chosen = offices_seen(held).filter(code=said["of"])
        if found := [one for one in chosen if one.name == words]:
            return found
    return offices_called(words, held) if words else None


def _missed(people: Any, bodies: Any, streams: Any) -> str:
    if people == []:
        return "person"
    if bodies == []:
        return "office"
    if streams == []:
        return "studio"
    too_many = (people, CHOICES), (bodies, CHOICES), (streams, 2 * MOST_APPLICATIONS)
    return "many" if any(found is not None and len(found) > most for found, most in too_many) else ""


def page_of(found: Found, before: str, after: str) -> EventPage:
    """Return the page before or after the event of a hash, or the first. Three queries."""
    place = _place(before) or _place(after)
    if place and after and not before:
        keys = found.after(ROWS + 1, place)
        if len(keys) > ROWS:
            return _page(keys[1:], is_first=False, is_last=False)
        if len(keys) == ROWS:
            return _page(keys, is_first=True, is_last=False)
        place = None
    keys = found.before(ROWS + 1, place)
    return _page(keys[:ROWS], is_first=place is None, is_last=len(keys) <= ROWS)


def _place(code: str) -> Key | None:
    return Event.objects.filter(hash=code).values_list("at", "pk").first() if code.isalnum() else None


def _page(places: Sequence[Key], *, is_first: bool, is_last: bool) -> EventPage:
    keys = [pk for _at, pk in places]
    if not keys:
        return EventPage()
    ends = dict(Event.objects.filter(pk__in=[keys[0], keys[-1]]).values_list("pk", "hash"))
    return EventPage(keys, "" if is_first else ends[keys[0]], "" if is_last else ends[keys[-1]])
