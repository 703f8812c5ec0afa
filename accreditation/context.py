"""What every page shows around its content: who is signed in, for which office, and where they can go."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.models import Organisation
from accreditation.permissions import APPLY, AUDIT, DECIDE, MANAGE, REVIEW, Office, offices_of
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


@dataclass(frozen=True)
class Link:
    """A place as one page shows it."""

    address: str
    label: str | Promise
    is_current: bool
    count: int = 0


def holding(*grants: str) -> Holds:
    """Return the predicate: holds one of the grants in the office."""
    return lambda office: bool(office.grants & set(grants))


def manages_cycles(office: Office) -> bool:
    """Cycles are run by the city's office."""
    return bool(office.grants & {MANAGE, DECIDE}) and office.organisation.kind == Organisation.Kind.CITY


APPLYING = frozenset(
    {"application", "application-new", "application-step", "application-check", "application-submit"}
    | {"application-withdraw"}
)
REGISTER = Place("register", _("名册"), lambda _office: True, frozenset({"studio", "district"}))
NOTICES = Place("notices", _("公示"), holding(APPLY), frozenset({"notice", "objection"}))
MAIN = (
    Place("applications", _("我的申报"), holding(APPLY), APPLYING),
    Place("desk", _("待办"), holding(REVIEW, DECIDE), frozenset({"review", "scorecard", "decide"})),
    Place("desk-done", _("已办"), holding(REVIEW, DECIDE)),
    Place(
        "cycles", _("批次"), manages_cycles, frozenset({"cycle", "panel", "notice-list", "naming", "rulings"})
    ),
    Place("audit", _("查档"), holding(AUDIT), frozenset({"timeline"})),
    REGISTER,
    NOTICES,
)
MENU = (
    Place("office", _("成员与权限"), holding(MANAGE)),
    Place("account", _("我的账号"), lambda _office: True, frozenset({"password_change"})),
)
PUBLIC = (
    REGISTER,
    Place("notices", _("公示"), lambda _office: True, NOTICES.pages),
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


def links(places: tuple[Place, ...], office: Office | None, page: str) -> list[Link]:
    """Return those of the places that the office sees; without an office, all of them."""
    return [
        Link(address, place.label, page == place.name or page in place.pages)
        for place in places
        if (office is None or place.seen_by(office)) and (address := _address(place.name))
    ]


def _address(name: str) -> str:
    """FOR THE TIME OF BUILDING ONLY: a page that does not exist yet has no link."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def face(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `face.office`, `face.offices`, `face.navigation`, `face.menu`, `face.issuer`."""
    page = request.resolver_match.url_name or "" if request.resolver_match else ""
    office = current_office(request)
    signed_in = request.user.is_authenticated
    without_office = (REGISTER, PUBLIC[1])
    return {
        "face": {
            "office": office,
            "offices": offices(request),
            "navigation": links(MAIN if office else without_office if signed_in else PUBLIC, office, page),
            "menu": links(MENU if office else MENU[1:], office, page) if signed_in else [],
            "issuer": configuration().issuer,
        }
    }
