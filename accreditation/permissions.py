"""Who may do what: small named predicates over grants and memberships.

A grant is guardian's, on an organisation: apply, review, decide, manage, audit. A superuser holds none by
being one. Every predicate asks the database anew, so a revoked grant stops an action already on screen.
What somebody may see stands in `scope`, whose work it is in `work`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accreditation import bars
from accreditation.models import (
    Application,
    Membership,
    Organisation,
    OrganisationUserObjectPermission,
    User,
)
from accreditation.states import Level
from workflows.actors import PUBLIC, SYSTEM, Actor, Substitute
from workflows.models import Appointment, Substitution
from workflows.prepared import Prepared
from workflows.refusals import Verdict

APPLY, REVIEW, DECIDE, MANAGE, AUDIT = "apply", "review", "decide", "manage", "audit"
GRANTS = (APPLY, REVIEW, DECIDE, MANAGE, AUDIT)
YES = Verdict(True)


def grants_on(user_id: int, grants: Iterable[str], organisation_id: int) -> QuerySet[Any]:
    """Return the user's grants of these names on one organisation."""
    return OrganisationUserObjectPermission.objects.filter(
        user_id=user_id,
        user__is_active=True,
        permission__codename__in=list(grants),
        content_object_id=organisation_id,
    )


def appointments() -> QuerySet[Appointment]:
    """Return who is named for something now, as long as they review or decide for the office or the one above it."""
    rows = OrganisationUserObjectPermission.objects.filter(
        user=OuterRef("user"), permission__codename__in=(REVIEW, DECIDE)
    )
    own = rows.filter(content_object=OuterRef("office"))
    above = rows.filter(content_object=OuterRef("office__parent"))
    return Appointment.objects.filter(Exists(own) | Exists(above), ended_at=None)


def has_grant(user: User, grant: str, organisation: Organisation) -> bool:
    """Return whether an active user holds a grant on exactly this organisation."""
    return grants_on(user.pk, [grant], organisation.pk).exists()


def may_decide_at(by: Actor, organisation: Organisation) -> bool:
    """Return whether an actor decides for exactly this organisation: by grant, or in the place of who holds it.

    What is decided about an application is asked of it as well (`AtLevel`), with what bars both of them.
    """
    if not isinstance(by, Substitute):
        return has_grant(by, DECIDE, organisation)
    running = substitutions(by.user, by.at).filter(principal_id=by.principal.pk, office=organisation)
    return running.exists() and has_grant(by.principal, DECIDE, organisation)


def may_apply(application: Application, by: Actor) -> Verdict:
    """The applicant's own people: they fill in, submit and withdraw."""
    allowed = by.pk is not None and grants_on(by.pk, [APPLY], application.enterprise_id).exists()
    return Verdict(allowed, "" if allowed else _("只有申报单位的申报人可以办理。"))


@dataclass(frozen=True)
class AtLevel:
    """May act for the office at a level.

    Who holds one of the grants there, or was named for this application by the office above; whose own enterprise
    it is not; who decided at no other level, declared their interests for the cycle and none in the applicant, and
    has not recused. A substitute may what the principal may, as a member of the office without an interest either.
    """

    level: Level
    grants: tuple[str, ...]

    def __call__(self, application: Application, by: Actor) -> Verdict:
        if by.pk is None:
            return Verdict(False, _("请先登录。"), "grant")
        if isinstance(by, Substitute):
            return self._substitute(application, by)
        return self._verdict(application, by.pk, _BARS[self])

    def _substitute(self, application: Application, by: Substitute) -> Verdict:
        office = getattr(application, OFFICE_FIELD[self.level])
        running = substitutions(by.user, by.at).filter(principal_id=by.principal.pk, office_id=office)
        if not running.exists():
            return Verdict(
                False, _("您现在不是%(name)s的代理人。") % {"name": by.principal.name}, "substitute"
            )
        principal = self(application, by.principal)
        if not principal:
            said = {"name": by.principal.name, "reason": principal.reason}
            return Verdict(
                False, _("%(name)s本人不能办理，您也不能代为办理：%(reason)s") % said, "substitute"
            )
        return self._verdict(application, by.pk, _MEMBER_BARS[self])

    def _verdict(self, application: Application, by: int, question: Prepared) -> Verdict:
        held = question.rows(
            by=by,
            office=getattr(application, OFFICE_FIELD[self.level]),
            enterprise=application.enterprise_id,
            union=application.union_id,
            cycle=application.cycle_id,
            kind=ContentType.objects.get_for_model(Application).pk,
            application=application.pk,
            stream=application.stream,
        )
        if not held:
            return Verdict(False, _("您没有办理这一环节的权限。"), "grant")
        own, earlier, interest, recused, declared = map(bool, held[0])
        code = bars.first_bar(own=own, earlier=earlier, interest=interest, recused=recused, declared=declared)
        return Verdict(False, bars.words(code), code) if code else YES

    def asked(self, *, by: int, office: int, kind: int, application: int, **row: Any) -> QuerySet[Any, Any]:
        """Return a row where somebody may act for the office at all, with what may bar them (see `bars`)."""
        appointed = appointments().filter(
            user_id=by, office_id=office, content_type_id=kind, object_id=application
        )
        allowed = Exists(grants_on(by, self.grants, office)) | Exists(appointed)
        return self._asked(allowed, by=by, office=office, kind=kind, application=application, **row)

    def asked_of_member(self, *, by: int, office: int, **row: Any) -> QuerySet[Any, Any]:
        """Return a row where somebody is a member of the office, with what may bar them."""
        belongs = Exists(Membership.objects.filter(user_id=by, organisation_id=office, ended_at=None))
        return self._asked(belongs, by=by, office=office, **row)

    def _asked(
        self,
        allowed: Any,
        *,
        by: int,
        office: int,
        enterprise: int,
        union: int,
        cycle: int,
        kind: int,
        application: int,
        stream: str,
    ) -> QuerySet[Any, Any]:
        """Own enterprise, decided elsewhere, declared interest, recused; and whether interests are declared at all."""
        bodies = [enterprise] if self.level == Level.ENTERPRISE else [enterprise, union]
        return User.objects.filter(allowed, pk=by, is_active=True).values_list(
            Exists(bars.belonging([by], bodies)),
            Exists(bars.decisions([by], [stream]).exclude(office_id=office)),
            Exists(bars.interests([by], [cycle]).filter(enterprise_id=enterprise)),
            Exists(bars.recusals([by], kind, [application])),
            Exists(bars.declarations([by], [cycle])),
        )


OFFICE_FIELD = {Level.ENTERPRISE: "union_id", Level.DISTRICT: "district_id", Level.CITY: "city_id"}
BAR_VALUES = ("by", "office", "enterprise", "union", "cycle", "kind", "application", "stream")


class _Bars(dict[AtLevel, Prepared]):
    """The question of each predicate, composed when it is first asked: every decision asks one."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def __missing__(self, predicate: AtLevel) -> Prepared:
        build = getattr(predicate, self._question)
        self[predicate] = Prepared(build, *BAR_VALUES, texts=frozenset({"stream"}))
        return self[predicate]


_BARS, _MEMBER_BARS = _Bars("asked"), _Bars("asked_of_member")


def substitutions(user: User, at: datetime) -> QuerySet[Substitution]:
    """Return the substitutions by which the user, still a member of the office, stands in for others at a moment."""
    belongs = Membership.objects.filter(user=user, ended_at=None)
    return Substitution.objects.filter(
        substitute=user,
        substitute__is_active=True,
        starts_at__lte=at,
        ends_at__gt=at,
        ended_at=None,
        principal__is_active=True,
        office__in=belongs.values("organisation"),
    )


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
