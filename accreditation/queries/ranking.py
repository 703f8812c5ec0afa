"""推荐排序: the order in which a district, industry or group union puts its candidates of a cycle."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accreditation.bars import short_words
from accreditation.models import (
    Application,
    Cycle,
    Organisation,
    OrganisationUserObjectPermission,
    Quota,
    User,
)
from accreditation.permissions import DECIDE, REVIEW
from accreditation.queries.cycle_overview import bodies_of
from accreditation.queries.standing import FirstLook, barred, first_looks
from accreditation.scope import offices_stood_in
from accreditation.states import State
from workflows.actors import Actor, Substitute, person_of
from workflows.models import Event

DECIDED = frozenset(
    {
        State.LISTED,
        State.PUBLIC_NOTICE,
        State.OBJECTION,
        State.NOTICE_ENDED,
        State.NAMED,
        State.REJECTED,
    }
)
"""The city has decided: the place of such a recommendation in the order stays what it is."""
RECOMMENDED = Q(recommended_at__isnull=False)


@dataclass(frozen=True)
class Candidate:
    """A candidate in the order, counted from 1.

    `is_recommended` has a place of the quota, `is_fixed` moves no more, `is_within` would still get a place,
    `opens_the_tail` is the first that would not, `passes_over` was recommended before somebody ahead of it.
    """

    number: int
    application: Application
    is_recommended: bool
    is_fixed: bool
    is_within: bool
    opens_the_tail: bool
    passes_over: bool
    look: FirstLook | None = None


@dataclass(frozen=True)
class Ranking:
    """The candidates of one body in one cycle; `quota` is None where it was given no places."""

    cycle: Cycle
    body: Organisation
    quota: Quota | None
    candidates: Sequence[Candidate]
    last: Event | None

    @property
    def left(self) -> int:
        """Return the places not used yet."""
        return self.quota.places - self.quota.used if self.quota else 0

    @property
    def waiting(self) -> list[Candidate]:
        """Return those not recommended yet."""
        return [one for one in self.candidates if not one.is_recommended]

    @property
    def within(self) -> list[Candidate]:
        """Return those not recommended yet for whom there are places."""
        return [one for one in self.waiting if one.is_within]

    @property
    def over(self) -> int:
        """Return how many more than the places recommending everybody would take."""
        return len(self.waiting) - len(self.within)

    @property
    def passing_over(self) -> list[Candidate]:
        """Return those recommended although somebody ahead of them is not."""
        return [one for one in self.candidates if one.passes_over]


def readable_body(user: User, cycle: Cycle, code: str, at: datetime) -> Organisation | None:
    """Return the body of the cycle's city whose ranking the user may read: its own reviewers, who runs the cycle.

    Who stands in for one of them at `at` reads it too.
    """
    held = OrganisationUserObjectPermission.objects.filter(user=user, user__is_active=True)
    at_city = held.filter(content_object=cycle.city_id, permission__codename=DECIDE)
    here = held.filter(content_object__code=code, permission__codename__in=[REVIEW, DECIDE])
    body = bodies_of(cycle.city).filter(code=code).first()
    if body is None or here.exists() or at_city.exists():
        return body
    stood_in = {one.organisation.pk for one in offices_stood_in(user, at)}
    return body if stood_in & {body.pk, cycle.city_id} else None


def rankings_of(bodies: Iterable[Organisation]) -> list[Quota]:
    """Return the latest cycle's quota of each of the bodies that has any: what it ranks its candidates for."""
    of_bodies = Quota.objects.filter(organisation__in=bodies).select_related("cycle", "organisation")
    latest = {quota.organisation_id: quota for quota in of_bodies.order_by("cycle__opens_at", "cycle_id")}
    return list(latest.values())


def candidates_of(cycle: Cycle, body: Organisation) -> QuerySet[Application]:
    """Return what the body has before it and what it has recommended, whatever became of that later."""
    standing = Q(state=State.DISTRICT_REVIEW) | RECOMMENDED & ~Q(state=State.WITHDRAWN)
    return cycle.applications.filter(standing, district=body)


def in_order(applications: Iterable[Application]) -> list[Application]:
    """Return candidates, read with their `rank`, in their order: those never ordered come as they came in.

    What the city decided on before there was any order stands ahead of it.
    """
    return sorted(applications, key=_place)


def _place(application: Application) -> tuple[Any, ...]:
    position = _position(application)
    came = application.recommended_at or application.submitted_at
    if position is not None:
        return 1, position, came, application.pk
    behind = 0 if is_fixed(application) else 2
    return behind, application.recommended_at is None, came, application.pk


def _position(application: Application) -> int | None:
    rank = getattr(application, "rank", None)
    return rank.position if rank else None


def is_fixed(application: Application) -> bool:
    """Return whether the city has decided on it, so that its place does not change any more."""
    return application.state in DECIDED


def merged(current: Sequence[Application], wished: Sequence[UUID]) -> list[Application]:
    """Return the candidates in the order wished for, as far as it goes.

    What is fixed keeps its place. What the wish does not name (it came in meanwhile) comes last, what is no
    candidate any more drops out.
    """
    movable = {one.public_id: one for one in current if not is_fixed(one)}
    chosen = [movable.pop(public_id) for public_id in wished if public_id in movable]
    following = iter([*chosen, *movable.values()])
    return [one if is_fixed(one) else next(following) for one in current]


def ranking_of(cycle: Cycle, body: Organisation, wished: Sequence[UUID] | None = None) -> Ranking:
    """Return the ranking as it is saved, or as it would be by an order wished for. Constant queries."""
    rows = candidates_of(cycle, body).select_related("rank", "studio", "enterprise", "union")
    listed = in_order(rows)
    if wished is not None:
        listed = merged(listed, wished)
    quota = Quota.objects.filter(cycle=cycle, organisation=body).first()
    looks = first_looks(listed)
    return Ranking(cycle, body, quota, list(_drawn(listed, quota, looks)), last_change(cycle, body))


def _drawn(
    listed: Sequence[Application], quota: Quota | None, looks: Mapping[int, FirstLook]
) -> Iterable[Candidate]:
    left = quota.places - quota.used if quota else 0
    skipped = 0
    for number, application in enumerate(listed, start=1):
        is_recommended = application.recommended_at is not None
        skipped += not is_recommended
        yield Candidate(
            number=number,
            application=application,
            is_recommended=is_recommended,
            is_fixed=is_fixed(application),
            is_within=is_recommended or skipped <= left,
            opens_the_tail=not is_recommended and skipped == left + 1,
            passes_over=is_recommended and skipped > 0,
            look=looks.get(application.pk),
        )


def last_change(cycle: Cycle, body: Organisation) -> Event | None:
    """Return the event by which this ranking was last saved."""
    saved = Event.objects.filter(stream=body.stream, action="rank", body__contains=f'"cycle":"{cycle.code}"')
    return saved.select_related("actor", "principal").order_by("-sequence").first()


def kept_out(actor: Actor, ranking: Ranking) -> list[tuple[Application, str]]:
    """Return the candidates that still move and that who acts, or for whom they do, must keep out of, and why."""
    held = [(one.application, ranking.body.pk) for one in ranking.candidates if not one.is_fixed]
    moving = [application for application, _office in held]
    reasons = barred(person_of(actor), held)
    if isinstance(actor, Substitute):
        reasons = dict.fromkeys(barred(actor.principal, held), short_words("substitute")) | reasons
    return [(application, reasons[application.pk]) for application in moving if application.pk in reasons]


def places_of(cycle: Cycle) -> dict[int, int]:
    """Return by application its place among those that its body recommended in the cycle. One query."""
    rows = cycle.applications.filter(RECOMMENDED).exclude(state=State.WITHDRAWN).select_related("rank")
    listed = sorted(
        rows.only("cycle", "state", "district_id", "recommended_at", "submitted_at", "rank__position"),
        key=_by_body,
    )
    return {
        application.pk: number
        for _body, recommended in groupby(listed, key=lambda one: one.district_id)
        for number, application in enumerate(recommended, start=1)
    }


def _by_body(application: Application) -> tuple[Any, ...]:
    return application.district_id, *_place(application)
