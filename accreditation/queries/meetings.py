"""The city's meeting: the candidates of a cycle as they come before it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accreditation.models import Application, Cycle, Meeting, Organisation
from accreditation.queries.cycle_overview import Ranked, judged, ranked
from accreditation.queries.judging import far_cards
from accreditation.queries.ranking import places_of
from accreditation.states import State
from workflows.models import Event

FAVOURED = (State.LISTED, State.PUBLIC_NOTICE, State.OBJECTION, State.NOTICE_ENDED, State.NAMED)
"""The city has decided for them."""
SORTS = ("total", "district", "name")


@dataclass(frozen=True)
class Candidate:
    """Somebody judged by the panel.

    `place` is the place in the order of who recommended it, `far` how many cards lie far from the others.
    """

    ranked: Ranked
    place: int | None
    far: int = 0

    @property
    def application(self) -> Application:
        """Return the application."""
        return self.ranked.application

    @property
    def is_open(self) -> bool:
        """Return whether the meeting can decide on it."""
        return self.application.state == State.CITY_DECISION

    @property
    def passes(self) -> bool:
        """Return whether every pass line is reached."""
        return not self.ranked.reasons


@dataclass(frozen=True)
class Balance:
    """How one district, industry or group union fares: places, recommended, judged, and what would be listed."""

    organisation: Organisation
    places: int | None
    used: int
    candidates: int
    decided: int
    proposed: int

    @property
    def listed(self) -> int:
        """Return how many would be listed, those already decided included."""
        return self.decided + self.proposed

    @property
    def units(self) -> list[tuple[str, int, str]]:
        """Return the squares: listed already, would be listed, the other candidates."""
        return [
            ("ink", self.decided, _("已列入")),
            ("plan", self.proposed, _("将列入")),
            ("open", max(self.candidates - self.listed, 0), _("其他候选")),
        ]


def candidates(cycle: Cycle, sort: str = "total") -> list[Candidate]:
    """Return everybody the panel has judged, by total, by who recommended them, or by name. Constant queries."""
    rows = list(
        judged(cycle).exclude(state=State.WITHDRAWN).select_related("studio", "enterprise", "district")
    )
    places = places_of(cycle)
    far = far_cards(rows)
    listed = [
        Candidate(row, places.get(row.application.pk), len(far.get(row.application.pk, ())))
        for row in ranked(cycle, rows, 1)
    ]
    if sort == "district":
        return sorted(
            listed, key=lambda one: (one.application.district.path, one.place or 0, one.ranked.number)
        )
    if sort == "name":
        return sorted(listed, key=lambda one: one.application.studio.name)
    return listed


def balance(cycle: Cycle, listed: Sequence[Candidate], proposed: Collection[int]) -> list[Balance]:
    """Return the unions with places or candidates; `proposed` are the applications that would be listed."""
    quotas = {quota.organisation_id: quota for quota in cycle.quotas.select_related("organisation")}
    bodies = {pk: quota.organisation for pk, quota in quotas.items()}
    bodies |= {one.application.district_id: one.application.district for one in listed}
    recommended = _recommended(cycle)
    return [
        Balance(
            organisation=body,
            places=quotas[pk].places if pk in quotas else None,
            used=quotas[pk].used if pk in quotas else recommended.get(pk, 0),
            candidates=sum(one.application.district_id == pk for one in listed),
            decided=sum(one.application.district_id == pk and _is_favoured(one) for one in listed),
            proposed=sum(
                one.application.district_id == pk and one.is_open and one.application.pk in proposed
                for one in listed
            ),
        )
        for pk, body in sorted(bodies.items(), key=lambda item: item[1].path)
    ]


def _is_favoured(candidate: Candidate) -> bool:
    return candidate.application.state in FAVOURED


def _recommended(cycle: Cycle) -> dict[int, int]:
    rows = cycle.applications.filter(recommended_at__isnull=False).exclude(state=State.WITHDRAWN).order_by()
    return dict(rows.values_list("district").annotate(count=Count("pk")))


def before_the_meeting(cycle: Cycle, named: Iterable[UUID]) -> QuerySet[Application]:
    """Return what the meeting can decide on, and what a page named although it has moved on since."""
    rows = cycle.applications.filter(
        Q(state=State.CITY_DECISION) | Q(public_id__in=list(named)), submitted_at__isnull=False
    )
    return rows.select_related("studio", "enterprise", "district", "city", "cycle")


def meetings_of(cycle: Cycle) -> QuerySet[Meeting]:
    """Return the meetings of a cycle, the latest first, with the name of for whom they were entered (`entered_for`)."""
    entered = Event.objects.filter(
        stream=cycle.stream, action="hold_meeting", at=OuterRef("entered_at"), actor=OuterRef("entered_by")
    )
    named = entered.values("principal__name")[:1]
    return cycle.meetings.select_related("entered_by").annotate(entered_for=Subquery(named))
