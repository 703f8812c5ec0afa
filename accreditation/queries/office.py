"""An office's own affairs: who belongs to it, what they may do, what stands below it, and what was changed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accreditation.models import Membership, Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import DECIDE, GRANTS, MANAGE
from workflows.actors import shown_as
from workflows.models import Event
from workflows.working_days import last_day

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


def deciding_members(organisation: Organisation) -> QuerySet[User]:
    """Return the current members who decide for the organisation, by name."""
    deciding = organisation.grants.filter(permission__codename=DECIDE).values("user")
    members = organisation.memberships.filter(ended_at=None).values("user")
    return User.objects.filter(pk__in=deciding, is_active=True).filter(pk__in=members).order_by("name", "pk")


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
    return (
        Event.objects.filter(stream=organisation.stream)
        .select_related("actor", "principal")
        .order_by("-sequence")
    )


def sentences(events: Sequence[Event]) -> list[Entry]:
    """Put events of an organisation into words. One query for the people they speak of."""
    facts = [json.loads(event.body)["facts"] for event in events]
    named = {fact[key] for fact in facts for key in ("member", "substitute") if key in fact}
    names = {str(public_id): name for public_id, name in _names(named)}
    return [
        Entry(event.at, _sentence(event, fact, names), event.sequence)
        for event, fact in zip(events, facts, strict=True)
    ]


def _names(public_ids: set[str]) -> Iterable[tuple[Any, str]]:
    return (
        User.objects.filter(public_id__in=public_ids).values_list("public_id", "name") if public_ids else []
    )


def _day(written: str, *, ends: bool = False) -> str:
    """Return the day of an instant; of an end, the last day before it."""
    if not written:
        return ""
    at = datetime.fromisoformat(written)
    return date_format(last_day(at) if ends else localtime(at).date(), "DATE_FORMAT")


def _sentence(event: Event, facts: dict[str, Any], names: dict[str, str]) -> str:
    labels = dict(Organisation._meta.permissions)
    said = {
        "actor": shown_as(event.actor.name, getattr(event.principal, "name", ""))
        if event.actor
        else _("系统"),
        "member": names.get(facts.get("member", ""), ""),
        "grant": labels.get(facts.get("grant", ""), ""),
        "period": facts.get("period", ""),
        "cycle": facts.get("cycle", ""),
        "count": len(facts.get("applications", ())),
        "substitute": names.get(facts.get("substitute", ""), ""),
        "first": _day(facts.get("starts_at", "")),
        "last": _day(facts.get("ends_at", ""), ends=True),
        "name": facts.get("name", ""),
        "host": facts.get("host", ""),
        "version": facts.get("version", facts.get("layout", 0)),
        "action": event.action,
    }
    patterns = {
        "found": _("%(actor)s设立本组织"),
        "join": _("%(actor)s将%(member)s列为成员"),
        "leave": _("%(actor)s结束%(member)s的成员身份"),
        "grant": _("%(actor)s授予%(member)s“%(grant)s”权限"),
        "revoke": _("%(actor)s收回%(member)s的“%(grant)s”权限"),
        "report_figures": _("%(actor)s填报%(period)s的统计数字"),
        "rank": _("%(actor)s保存%(cycle)s批次的推荐排序，共%(count)d件"),
        "set_escalation": _("%(actor)s指定%(member)s接收逾期事项")
        if said["member"]
        else _("%(actor)s取消逾期事项的接收人"),
        "substitute": _("%(actor)s设置%(substitute)s代%(member)s办理，%(first)s至%(last)s"),
        "end_substitution": _("%(actor)s结束%(substitute)s代%(member)s办理"),
        "add_webhook": _("%(actor)s添加推送地址“%(name)s”（%(host)s）"),
        "test_webhook": _("%(actor)s向推送地址“%(name)s”发送测试消息"),
        "end_webhook": _("%(actor)s停用推送地址“%(name)s”"),
        "configure_certificates": _("%(actor)s更改证书设置，成为第%(version)d版"),
        "save_design": _("%(actor)s保存证书样式“%(name)s”第%(version)d版"),
    }
    return patterns.get(event.action, _("%(actor)s办理%(action)s")) % said
