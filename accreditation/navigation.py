"""The places of the site: who sees them in the navigation, and which pages belong to each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.permissions import APPLY, AUDIT, DECIDE, MANAGE, REVIEW
from accreditation.queries.certificates import reads_certificates
from accreditation.queries.load import oversees
from accreditation.scope import Office
from accreditation.states import Level

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
