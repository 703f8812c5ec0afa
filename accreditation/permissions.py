"""Who may do what: small named predicates over grants and memberships.

A grant is guardian's, on an organisation: apply, review, decide, manage, audit. A superuser holds none by
being one. Every predicate asks the database anew, so a revoked grant stops an action already on screen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext as _

from accreditation.models import Application, Membership, Organisation, OrganisationUserObjectPermission, User
from accreditation.states import Level
from workflows.actors import PUBLIC, SYSTEM, Actor
from workflows.models import Event
from workflows.prepared import Prepared
from workflows.refusals import Verdict

APPLY, REVIEW, DECIDE, MANAGE, AUDIT = "apply", "review", "decide", "manage", "audit"
GRANTS = (APPLY, REVIEW, DECIDE, MANAGE, AUDIT)
YES = Verdict(True)
DECISIVE = ("submit", "resubmit", "recommend", "send_back", "reject", "approve", "score")
"""What counts as having acted on an application for an office: nobody judges it for another one after that."""


@dataclass(frozen=True)
class Office:
    """An organisation that a user belongs to, and the user's grants there."""

    organisation: Organisation
    grants: frozenset[str]


def grants_on(user_id: int, grants: Iterable[str], organisation_id: int) -> QuerySet[Any]:
    """Return the user's grants of these names on one organisation."""
    return OrganisationUserObjectPermission.objects.filter(
        user_id=user_id,
        user__is_active=True,
        permission__codename__in=list(grants),
        content_object_id=organisation_id,
    )


def has_grant(user: User, grant: str, organisation: Organisation) -> bool:
    """Return whether an active user holds a grant on exactly this organisation."""
    return grants_on(user.pk, [grant], organisation.pk).exists()


def offices_of(user: User) -> list[Office]:
    """Return the organisations on which the user holds grants, from the top of the tree down. One query."""
    rows = (
        OrganisationUserObjectPermission.objects.filter(user=user, user__is_active=True)
        .select_related("content_object", "permission")
        .order_by("content_object__path")
    )
    held: dict[Organisation, set[str]] = {}
    for row in rows:
        held.setdefault(row.content_object, set()).add(row.permission.codename)
    return [Office(organisation, frozenset(grants)) for organisation, grants in held.items()]


def may_apply(application: Application, by: Actor) -> Verdict:
    """The applicant's own people: they fill in, submit and withdraw."""
    allowed = by.pk is not None and grants_on(by.pk, [APPLY], application.enterprise_id).exists()
    return Verdict(allowed, "" if allowed else _("只有申报单位的申报人可以办理。"))


@dataclass(frozen=True)
class AtLevel:
    """May act for the office at a level: holds one of the grants there, has no interest, decided at no other level."""

    level: Level
    grants: tuple[str, ...]

    def __call__(self, application: Application, by: Actor) -> Verdict:
        if by.pk is None:
            return Verdict(False, _("请先登录。"))
        held = _BARS[self].rows(
            by=by.pk,
            office=getattr(application, OFFICE_FIELD[self.level]),
            enterprise=application.enterprise_id,
            union=application.union_id,
            stream=application.stream,
        )
        if not held:
            return Verdict(False, _("您没有办理这一环节的权限。"))
        own, earlier = held[0]
        if own:
            return Verdict(False, _("这是您本单位的申报，须回避。"))
        if earlier:
            return Verdict(False, _("您已在另一级审核过这一件，同一人不能在两级作决定。"))
        return YES

    def bars(self, *, by: int, office: int, enterprise: int, union: int, stream: str) -> QuerySet[Any, Any]:
        """Return a row where the grant is held: whether it is the own enterprise, and whether decided elsewhere.

        Nobody decides on their own enterprise's application (above its union, the union's people belong to it
        too), nor twice on one application at different levels (domain rules).
        """
        own = [enterprise] if self.level == Level.ENTERPRISE else [enterprise, union]
        belongs = Membership.objects.filter(user_id=by, organisation_id__in=own, ended_at=None)
        decided = Event.objects.filter(stream=stream, actor_id=by, action__in=DECISIVE).exclude(
            office_id=office
        )
        return grants_on(by, self.grants, office).values_list(Exists(belongs), Exists(decided))[:1]


OFFICE_FIELD = {Level.ENTERPRISE: "union_id", Level.DISTRICT: "district_id", Level.CITY: "city_id"}


class _Bars(dict[AtLevel, Prepared]):
    """The question of each predicate, composed when it is first asked: every decision asks one."""

    def __missing__(self, predicate: AtLevel) -> Prepared:
        names = ("by", "office", "enterprise", "union", "stream")
        self[predicate] = Prepared(predicate.bars, *names, texts=frozenset({"stream"}))
        return self[predicate]


_BARS = _Bars()


def may_score(application: Application, by: Actor) -> Verdict:
    """An expert with an unsubmitted card on the revision before the panel, who may still review for the city."""
    verdict = AtLevel(Level.CITY, (REVIEW,))(application, by)
    if not verdict:
        return verdict
    seated = application.scorecards.filter(
        expert_id=by.pk, revision__number=application.revision_number, submitted_at=None
    ).exists()
    return Verdict(seated, "" if seated else _("您不在这一件的专家组，或者已经交卡。"))


def only_system(application: Application, by: Actor) -> Verdict:
    """Work that falls due by itself, and nobody else."""
    return Verdict(by is SYSTEM, "" if by is SYSTEM else _("这一步到期自动办理。"))


def anybody(application: Application, by: Actor) -> Verdict:
    """A visitor: an objection needs no account."""
    return Verdict(by is PUBLIC, "" if by is PUBLIC else _("请在公示页提出异议。"))


def may_manage(user: User, organisation: Organisation) -> bool:
    """The organisation's managers, and those of the organisation directly above it."""
    above = [pk for pk in (organisation.pk, organisation.parent_id) if pk]
    return OrganisationUserObjectPermission.objects.filter(
        user=user, user__is_active=True, permission__codename=MANAGE, content_object_id__in=above
    ).exists()


def visible_applications(user: User) -> QuerySet[Application]:
    """Return the applications that the user may see: lists, pages, files and searches all start here.

    The applicant's own; for reviewers what was submitted under their office; for experts what they sit on;
    for auditors everything submitted in their branch of the tree.
    """
    if not user.is_authenticated:
        return Application.objects.none()
    seen = Q(pk=None)
    for office in offices_of(user):
        seen |= _seen_from(office, user)
    return Application.objects.filter(seen)


def _seen_from(office: Office, user: User) -> Q:
    organisation, grants = office.organisation, office.grants
    seen = Q(pk=None)
    submitted = Q(submitted_at__isnull=False)
    if APPLY in grants:
        seen |= Q(enterprise=organisation)
    if AUDIT in grants:
        seen |= Q(enterprise__path__startswith=organisation.path) & submitted
    if organisation.level == Level.CITY:
        if DECIDE in grants:
            seen |= Q(city=organisation) & submitted
        elif REVIEW in grants:
            seen |= Q(pk__in=user.scorecards.values("application")) & Q(city=organisation)
    elif organisation.level and grants & {REVIEW, DECIDE}:
        seen |= Q(**{OFFICE_FIELD[organisation.level]: organisation.pk}) & submitted
    return seen
