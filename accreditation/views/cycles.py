"""Cycles: the list, and where one stands."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accreditation.models import Cycle, User
from accreditation.permissions import DECIDE
from accreditation.queries import cycle_overview as overview
from accreditation.queries import notices
from accreditation.queries.meetings import meetings_of
from accreditation.scope import offices_of, offices_stood_in
from accreditation.states import Level, State
from accreditation.views.paging import page_of
from workflows.working_days import calendar_strip


@login_required
@require_safe
def cycles(request: HttpRequest) -> HttpResponse:
    """The cycles that the user may look at."""
    user: Any = request.user
    page = page_of(request, overview.with_counts(overview.readable_cycles(user, timezone.now())))
    may_open = overview.cities_decided_by(user).exists()
    return render(request, "office/cycles.html", {"page": page, "may_open": may_open, "now": timezone.now()})


@login_required
@require_safe
def cycle(request: HttpRequest, code: str) -> HttpResponse:
    """Where a cycle stands. Who decides in a district sees its own row; marks are for who runs the cycle."""
    user: Any = request.user
    at = timezone.now()
    shown = get_object_or_404(overview.readable_cycles(user, at), code=code)
    counts = overview.count_by_state(shown)
    own, grants = _grants_at_city(user, shown), _grants_at_city(user, shown, at)
    quotas = page_of(request, overview.quota_rows(shown, None if grants else _districts(user, at)), "quotas")
    context = {
        "cycle": shown,
        "today": timezone.localdate(at),
        "now": at,
        "stages": overview.stages(shown, counts, at),
        "counts": counts,
        "quotas": quotas,
        "places": sum(row.places or 0 for row in quotas.paginator.object_list),
        "is_city": bool(grants),
        "is_running_it": DECIDE in grants,
        "sets_it_up": DECIDE in own,
        "notices": _notices(shown, at),
    }
    if DECIDE in grants:
        context |= _of_city(request, shown, counts)
    return render(request, "office/cycle.html", context)


def _of_city(request: HttpRequest, shown: Cycle, counts: dict[str, int]) -> dict[str, Any]:
    """Return what only the people who run the cycle see: the panel's work and the ranking."""
    ranking: Page[Any] = page_of(request, overview.judged(shown), "ranking")
    return {
        "panel": page_of(request, overview.with_the_panel(shown), "panel"),
        "ranking": ranking,
        "ranked": overview.ranked(shown, ranking.object_list, ranking.start_index()),
        "line": overview.total_line(shown),
        "trim_from": overview.rubric_of(shown).trim_from,
        "listed": counts.get(State.LISTED, 0),
        "ended": counts.get(State.NOTICE_ENDED, 0),
        "objected": counts.get(State.OBJECTION, 0),
        "decisions": notices.decisions().filter(cycle=shown),
        "meetings": meetings_of(shown),
        "deciding": counts.get(State.CITY_DECISION, 0),
    }


def _notices(shown: Cycle, at: Any) -> list[dict[str, Any]]:
    today = timezone.localdate(at)
    return [
        {
            "notice": notice,
            "is_running": notice.last_day >= today,
            "strip": calendar_strip(notice.first_day, notice.last_day),
            "days_left": notices.days_left(notice, today),
        }
        for notice in notices.notices_of(shown)
    ]


def _grants_at_city(user: User, shown: Cycle, at: datetime | None = None) -> frozenset[str]:
    """Return what the user may do at the city, with `at` also in whose place they act then."""
    offices = [*offices_of(user), *(offices_stood_in(user, at) if at else ())]
    held = [office.grants for office in offices if office.organisation == shown.city]
    return frozenset[str]().union(*held) - {"review", "audit"}


def _districts(user: User, at: datetime) -> list[int]:
    return [
        office.organisation.pk
        for office in [*offices_of(user), *offices_stood_in(user, at)]
        if office.organisation.level == Level.DISTRICT and DECIDE in office.grants
    ]
