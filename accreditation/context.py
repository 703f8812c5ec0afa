"""What every page shows around its content: who is signed in, for which office, and where they can go."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.permissions import APPLY, AUDIT, DECIDE, MANAGE, REVIEW, Office, offices_of
from accreditation.queries.desk import CAP, count_for, reviewing
from accreditation.sample.accounts import sample_is_here
from accreditation.states import Level
from certificates.configuration import configuration

OFFICE_KEY = "office"  # the session keeps the code of the organisation somebody acts for
CACHE = "_wuhao_offices"

Holds = Callable[[Office], bool]


@dataclass(frozen=True)
class Place:
    """A place: the name of its address, its word, who sees it, and the pages that belong to it."""

    name: str
    label: str | Promise
    seen_by: Holds
    pages: frozenset[str] = frozenset()

    def is_here(self, page: str) -> bool:
        """Whether the page of this address name is the place or belongs to it."""
        return page == self.name or page in self.pages


@dataclass(frozen=True)
class Link:
    """A place as one page shows it."""

    address: str
    label: str | Promise
    is_current: bool
    count: str = ""


def holding(*grants: str) -> Holds:
    """Return the predicate: holds one of the grants in the office."""
    return lambda office: bool(office.grants & set(grants))


def reads_cycles(office: Office) -> bool:
    """The city's office runs the cycles; who decides for a body below it sees how its own places stand."""
    if office.organisation.level == Level.CITY:
        return bool(office.grants & {DECIDE, MANAGE})
    return office.organisation.level == Level.DISTRICT and DECIDE in office.grants


APPLYING = frozenset(
    {"application", "application-new", "application-step", "application-assessment", "application-check"}
    | {"application-submit", "application-withdraw", "revision", "certificate"}
)
REVIEWING = frozenset({"review", "decide", "claim", "release", "scorecard", "scorecard-sign"})
DESK = Place("desk", _("待办"), holding(REVIEW, DECIDE), REVIEWING)
CYCLE = frozenset(
    {"cycle", "cycle-new", "cycle-settings", "panel", "notice-list", "naming", "ruling", "rulings"}
)
MEMBERS = frozenset({"office", "office-found", "member-new", "member", "member-end"})
REGISTER = Place("register", _("名册"), lambda _office: True, frozenset({"studio", "districts", "district"}))
AFTER_REVIEW = frozenset({"notice", "objection", "objection-received", "decision"})
NOTICES = Place("notices", _("公示"), holding(APPLY), AFTER_REVIEW)
MAIN = (
    Place("applications", _("我的申报"), holding(APPLY), APPLYING),
    DESK,
    Place("desk-done", _("已办"), holding(REVIEW, DECIDE)),
    Place("cycles", pgettext_lazy("列表", "批次"), reads_cycles, CYCLE),
    Place("audit", _("查档"), holding(AUDIT), frozenset({"timeline", "revision", "card"})),
    REGISTER,
    NOTICES,
)
MENU = (
    Place("offices", _("成员与权限"), holding(MANAGE), MEMBERS),
    Place("account", _("我的账号"), lambda _office: True, frozenset({"password_change"})),
)
OTHERS = (REGISTER, NOTICES)  # for somebody signed in who holds no grants
PUBLIC = (
    REGISTER,
    NOTICES,
    Place("verify", _("证书查验"), lambda _office: True, frozenset({"verify-certificate"})),
    Place("login", _("登录"), lambda _office: True),
)


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


def links(places: tuple[Place, ...], office: Office | None, page: str, waiting: str = "") -> list[Link]:
    """Return those of the places that the office sees; without an office, all of them."""
    seen = [place for place in places if office is None or place.seen_by(office)]
    return [
        Link(reverse(place.name), place.label, place.is_here(page), waiting if place is DESK else "")
        for place in seen
    ]


def waiting_on_desk(request: HttpRequest) -> str:
    """How many tasks lie on the desk of all offices that somebody reviews for; "" for none."""
    held = reviewing(offices(request))
    number = count_for(request.user, held) if held else 0  # type: ignore[arg-type]
    return f"{CAP}+" if number >= CAP else str(number or "")


def face(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `face`, worked out only by templates that show it."""
    return {"face": SimpleLazyObject(lambda: around(request))}


def around(request: HttpRequest) -> dict[str, Any]:
    """Return what surrounds a page: `office`, `offices`, `navigation`, `menu`, `issuer`, `sample`, `source`."""
    page = request.resolver_match.url_name or "" if request.resolver_match else ""
    office = current_office(request)
    signed_in = request.user.is_authenticated
    main = MAIN if office else OTHERS if signed_in else PUBLIC
    return {
        "office": office,
        "offices": offices(request),
        "navigation": links(main, office, page, waiting_on_desk(request)),
        "menu": links(MENU if office else MENU[1:], office, page) if signed_in else [],
        "issuer": configuration().issuer,
        "sample": sample_is_here(),
        "source": settings.SOURCE_URL,
    }
