"""What every page shows around its content: who is signed in, for which office, and where they can go."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.permissions import APPLY, AUDIT, DECIDE, MANAGE, REVIEW
from accreditation.queries.certificates import reads_certificates
from accreditation.queries.desk import Desk, count_for, desk_of
from accreditation.queries.findings.scope import waiting as findings_waiting
from accreditation.queries.load import oversees
from accreditation.queries.notifications import readable
from accreditation.queries.task_list import CAP
from accreditation.sample.accounts import sample_is_here
from accreditation.scope import Office, offices_of
from accreditation.states import Level
from certificates.configuration import configuration

OFFICE_KEY = "office"  # the session keeps the code of the organisation somebody acts for
CACHE = "_wuhao_offices"
MANY = 99
"""More new messages than this are shown as "99+": there is little room."""
DESK_CACHE = "_wuhao_desk"

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


def looks_after_certificates(office: Office) -> bool:
    """Who manages or decides at the city chooses how its certificates look."""
    return office.organisation.level == Level.CITY and bool(office.grants & {DECIDE, MANAGE})


def only_manages(office: Office) -> bool:
    """Whose work is the members alone comes to them first; everybody else finds them in the menu."""
    return MANAGE in office.grants and not office.grants & {APPLY, REVIEW, DECIDE, AUDIT}


def also_manages(office: Office) -> bool:
    """Who manages the members beside other work."""
    return MANAGE in office.grants and not only_manages(office)


def stands_in(office: Office) -> bool:
    """The people of the offices that review can stand in for each other."""
    return bool(office.organisation.level and office.grants & {REVIEW, DECIDE, MANAGE})


APPLYING = frozenset(
    {"application", "application-new", "application-step", "application-assessment", "application-check"}
    | {"application-submit", "application-withdraw", "certificate"}
    | {"revision", "revision-changes", "revision-compare"}
)
REVIEWING = frozenset(
    {"review", "decide", "claim", "release", "scorecard", "scorecard-sign"}
    | {"site-visits", "site-visit-new", "site-visit-correct"}
    | {"assign", "transfer", "delegate", "advise", "copy"}
    | {"signing", "signing-new"}
    | {"recuse", "appoint"}
    | {"keys", "batch", "copy-many", "searches", "search-save", "search"}
)
DESK = Place("desk", _("待办"), holding(REVIEW, DECIDE), REVIEWING)
CYCLE = frozenset(
    {
        "cycle",
        "cycle-new",
        "cycle-settings",
        "versions",
        "panel",
        "panels",
        "panels-conclude",
        "notice-list",
        "naming",
        "ruling",
        "rulings",
    }
    | {"ranking", "meeting-list", "meeting-new", "meeting"}
)
SUBSTITUTIONS = frozenset({"office-substitutions", "substitution-new", "substitution-end"})
MEMBERS = frozenset(
    {"office", "office-found", "member-new", "member", "member-end"}
    | {"webhooks", "webhook-new", "webhook", "webhook-end", "escalation"}
)
REGISTER = Place("register", _("名册"), lambda _office: True, frozenset({"studio", "districts", "district"}))
AFTER_REVIEW = frozenset({"notice", "objection", "objection-received", "decision"})
NOTICES = Place("notices", _("公示"), holding(APPLY), AFTER_REVIEW)
FINDINGS = Place(
    "findings",
    _("疑点"),
    holding(AUDIT),
    frozenset({"finding", "finding-examine", "finding-reopen", "findings-examine", "finding-rules"}),
)
MEMBERS_LABEL = _("成员与权限")
CYCLES = Place("cycles", pgettext_lazy("列表", "批次"), reads_cycles, CYCLE)
MAIN = (
    Place("applications", _("我的申报"), holding(APPLY), APPLYING),
    Place("offices", MEMBERS_LABEL, only_manages, MEMBERS),
    DESK,
    Place("desk-done", _("已办"), holding(REVIEW, DECIDE)),
    CYCLES,
    Place(
        "audit",
        _("查档"),
        holding(AUDIT),
        frozenset(
            {"timeline", "as-it-stood", "revision", "revision-changes", "revision-compare", "card"}
            | {"case-files", "case-file"}
            | {"event-search", "event-export", "event-searches", "event-search-save", "event-search-kept"}
        ),
    ),
    FINDINGS,
    Place(
        "certificates",
        pgettext_lazy("列表", "证书"),
        reads_certificates,
        frozenset({"certificate-record", "certificate-revoke", "certificate-reissue", "certificate-renew"}),
    ),
    REGISTER,
    NOTICES,
)
LOOKS = frozenset({"certificate-look-preview", "certificate-look-sample", "certificate-designs"}) | frozenset(
    {"certificate-design", "certificate-design-preview"}
)
MENU = (
    Place("offices", MEMBERS_LABEL, also_manages, MEMBERS),
    Place("certificate-look", _("证书样式"), looks_after_certificates, LOOKS),
    Place("loads", _("办理情况"), oversees, frozenset({"load", "spread", "spread-undo"})),
    Place("copies", _("抄送我的"), lambda office: office.organisation.level is not None),
    Place("substitutions", _("代理"), stands_in, SUBSTITUTIONS),
    Place("declarations", _("利害关系申明"), holding(REVIEW, DECIDE), frozenset({"declaration"})),
    Place(
        "account",
        _("我的账号"),
        lambda _office: True,
        frozenset({"password_change", "mail-choice", "mail-confirm"}),
    ),
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
