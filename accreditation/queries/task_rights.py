"""Who may hand a task on, who can be given one, who may ask and be asked: the permissions of `workflows.tasks`.

`may_…` is asked of who acts, in words to them; `able_…` of who would receive something, in words about them.
"""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accreditation import bars
from accreditation.models import Application, Membership, Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import APPLY, DECIDE, MANAGE, OFFICE_FIELD, REVIEW, YES, AtLevel
from accreditation.scope import visible_applications
from accreditation.states import DECIDED_ON, LEVEL_OF, RETURNED, Level, State
from accreditation.work import may_work, working
from workflows.actors import Actor, Substitute, holder_of
from workflows.models import Recusal
from workflows.refusals import Verdict, WrongState
from workflows.works import open_work

NO_BAR_TO_ASSIGN = ("earlier", "undeclared")
"""Who assigns does not judge: only an interest of their own, or having recused, keeps them from it."""


@dataclass(frozen=True)
class Capacity:
    """The office for which somebody does something, and the grant by which they do."""

    office: Organisation
    grant: str


def may_have(application: Application, by: Actor) -> Verdict:
    """May have the open work. Raises WrongState where no office has any that could be handed about."""
    if application.state not in DECIDED_ON:
        raise WrongState(_("这一件现在没有可以认领的待办。"))
    return may_work(application, by)


def may_let_go(application: Application, by: Actor) -> Verdict:
    """As `may_have`; but who holds the work may let go of it whatever they must keep out of it for by now."""
    verdict = may_have(application, by)
    if verdict or verdict.code not in bars.CODES:
        return verdict
    work = open_work(application)
    return YES if work is not None and work.assignee_id == by.pk else verdict


def able_to_work(application: Application, person: User) -> Verdict:
    """Can be given the open work."""
    return _about(may_work(application, person), person)


def may_assign(application: Application, by: Actor) -> Verdict:
    """Who manages the office that has the work, or decides for it, and has no interest. Raises WrongState."""
    predicate = working(application.state)
    if predicate is None:
        raise WrongState(_("这一件现在没有可以指派的待办。"))
    verdict = AtLevel(predicate.level, (DECIDE, MANAGE))(application, by)
    return YES if verdict.code in NO_BAR_TO_ASSIGN else verdict


def may_advise(application: Application, by: Actor) -> Verdict:
    """A member of the office that has the work, who may see the application and has no interest. Raises WrongState."""
    predicate = working(application.state)
    if predicate is None:
        raise WrongState(_("这一件现在没有可以委派的待办。"))
    office = getattr(application, OFFICE_FIELD[predicate.level])
    belongs = Membership.objects.filter(user_id=by.pk, organisation_id=office, ended_at=None).exists()
    if not belongs or not visible_applications(_user(by)).filter(pk=application.pk).exists():
        return Verdict(False, _("只有本级能看到这一件的成员可以提意见。"), "grant")
    return AtLevel(predicate.level, (REVIEW, DECIDE))(application, by)


def able_to_advise(application: Application, person: User) -> Verdict:
    """Can be asked for advice on the open work."""
    return _about(may_advise(application, person), person)


def may_copy(application: Application, by: Actor) -> Verdict:
    """Whoever works on it, or has worked on it last: people of the level that has it."""
    level = LEVEL_OF.get(State(application.state))
    if level is None:
        return Verdict(False, _("这一件现在不在审核环节，不能抄送。"), "state")
    return AtLevel(level, (DECIDE,) if level == Level.CITY else (REVIEW, DECIDE))(application, by)


def able_to_read(application: Application) -> QuerySet[User]:
    """Return who can be copied to: the people of its reviewing offices, except those who must keep out of it."""
    of_offices = [application.union_id, application.district_id, application.city_id]
    members = Membership.objects.filter(ended_at=None)
    people = User.objects.filter(
        pk__in=members.filter(organisation_id__in=of_offices).values("user"), is_active=True
    )
    own = members.filter(organisation_id=application.enterprise_id)
    kind = ContentType.objects.get_for_model(Application)
    recused = Recusal.objects.filter(content_type=kind, object_id=application.pk)
    interested = bars.interests(people, [application.cycle_id]).filter(
        enterprise_id=application.enterprise_id
    )
    return (
        people.exclude(pk__in=own.values("user"))
        .exclude(pk__in=recused.values("user"))
        .exclude(pk__in=interested.values("declaration__user"))
        .order_by("name", "pk")
    )


def reminding(application: Application, by: Actor) -> Capacity | None:
    """Return for which office somebody may remind, or None.

    The applicant's people while others have it; below the city whoever reviews, at the city whoever decides, and
    managers: of the bodies that sent it up, that have it, or that wait for what they returned.
    """
    offices = {office.pk: office for office in _involved(application)}
    rows = OrganisationUserObjectPermission.objects.filter(
        user_id=holder_of(by).pk, user__is_active=True, content_object_id__in=offices
    ).values_list("content_object_id", "permission__codename")
    held = set(rows)
    for pk, office in offices.items():
        for grant in _reminding_grants(office):
            if (pk, grant) in held:
                return Capacity(office, grant)
    return None


def may_remind(application: Application, by: Actor) -> Verdict:
    """Whoever waits for the application to go on."""
    allowed = reminding(application, by) is not None
    return Verdict(allowed, "" if allowed else _("只有申报单位和经办过这一件的各级可以催办。"), "grant")


def _involved(application: Application) -> list[Organisation]:
    """Return the bodies that may wait for it, the highest first."""
    levels = list(Level)
    state = State(application.state)
    if state not in LEVEL_OF:
        return []
    highest = max(levels.index(Level(level)) for level in (LEVEL_OF[state], application.owed_to) if level)
    offices = [application.office_at(level) for level in reversed(levels[: highest + 1])]
    if state not in RETURNED:
        offices.append(application.enterprise)
    return [office for office in offices if office is not None]


def _reminding_grants(office: Organisation) -> tuple[str, ...]:
    if office.level is None:
        return (APPLY,)
    return (DECIDE, MANAGE) if office.level == Level.CITY else (REVIEW, DECIDE, MANAGE)


def _about(verdict: Verdict, person: User) -> Verdict:
    """Return the verdict in words about the person."""
    if verdict:
        return verdict
    why = bars.words_about(verdict.code) if verdict.code in bars.CODES else _("没有办理这一件的权限")
    return Verdict(False, _("%(name)s%(why)s。") % {"name": person.name, "why": why}, verdict.code)


def _user(by: Actor) -> User:
    user: User = by.user if isinstance(by, Substitute) else by
    return user


def managed_work(user: User) -> QuerySet[Application]:
    """Return the applications whose work lies with an office that the user manages: they may say whose it shall be."""
    managed = OrganisationUserObjectPermission.objects.filter(
        user=user, user__is_active=True, permission__codename=MANAGE
    ).values("content_object")
    lies = Q(pk=None)
    for level, field in OFFICE_FIELD.items():
        states = [state for state in DECIDED_ON if LEVEL_OF[state] == level]
        lies |= Q(**{f"{field}__in": managed}, state__in=states)
    return Application.objects.filter(lies)
