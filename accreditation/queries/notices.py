"""Public notices, the objections to them, and the decisions that follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from accreditation.models import Application, Cycle, NamingDecision, Notice, Objection, Organisation
from accreditation.states import State
from workflows.models import Event
from workflows.working_days import working_days_in

PASSED = (State.NOTICE_ENDED, State.NAMED)


@dataclass(frozen=True)
class Announced:
    """A studio on a notice: where its own notice stands, and whether an objection can be filed today."""

    application: Application
    standing: str  # running, paused, ended, or off (it is on the notice no more)
    may_object: bool


@dataclass(frozen=True)
class Group:
    """The studios of one district, industry or group union."""

    organisation: Organisation
    rows: list[Any]


def all_notices() -> QuerySet[Notice]:
    """Return the notices with the number of their studios, the newest first."""
    return (
        Notice.objects.select_related("cycle")
        .annotate(studios=Count("listed"))
        .order_by("-published_at", "-pk")
    )


def running_notices(today: date) -> QuerySet[Notice]:
    """Return the notices whose last day has not passed."""
    return all_notices().filter(last_day__gte=today)


def days_left(notice: Notice, today: date) -> int:
    """Return the working days that a notice still has, today among them."""
    return working_days_in(max(today, notice.first_day), notice.last_day)


def announced(notice: Notice, today: date) -> list[Group]:
    """Return the studios of a notice, grouped by district."""
    listed = _in_order(notice.listed.all())
    return [
        Group(group.organisation, [_standing(notice, application, today) for application in group.rows])
        for group in by_district(listed)
    ]


def by_district(applications: Iterable[Application]) -> list[Group]:
    """Group applications, which come in the order of their districts, by district."""
    return [Group(body, list(rows)) for body, rows in groupby(applications, key=lambda one: one.district)]


def waiting_for_notice(cycle: Cycle) -> QuerySet[Application]:
    """Return the applications that are on the list for the next notice."""
    return _in_order(cycle.applications.filter(state=State.LISTED))


def waiting_for_naming(cycle: Cycle) -> QuerySet[Application]:
    """Return the applications whose notice has ended without an open objection."""
    return _in_order(cycle.applications.filter(state=State.NOTICE_ENDED))


def objected(cycle: Cycle) -> QuerySet[Application]:
    """Return the applications of a cycle with open objections (`opened`), the longest waiting first."""
    opened = Prefetch(
        "objections", Objection.objects.filter(outcome="").order_by("filed_at"), to_attr="opened"
    )
    listed = cycle.applications.filter(state=State.OBJECTION)
    return (
        listed.select_related("studio", "enterprise", "district")
        .prefetch_related(opened)
        .order_by("state_since", "pk")
    )


def ruled_objections(cycle: Cycle) -> QuerySet[Objection]:
    """Return the objections of a cycle that have been ruled on, the newest first; `ruled_for` is in whose place."""
    deeds = Event.objects.filter(actor=OuterRef("ruled_by"), at=OuterRef("ruled_at"))
    named = Subquery(deeds.exclude(principal=None).values("principal__name")[:1])
    ruled = Objection.objects.filter(application__cycle=cycle).exclude(outcome="").annotate(ruled_for=named)
    return ruled.select_related("application__studio", "application__enterprise", "ruled_by").order_by(
        "-ruled_at", "-pk"
    )


def same_objection(application: Application, *, name: str, contact: str, grounds: str) -> Objection | None:
    """Return the open objection that says exactly this already: a form sent twice."""
    return application.objections.filter(outcome="", name=name, contact=contact, grounds=grounds).first()


def takes_objections(application: Application, today: date) -> bool:
    """Return whether an objection can be filed: while the notice runs, its last day included, or while it is paused."""
    if application.state == State.OBJECTION:
        return True
    return application.state == State.PUBLIC_NOTICE and bool(
        application.notice_ends_on and today <= application.notice_ends_on
    )


def decisions() -> QuerySet[NamingDecision]:
    """Return the naming decisions with the number of their studios, the newest first."""
    return (
        NamingDecision.objects.select_related("cycle")
        .annotate(studios=Count("designations"))
        .order_by("-signed_at")
    )


def named_by(decision: NamingDecision) -> list[Group]:
    """Return the designations of a decision, grouped by district."""
    listed = decision.designations.select_related("studio__enterprise", "district").order_by(
        "district__path", "pk"
    )
    return [Group(body, list(rows)) for body, rows in groupby(listed, key=lambda one: one.district)]


def notices_of(cycle: Cycle) -> QuerySet[Notice]:
    """Return the notices of a cycle with the number of their studios and of open objections, the newest first."""
    opened = Count("applications", filter=Q(applications__state=State.OBJECTION), distinct=True)
    return cycle.notices.annotate(studios=Count("listed", distinct=True), paused=opened).order_by(
        "-published_at"
    )


def picked(cycle: Cycle, versions: dict[UUID, int]) -> list[Application]:
    """Return the cycle's applications of these ids, carrying the versions that somebody saw. Others are left out."""
    chosen = list(_in_order(cycle.applications.filter(public_id__in=list(versions))))
    for application in chosen:
        application.version = versions[application.public_id]
    return chosen


def _in_order(applications: QuerySet[Application]) -> QuerySet[Application]:
    return applications.select_related("studio__enterprise", "enterprise", "district").order_by(
        "district__path", "number", "pk"
    )


def _standing(notice: Notice, application: Application, today: date) -> Announced:
    if application.notice_id != notice.pk:
        return Announced(application, "off", may_object=False)
    if application.state in PASSED:
        standing = "ended"
    elif application.state == State.OBJECTION:
        standing = "paused"
    elif application.state == State.PUBLIC_NOTICE:
        standing = "running" if takes_objections(application, today) else "ended"
    else:
        standing = "off"
    return Announced(application, standing, takes_objections(application, today))
