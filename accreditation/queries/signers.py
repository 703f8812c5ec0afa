"""Who may be asked to sign before or after a decision, and who may sign: colleagues who can read what they sign."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accreditation import bars
from accreditation.models import Application, OrganisationUserObjectPermission, User
from accreditation.permissions import DECIDE, OFFICE_FIELD, REVIEW, YES, AtLevel, substitutions
from accreditation.queries.interests import codes_of
from accreditation.states import LEVEL_OF, Level, State
from accreditation.work import workers_of
from workflows.actors import Actor, Substitute
from workflows.refusals import Verdict

SIGNED_IN = (
    State.ENTERPRISE_REVIEW,
    State.DISTRICT_REVIEW,
    State.CITY_INTAKE,
    State.CITY_DECISION,
    State.OBJECTION,
)
"""Where one person's decision ends the work; a notice and a naming are acts of the office on a whole list."""
SIGNED_AFTER = (State.ENTERPRISE_REVIEW, State.DISTRICT_REVIEW, State.CITY_DECISION)
"""Where every decision is one of the review page, which can wait for signatures."""


@dataclass(frozen=True)
class Candidate:
    """A colleague who could sign. `bar` says why not; `note` what they have to do first."""

    user: User
    bar: str
    note: str

    @property
    def key(self) -> str:
        """Return what stands for them in a form."""
        return str(self.user.public_id)


def may_sign(application: Application, by: Actor) -> Verdict:
    """Hold a grant of the office and nothing bars them; at the city the experts of this application only may sign.

    They are those who can read it: whoever decides for the city, and who sat on the panel.
    """
    if application.state not in SIGNED_IN:
        return Verdict(False, _("这一环节不加签。"), "state")
    level = LEVEL_OF[State(application.state)]
    if level != Level.CITY or application.scorecards.filter(expert_id=by.pk).exists():
        return AtLevel(level, (REVIEW, DECIDE))(application, by)
    return AtLevel(level, (DECIDE,))(application, by)


def able_to_sign(application: Application, person: User) -> Verdict:
    """Can be asked to sign, in words about them. Who has not declared their interests yet does so before signing."""
    verdict = may_sign(application, person)
    if verdict or verdict.code == "undeclared":
        return YES
    why = bars.words_about(verdict.code) if verdict.code in bars.CODES else _("没有办理这一件的权限")
    return Verdict(False, _("%(name)s：%(why)s。") % {"name": person.name, "why": why}, verdict.code)


def signers_of(application: Application) -> QuerySet[User]:
    """Return the active users who could sign on the open work, before anybody's interests."""
    seated = OrganisationUserObjectPermission.objects.filter(
        permission__codename=REVIEW,
        content_object_id=application.city_id,
        user__in=application.scorecards.values("expert"),
    )
    able = Q(pk__in=workers_of(application).values("pk"))
    if LEVEL_OF.get(State(application.state)) == Level.CITY:
        able |= Q(pk__in=seated.values("user"))
    return User.objects.filter(able, is_active=True).order_by("pk")


def candidates(application: Application, besides: Collection[int | None]) -> list[Candidate]:
    """Return who could sign, other than these people; who must keep out is listed with the reason."""
    people = [one for one in signers_of(application) if one.pk not in besides]
    codes = _codes(application, [one.pk for one in people])
    return [_candidate(one, codes.get(one.pk, "")) for one in people]


def cannot_sign(application: Application, users: Collection[int]) -> dict[int, str]:
    """Return by user why they cannot sign at present, in words about them; those who can are left out."""
    able = set(signers_of(application).filter(pk__in=users).values_list("pk", flat=True))
    said = {user: bars.words_about(code) for user, code in _codes(application, users).items()}
    return dict.fromkeys(set(users) - able, _("不再有办理这一环节的权限")) | said


def _candidate(user: User, code: str) -> Candidate:
    if code == "undeclared":
        return Candidate(user, "", _("还没有申明利害关系，申明后才能签署"))
    return Candidate(user, bars.words_about(code) if code else "", "")


def acting_in(user: User, office_id: int, places: Collection[int | None], at: datetime) -> Actor | None:
    """Return as whom the user acts in one of these people's places at an office: for themselves, or as a substitute."""
    if user.pk in places:
        return user
    running = substitutions(user, at).filter(office_id=office_id, principal_id__in=places)
    one = running.select_related("principal").order_by("pk").first()
    return Substitute(user, one.principal, at) if one else None


def _codes(application: Application, users: Collection[int]) -> dict[int, str]:
    office = getattr(application, OFFICE_FIELD[LEVEL_OF[State(application.state)]])
    return codes_of(application, office, users)
