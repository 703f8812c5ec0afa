"""The panel of one application: who could sit on it, who sits, who has handed in a card. Marks are not read here."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accreditation.bars import NOT_FOR_GOOD, words_about
from accreditation.models import (
    Application,
    Membership,
    Organisation,
    OrganisationUserObjectPermission,
    Scorecard,
    User,
)
from accreditation.permissions import REVIEW
from accreditation.queries.interests import codes_of


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
    """An expert on the panel, and when their card came in (None: not yet, or they have recused before)."""

    user: User
    handed_in: datetime | None
    has_left: bool = False


def seats(application: Application) -> list[Seat]:
    """Return the experts on the revision that is being judged."""
    cards = application.current_cards.select_related("expert").order_by("pk")
    stay = set(sitting(application).values_list("pk", flat=True))
    return [Seat(card.expert, card.submitted_at, card.pk not in stay) for card in cards]


def sitting(application: Application) -> QuerySet[Scorecard]:
    """Return the cards that are handed in or will be: who must keep out before that has left the panel."""
    waiting = application.current_cards.filter(submitted_at=None).values_list("expert_id", flat=True)
    barred = codes_of(application, application.city_id, list(waiting))
    left = [user for user, code in barred.items() if code not in NOT_FOR_GOOD]
    return application.current_cards.exclude(submitted_at=None, expert__in=left)


def candidates(application: Application) -> list[Candidate]:
    """Return who may review for the city and is not seated yet: the cycle's experts first, the barred last."""
    seated = application.current_cards.values("expert")
    people = list(reviewers_of(application.city).exclude(pk__in=seated))
    proposed = set(application.cycle.experts.values_list("pk", flat=True))
    barred = codes_of(application, application.city_id, [person.pk for person in people])
    belongs = _places(people)
    found = [
        Candidate(
            person,
            person.pk in proposed,
            _bar(barred.get(person.pk, "")),
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


def _bar(code: str) -> str:
    """Who has not declared their interests yet can be seated: they declare before they score."""
    return words_about(code) if code and code != "undeclared" else ""


def _places(people: list[User]) -> dict[int, list[str]]:
    rows = Membership.objects.filter(user__in=people, ended_at=None).order_by("pk")
    belongs: dict[int, list[str]] = {}
    for user_id, name in rows.values_list("user_id", "organisation__name"):
        belongs.setdefault(user_id, []).append(name)
    return belongs
