"""What every page shows around its content: who is signed in, for which office, and where they can go."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accreditation.navigation import CYCLES, DESK, FINDINGS, MAIN, MENU, OTHERS, PUBLIC, Place, reads_cycles
from accreditation.queries.desk import Desk, count_for, desk_of
from accreditation.queries.findings.scope import waiting as findings_waiting
from accreditation.queries.notifications import readable
from accreditation.queries.task_list import CAP
from accreditation.sample.accounts import sample_is_here
from accreditation.scope import Office, offices_of
from certificates.configuration import configuration

OFFICE_KEY = "office"  # the session keeps the code of the organisation somebody acts for
CACHE = "_wuhao_offices"
MANY = 99
"""More new messages than this are shown as "99+": there is little room."""
DESK_CACHE = "_wuhao_desk"


@dataclass(frozen=True)
class Link:
    """A place as one page shows it."""

    address: str
    label: str | Promise
    is_current: bool
    count: str = ""


def offices(request: HttpRequest) -> list[Office]:
    """Return the offices of whoever is signed in; asked of the database once a request."""
    if not hasattr(request, CACHE):
        signed_in = request.user.is_authenticated
        setattr(request, CACHE, offices_of(request.user) if signed_in else [])  # type: ignore[arg-type]
    return getattr(request, CACHE)


def current_office(request: HttpRequest) -> Office | None:
    """Return the office that was chosen, or the first one; None for visitors and people without grants."""
    held = offices(request)
    chosen = request.session.get(OFFICE_KEY) if held else None
    return next((office for office in held if office.organisation.code == chosen), held[0] if held else None)


def links(
    places: tuple[Place, ...],
    office: Office | None,
    page: str,
    waiting: Mapping[Place, str] | None = None,
    opened: Collection[Place] = (),
) -> list[Link]:
    """Return those of the places that the office sees; without an office, all. Whoever has tasks sees the desk.

    `waiting` is how many things wait at a place, `opened` are those that standing in for somebody opens.
    """
    counts = waiting or {}
    seen = [
        place
        for place in places
        if office is None or place.seen_by(office) or place in opened or (place is DESK and counts.get(DESK))
    ]
    return [
        Link(reverse(place.name), place.label, place.is_here(page), counts.get(place, "")) for place in seen
    ]


def desk(request: HttpRequest) -> Desk:
    """Return the desk of whoever is signed in; asked of the database once a request."""
    if not hasattr(request, DESK_CACHE):
        setattr(request, DESK_CACHE, desk_of(request.user, offices(request), timezone.now()))  # type: ignore[arg-type]
    return getattr(request, DESK_CACHE)


def stood_in_places(request: HttpRequest) -> tuple[Place, ...]:
    """Return what else somebody sees because they stand in for another: the cycles that the principal reads."""
    own = desk(request)
    stood_in = {one.office_id for one in own.substitutions}
    reads = any(reads_cycles(one) for one in own.offices if one.organisation.pk in stood_in)
    return (CYCLES,) if reads else ()


def waiting_on_desk(request: HttpRequest) -> str:
    """How many tasks lie on the desk of whoever is signed in; "" for none."""
    number = count_for(desk(request)) if request.user.is_authenticated else 0
    return f"{CAP}+" if number >= CAP else str(number or "")


def open_findings(request: HttpRequest) -> str:
    """How many findings wait for the auditor who is signed in; "" for none."""
    if not request.user.is_authenticated:
        return ""
    number = findings_waiting(request.user, offices(request))
    return f"{MANY}+" if number > MANY else str(number or "")


def inbox(request: HttpRequest, page: str) -> Link:
    """Return the place of the messages, with how many are new; "" for none."""
    number = len(readable(request.user, timezone.now(), unread=True))  # type: ignore[arg-type]
    count = f"{MANY}+" if number > MANY else str(number or "")
    return Link(reverse("notifications"), _("消息"), page == "notifications", count)


def face(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `face`, worked out only by templates that show it."""
    return {"face": SimpleLazyObject(lambda: around(request))}


def around(request: HttpRequest) -> dict[str, Any]:
    """Return what surrounds a page: `office`, `offices`, `navigation`, `menu`, `inbox`, `issuer`, `sample`, `source`.

    `keys`: whether the keyboard shortcuts are of use to them.
    """
    page = request.resolver_match.url_name or "" if request.resolver_match else ""
    office = current_office(request)
    signed_in = request.user.is_authenticated
    opened = stood_in_places(request) if signed_in else ()
    others = (DESK, *opened, *OTHERS) if signed_in and desk(request).is_open else OTHERS
    main = MAIN if office else others if signed_in else PUBLIC
    waiting = {DESK: waiting_on_desk(request), FINDINGS: open_findings(request)}
    return {
        "office": office,
        "offices": offices(request),
        "navigation": links(main, office, page, waiting, opened),
        "menu": links(MENU if office else MENU[2:], office, page) if signed_in else [],
        "inbox": inbox(request, page) if signed_in else None,
        "keys": signed_in and desk(request).is_open,
        "issuer": configuration().issuer,
        "sample": sample_is_here(),
        "source": settings.SOURCE_URL,
    }
