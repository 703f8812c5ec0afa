"""Under which terms an event is looked up (`models.EventTerm`), and by which words of its reason.

An event belongs where its stream does: an application and the journal of its readings to the branch of its enterprise,
an organisation to its own, a cycle to the city, a finding to the office whose auditors are shown it. What has no such
place belongs to the office that did it; signing in and what else somebody does with their account to the smallest
branch that holds every office they were a member of at that time; all the rest to no office but the city.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from accreditation.models import Application, Cycle, Finding, Membership, Organisation, User
from workflows.models import Event

READING = "reading"
SHORTEST_WORD = 2
"""Words are found by pairs of letters."""
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PLACES: Mapping[str, tuple[Any, str]] = {
    Application.stream_kind: (Application, "enterprise__path"),
    READING: (Application, "enterprise__path"),
    Organisation.stream_kind: (Organisation, "path"),
    Cycle.stream_kind: (Cycle, "city__path"),
    Finding.stream_kind: (Finding, "office__path"),
}
"""What the streams of a kind are about, and where its place in the tree is found."""


def within(organisation_id: int) -> str:
    """Return the term of the events in the branch of an office."""
    return f"in/{organisation_id}"


def of_person(user_id: int) -> str:
    """Return the term of what somebody did, what was done in their place, and what speaks of them."""
    return f"who/{user_id}"


def of_kind(kind: str) -> str:
    """Return the term of the events of a kind of stream; those of applications, the most, have none."""
    return f"kind/{kind}"


def pairs(text: str) -> set[int]:
    """Return the pairs of letters that stand side by side in a text, each as one number. Case is nothing."""
    letters = text.lower()
    return {
        ord(one) << 21 | ord(other)
        for one, other in pairwise(letters)
        if not (one.isspace() or other.isspace())
    }


def home() -> int | None:
    """Return the key of the first city, which runs the installation: what belongs to no office is its own."""
    return Organisation.objects.filter(parent=None).order_by("pk").values_list("pk", flat=True).first()


def terms_of(events: Sequence[Event]) -> Iterator[tuple[Event, set[str]]]:
    """Yield each event with its terms. At most nine queries, however many events there are."""
    paths = _paths(events)
    branches = _branches(paths.values())
    people, own = _people(events), home()
    for event in events:
        kind, _code = parts(event)
        offices = branches.get(paths.get(event.pk, ""), ())
        terms = {within(pk) for pk in offices if pk != own}
        terms |= {of_person(people[one]) for one in _mentioned(event) if one in people}
        terms |= {of_person(pk) for pk in (event.actor_id, event.principal_id) if pk is not None}
        yield event, terms | ({of_kind(kind)} if kind != Application.stream_kind else set())


def parts(event: Event) -> tuple[str, str]:
    """Return the kind of an event's stream, and the code after it."""
    kind, _slash, code = event.stream.partition("/")
    return kind, code


def _mentioned(event: Event) -> set[str]:
    """Return the identifiers that the event speaks of; some of them are those of people."""
    return {*IDENTIFIER.findall(event.stream), *IDENTIFIER.findall(event.body)}


def _people(events: Sequence[Event]) -> dict[str, int]:
    mentioned = set().union(*(_mentioned(event) for event in events))
    rows = User.objects.filter(public_id__in=mentioned).values_list("public_id", "pk")
    return {str(public_id): pk for public_id, pk in rows}


def _paths(events: Sequence[Event]) -> dict[int, str]:
    """Return the path of the organisation that each event belongs to, by the event's key."""
    about = _paths_of_streams(events)
    offices = dict(
        Organisation.objects.filter(pk__in={event.office_id for event in events}).values_list("pk", "path")
    )
    found = {event.pk: about.get(event.stream) or offices.get(event.office_id or 0, "") for event in events}
    homeless = [event for event in events if not found[event.pk]]
    return found | _paths_of_accounts(homeless)


def _paths_of_streams(events: Sequence[Event]) -> dict[str, str]:
    asked: dict[str, set[str]] = defaultdict(set)
    for event in events:
        kind, code = parts(event)
        if kind in PLACES and IDENTIFIER.fullmatch(code):
            asked[kind].add(code)
    return {
        f"{kind}/{public_id}": path
        for kind, codes in asked.items()
        for public_id, path in PLACES[kind][0]
        .objects.filter(public_id__in=codes)
        .values_list("public_id", PLACES[kind][1])
    }


def _paths_of_accounts(events: Sequence[Event]) -> dict[int, str]:
    """Return where the people belonged, at the time, of whose accounts these events tell."""
    codes = {code for _kind, code in map(parts, events) if IDENTIFIER.fullmatch(code)}
    if not codes:
        return {}
    rows = Membership.objects.filter(user__public_id__in=codes).values_list(
        "user__public_id", "organisation__path", "started_at", "ended_at"
    )
    belonged: dict[str, list[tuple[str, datetime, datetime | None]]] = defaultdict(list)
    for public_id, path, started_at, ended_at in rows:
        belonged[str(public_id)].append((path, started_at, ended_at))
    return {
        event.pk: common_path(
            path
            for path, started_at, ended_at in belonged[parts(event)[1]]
            if started_at <= event.at and (ended_at is None or event.at < ended_at)
        )
        for event in events
    }


def common_path(paths: Iterable[str]) -> str:
    """Return the path of the smallest branch that holds all of these; "" if there is none."""
    split = [path.split("/")[:-1] for path in paths]
    if not split:
        return ""
    shared = []
    for codes in zip(*split, strict=False):
        if len(set(codes)) > 1:
            break
        shared.append(codes[0])
    return "".join(f"{code}/" for code in shared)


def _branches(paths: Iterable[str]) -> dict[str, list[int]]:
    """Return the offices in whose branches each path lies. Nobody audits an enterprise alone."""
    above = {path: [path[: at + 1] for at, letter in enumerate(path) if letter == "/"] for path in set(paths)}
    wanted = set().union(*above.values())
    offices = Organisation.objects.filter(path__in=wanted).exclude(kind=Organisation.Kind.ENTERPRISE)
    keys = dict(offices.values_list("path", "pk"))
    return {path: [keys[one] for one in ones if one in keys] for path, ones in above.items()}
