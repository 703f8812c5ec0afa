"""An office's own affairs: who belongs to it, what they may do, what stands below it, and what was changed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accreditation.models import Membership, Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import GRANTS, MANAGE
from workflows.models import Event

CURRENT = Q(memberships__ended_at=None, memberships__isnull=False)


@dataclass(frozen=True)
class Member:
    """A current member and the grants they hold on the organisation, in the order of GRANTS."""

    membership: Membership
    grants: tuple[str, ...]

    @property
    def user(self) -> User:
        """Return the member's account."""
        return self.membership.user


@dataclass(frozen=True)
class Entry:
    """An event of the organisation as a sentence."""

    at: datetime
    sentence: str
    sequence: int


def managed_organisations(user: User) -> QuerySet[Organisation]:
    """Return the organisations that the user manages: those with the grant, and those directly below them."""
    own = OrganisationUserObjectPermission.objects.filter(
        user=user, user__is_active=True, permission__codename=MANAGE
    ).values("content_object")
    return Organisation.objects.filter(Q(pk__in=own) | Q(parent__in=own))


def with_members(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Add the number of current members (`people`), in the order of the tree."""
    return (
        organisations.select_related("parent")
        .annotate(people=Count("memberships", filter=CURRENT, distinct=True))
        .order_by("path")
    )


def current_members(organisation: Organisation) -> QuerySet[Membership]:
    """Return the current memberships of an organisation, by name."""
    return organisation.memberships.filter(ended_at=None).select_related("user").order_by("user__name", "pk")


def members_with_grants(organisation: Organisation, memberships: Iterable[Membership]) -> list[Member]:
    """Return the memberships of a page with their grants. Two queries however many they are."""
    listed = list(memberships)
    rows = OrganisationUserObjectPermission.objects.filter(
        content_object=organisation, user__in=[one.user_id for one in listed]
    )
    held: dict[int, set[str]] = {}
    for user_id, codename in rows.values_list("user_id", "permission__codename"):
        held.setdefault(user_id, set()).add(codename)
    return [
        Member(one, tuple(grant for grant in GRANTS if grant in held.get(one.user_id, ()))) for one in listed
    ]


def events_of(organisation: Organisation) -> QuerySet[Event]:
    """Return what was changed in the organisation, the newest first."""
    return Event.objects.filter(stream=organisation.stream).select_related("actor").order_by("-sequence")


def sentences(events: Sequence[Event]) -> list[Entry]:
    """Put events of an organisation into words. One query for the people they speak of."""
    facts = [json.loads(event.body)["facts"] for event in events]
    named = {fact["member"] for fact in facts if "member" in fact}
    names = {str(public_id): name for public_id, name in _names(named)}
    return [
        Entry(event.at, _sentence(event, fact, names), event.sequence)
        for event, fact in zip(events, facts, strict=True)
    ]


def _names(public_ids: set[str]) -> Iterable[tuple[Any, str]]:
    return (
        User.objects.filter(public_id__in=public_ids).values_list("public_id", "name") if public_ids else []
    )


def _sentence(event: Event, facts: dict[str, Any], names: dict[str, str]) -> str:
    labels = dict(Organisation._meta.permissions)
    said = {
        "actor": event.actor.name if event.actor else _("系统"),
        "member": names.get(facts.get("member", ""), ""),
        "grant": labels.get(facts.get("grant", ""), ""),
        "period": facts.get("period", ""),
        "action": event.action,
    }
    patterns = {
        "found": _("%(actor)s设立本组织"),
        "join": _("%(actor)s将%(member)s列为成员"),
        "leave": _("%(actor)s结束%(member)s的成员身份"),
        "grant": _("%(actor)s授予%(member)s“%(grant)s”权限"),
        "revoke": _("%(actor)s收回%(member)s的“%(grant)s”权限"),
        "report_figures": _("%(actor)s填报%(period)s的统计数字"),
    }
    return patterns.get(event.action, _("%(actor)s办理%(action)s")) % said
