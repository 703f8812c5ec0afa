"""The panel of one application: who could sit on it, who sits, who has handed in a card. Marks are not read here."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accreditation.models import Application, Membership, Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import DECISIVE, REVIEW
from workflows.models import Event


@dataclass(frozen=True)
class Candidate:
    """Somebody who may score for the city; `barred` says why not this application, or nothing."""

    user: User
    is_proposed: bool
    barred: str
    places: str  # where they belong

    @property
    def key(self) -> str:
        """Return what stands for them in a form."""
        return str(self.user.public_id)

    @property
    def is_chosen(self) -> bool:
        """Return whether the page proposes them."""
        return self.is_proposed and not self.barred


@dataclass(frozen=True)
class Seat:
    """An expert on the panel, and when their card came in (None: not yet)."""

    user: User
    handed_in: datetime | None


def seats(application: Application) -> list[Seat]:
    """Return the experts on the revision that is being judged."""
    cards = application.current_cards.select_related("expert").order_by("pk")
    return [Seat(card.expert, card.submitted_at) for card in cards]


def candidates(application: Application) -> list[Candidate]:
    """Return who may review for the city and is not seated yet: the cycle's experts first, the barred last."""
    seated = application.current_cards.values("expert")
    people = list(reviewers_of(application.city).exclude(pk__in=seated))
    proposed = set(application.cycle.experts.values_list("pk", flat=True))
    related, decided = _related(application, people), _decided(application, people)
    belongs = _places(people)
    found = [
        Candidate(
            person,
            person.pk in proposed,
            _bar(person, related, decided),
            "、".join(belongs.get(person.pk, [])),
        )
        for person in people
    ]
    return sorted(found, key=lambda one: (bool(one.barred), not one.is_proposed))


def reviewers_of(city: Organisation) -> QuerySet[User]:
    """Return who may score for the city, by name."""
    granted = OrganisationUserObjectPermission.objects.filter(
        permission__codename=REVIEW, content_object=city, user__is_active=True
    )
    return User.objects.filter(pk__in=granted.values("user")).order_by("name", "pk")


def _related(application: Application, people: list[User]) -> set[int]:
    """Those who belong to the applicant or its union: they have an interest."""
    of_either = Q(organisation_id=application.enterprise_id) | Q(organisation_id=application.union_id)
    members = Membership.objects.filter(of_either, user__in=people, ended_at=None)
    return set(members.values_list("user_id", flat=True))


def _decided(application: Application, people: list[User]) -> set[int]:
    """Those who decided on it at another level."""
    decisions = Event.objects.filter(stream=application.stream, actor__in=people, action__in=DECISIVE)
    return set(decisions.exclude(office_id=application.city_id).values_list("actor_id", flat=True))


def _bar(person: User, related: set[int], decided: set[int]) -> str:
    if person.pk in related:
        return _("申报单位的人员，须回避")
    return _("已在另一级审核过这一件") if person.pk in decided else ""


def _places(people: list[User]) -> dict[int, list[str]]:
    rows = Membership.objects.filter(user__in=people, ended_at=None).order_by("pk")
    belongs: dict[int, list[str]] = {}
    for user_id, name in rows.values_list("user_id", "organisation__name"):
        belongs.setdefault(user_id, []).append(name)
    return belongs
