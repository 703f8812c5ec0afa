"""What bars somebody from an application: the one source of the rule, for a single action and for whole lists.

Nobody decides on their own enterprise's application (above its union, the union's people belong to it too), nor
twice on one application at different levels, nor where they have declared an interest or have recused (domain
rules). Nobody acts in a cycle before they have declared their interests for it.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accreditation.models import Declaration, Interest, Membership
from workflows.models import Event, Recusal

DECISIVE = (
    "submit", "resubmit", "recommend", "send_back", "return_to_level", "reject", "approve", "score", "propose", "sign",
)  # fmt: skip
"""What counts as having acted on an application for an office: nobody judges it for another one after that."""
CODES = ("own", "interest", "recused", "earlier", "undeclared")
"""The bars, in the order in which they are said: interests first; the last goes away when interests are declared."""
NOT_OF_INTEREST = frozenset({"", "earlier", "undeclared"})
"""What keeps nobody from choosing who judges."""
NOT_FOR_GOOD = frozenset({"", "undeclared"})
"""What keeps nobody out who does what is asked."""
Keys = Collection[Any]


def bodies_of_applicant(enterprise: int, union: int, office: int) -> frozenset[int]:
    """Return the bodies whose people are the applicant's own, as seen from an office."""
    return frozenset({enterprise, union} - {office})


def belonging(users: Keys, bodies: Keys) -> QuerySet[Membership]:
    """Return the current memberships of these users in these bodies."""
    return Membership.objects.filter(user_id__in=users, organisation_id__in=bodies, ended_at=None)


def decisions(users: Keys, streams: Keys) -> QuerySet[Event]:
    """Return how these users have acted on these applications, for whatever office: themselves or by a substitute."""
    theirs = Q(actor_id__in=users) | Q(principal_id__in=users)
    return Event.objects.filter(theirs, stream__in=streams, action__in=DECISIVE)


def interests(users: Keys, cycles: Keys) -> QuerySet[Interest]:
    """Return what these users have declared for these cycles."""
    return Interest.objects.filter(declaration__user_id__in=users, declaration__cycle_id__in=cycles)


def recusals(users: Keys, kind: int, applications: Keys) -> QuerySet[Recusal]:
    """Return from which of these applications these users keep out; `kind` is the content type of applications."""
    return Recusal.objects.filter(user_id__in=users, content_type_id=kind, object_id__in=applications)


def declarations(users: Keys, cycles: Keys) -> QuerySet[Declaration]:
    """Return which of these users have declared for which of these cycles."""
    return Declaration.objects.filter(user_id__in=users, cycle_id__in=cycles)


def first_bar(*, own: bool, earlier: bool, interest: bool, recused: bool, declared: bool) -> str:
    """Return the code of the first bar that holds; "" for none."""
    holds = (own, interest, recused, earlier, not declared)
    return next((code for code, does in zip(CODES, holds, strict=True) if does), "")


def words(code: str) -> str:
    """Return why somebody must keep out of an application, as a sentence to them."""
    return {
        "own": _("这是您本单位的申报，须回避。"),
        "earlier": _("您已在另一级审核过这一件，同一人不能在两级作决定。"),
        "interest": _("您申明与申报单位有利害关系，须回避。"),
        "recused": _("您已对这一件回避。"),
        "undeclared": _("先申明您在本批次的利害关系。"),
    }[code]


def short_words(code: str) -> str:
    """Return the same for a row of the reader's list."""
    return {
        "own": _("与本人同单位"),
        "earlier": _("您已在另一级审核过"),
        "interest": _("您已申明利害关系"),
        "recused": _("您已回避"),
        "substitute": _("您所代的人不能办理"),
        "undeclared": _("先申明利害关系"),
    }[code]


def words_about(code: str) -> str:
    """Return the same of somebody else, after their name."""
    return {
        "own": _("是申报单位的人员，须回避"),
        "earlier": _("已在另一级审核过这一件"),
        "interest": _("申明与申报单位有利害关系"),
        "recused": _("已对这一件回避"),
        "undeclared": _("还没有申明利害关系"),
    }[code]
