"""Organisations, their people and their grants. Each change is an event in the organisation's stream."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accreditation.models import Membership, Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import APPLY, AUDIT, DECIDE, GRANTS, MANAGE, REVIEW, may_manage
from workflows.actors import SYSTEM, Actor
from workflows.engine import record
from workflows.persons import end_substitution
from workflows.refusals import NotPermitted, NotReady, Problem


def grants_possible(organisation: Organisation) -> tuple[str, ...]:
    """Return the grants that make sense on an organisation: enterprises apply, unions review and decide."""
    if organisation.kind == Organisation.Kind.ENTERPRISE:
        return (APPLY, MANAGE)
    return (REVIEW, DECIDE, MANAGE, AUDIT)


def found_organisation(
    *,
    kind: str,
    name: str,
    code: str,
    parent: Organisation | None,
    by: Actor,
    at: datetime,
    short_name: str = "",
) -> Organisation:
    """Enter an organisation in the tree. Raises NotPermitted, or NotReady for a code in use or a wrong place."""
    if by is not SYSTEM and not (parent and may_manage(by, parent)):
        raise NotPermitted(_("只有上级组织的管理人可以新设组织。"))
    problems = []
    if Organisation.objects.filter(code__iexact=code).exists():
        problems.append(Problem(_("代码%(code)s已经用过，填写新的代码。") % {"code": code}, field="code"))
    if not _fits(kind, parent):
        problems.append(Problem(_("这一类组织不能设在所选的上级之下。"), field="parent"))
    if problems:
        raise NotReady(problems)
    with transaction.atomic():
        organisation = Organisation.objects.create(
            kind=kind,
            name=name,
            short_name=short_name,
            code=code,
            parent=parent,
            path=f"{parent.path if parent else ''}{code}/",
        )
        record(
            organisation, "found", by=by, at=at, office=parent, role=MANAGE,
            kind=kind, code=code, name=name, short_name=short_name,
        )  # fmt: skip
    return organisation


def _fits(kind: str, parent: Organisation | None) -> bool:
    level = parent.level if parent else None
    below = {
        Organisation.Kind.CITY: parent is None,
        Organisation.Kind.DISTRICT: level == "city",
        Organisation.Kind.INDUSTRY: level == "city",
        Organisation.Kind.GROUP: level == "city",
        Organisation.Kind.UNION: level == "district",
        Organisation.Kind.STREET: level == "district",
        Organisation.Kind.ENTERPRISE: level == "enterprise",
    }
    return below[Organisation.Kind(kind)]


def create_user(*, username: str, name: str, password: str | None, email: str = "") -> User:
    """Make an account. Without grants it can do nothing; without a password nobody can sign in to it.

    Raises NotReady for a user name in use.
    """
    username = User.normalize_username(username)
    if User.objects.filter(username=username).exists():
        raise NotReady([Problem(_("账号%(name)s已经用过，换一个。") % {"name": username}, field="username")])
    return User.objects.create_user(username=username, email=email, password=password, name=name)


def add_member(
    organisation: Organisation, user: User, *, by: Actor, at: datetime, position: str = ""
) -> Membership:
    """Make somebody a member. Raises NotPermitted, or NotReady if they are one already.

    Members keep out of their own applications. So that no applicant chooses the judges, those who review or
    decide above the organisation are made members only by a manager of the body where they do.
    """
    with transaction.atomic():
        locked = _managed(organisation, by)
        if by is not SYSTEM and not all(may_manage(by, body) for body in _judges_for(locked, user)):
            raise NotPermitted(_("您没有办理这一环节的权限。"))
        if locked.memberships.filter(user=user, ended_at=None).exists():
            raise NotReady([Problem(_("%(name)s已经是成员。") % {"name": user.name}, field="username")])
        membership = Membership.objects.create(
            user=user, organisation=locked, position=position, started_at=at
        )
        record(
            locked, "join", by=by, at=at, office=locked, role=MANAGE,
            names={"position": position}, member=str(user.public_id),
        )  # fmt: skip
    return membership


def end_membership(organisation: Organisation, user: User, *, by: Actor, at: datetime) -> None:
    """End a membership and with it every grant on the organisation. Raises NotPermitted, NotReady."""
    with transaction.atomic():
        locked = _managed(organisation, by)
        _end(locked, _membership(locked, user), by=by, at=at)


@transaction.atomic
def leave_for_good(organisation: Organisation, user: User, *, by: Actor, at: datetime) -> None:
    """End whatever somebody is to an organisation, because they are erased; the caller has asked who may order that."""
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if locked.escalates_to_id == user.pk:
        locked.escalates_to = None
        locked.save(update_fields=["escalates_to"])
        record(locked, "set_escalation", by=by, at=at, office=locked, role=MANAGE)
    now = Q(principal=user) | Q(substitute=user)
    for running in locked.substitutions.filter(now, ended_at=None, ends_at__gt=at).order_by("pk"):
        end_substitution(running, locked, by=by, at=at, role=MANAGE)
    for codename in _grants(locked, user):
        _change(locked, user, codename, "revoke", by=by, at=at)
    for membership in locked.memberships.filter(user=user, ended_at=None):
        _end(locked, membership, by=by, at=at)


def set_grants(organisation: Organisation, user: User, grants: set[str], *, by: Actor, at: datetime) -> None:
    """Give and take grants until the member holds exactly `grants`; each change is an event.

    Raises NotPermitted; NotReady if the user is no member, a grant makes no sense there, or managers would
    take their own right to manage (so that an office is never left without one by accident).
    """
    with transaction.atomic():
        locked = _managed(organisation, by)
        _membership(locked, user)
        held = _grants(locked, user)
        if unknown := grants - set(grants_possible(locked)):
            raise NotReady(
                [Problem(_("这一组织没有这种权限：%(grants)s。") % {"grants": "、".join(sorted(unknown))})]
            )
        if user == by and MANAGE in held - grants:
            raise NotReady([Problem(_("不能收回自己的管理权限，请由上级组织或另一位管理人办理。"))])
        for codename in GRANTS:
            if codename in grants - held:
                _change(locked, user, codename, "grant", by=by, at=at)
            elif codename in held - grants:
                _change(locked, user, codename, "revoke", by=by, at=at)


def _managed(organisation: Organisation, by: Actor) -> Organisation:
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if by is not SYSTEM and not may_manage(by, locked):
        raise NotPermitted(_("只有本组织或上级组织的管理人可以办理。"))
    return locked


def _end(locked: Organisation, membership: Membership, *, by: Actor, at: datetime) -> None:
    """End a membership and the grants that go with it."""
    user = membership.user
    for codename in _grants(locked, user):
        _change(locked, user, codename, "revoke", by=by, at=at)
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    record(locked, "leave", by=by, at=at, office=locked, role=MANAGE, member=str(user.public_id))


def _membership(organisation: Organisation, user: User) -> Membership:
    membership = organisation.memberships.filter(user=user, ended_at=None).first()
    if membership is None:
        raise NotReady([Problem(_("%(name)s不是本组织的成员。") % {"name": user.name})])
    return membership


def _judges_for(organisation: Organisation, user: User) -> QuerySet[Organisation]:
    """Return the bodies above the organisation for which the user reviews or decides."""
    above = organisation.path.split("/")[:-2]
    rows = OrganisationUserObjectPermission.objects.filter(
        user=user, permission__codename__in=(REVIEW, DECIDE), content_object__code__in=above
    )
    return Organisation.objects.filter(pk__in=rows.values("content_object"))


def _grants(organisation: Organisation, user: User) -> set[str]:
    rows = OrganisationUserObjectPermission.objects.filter(content_object=organisation, user=user)
    return set(rows.values_list("permission__codename", flat=True))


def _change(
    organisation: Organisation, user: User, codename: str, action: str, *, by: Actor, at: datetime
) -> None:
    change = assign_perm if action == "grant" else remove_perm
    change(codename, user, organisation)
    record(
        organisation,
        action,
        by=by,
        at=at,
        office=organisation,
        role=MANAGE,
        member=str(user.public_id),
        grant=codename,
    )
