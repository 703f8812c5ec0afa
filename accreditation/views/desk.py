"""待办 and 已办: what waits for a reviewer, and what they did."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.context import offices
from accreditation.forms.desk import PANELS, DeskSearch
from accreditation.models import Application
from accreditation.permissions import DECIDE, Office
from accreditation.queries.desk import CAP, Counts, Search, TaskList, counts, narrowed, reviewing, tasks_of
from accreditation.queries.desk_rows import panels, rows
from accreditation.queries.done import acts_of, done
from accreditation.states import Level, State
from accreditation.views.paging import page_of
from accreditation.views.signed_in import SignedInRequest

STAGES: dict[str, Sequence[State]] = {
    Level.ENTERPRISE: [State.ENTERPRISE_REVIEW],
    Level.DISTRICT: [State.DISTRICT_REVIEW],
    Level.CITY: [
        State.CITY_INTAKE,
        State.PANEL_SCORING,
        State.CITY_DECISION,
        State.LISTED,
        State.OBJECTION,
        State.NOTICE_ENDED,
    ],
}


@login_required
def desk(request: SignedInRequest) -> HttpResponse:
    """The open tasks of all offices that the user reviews for, the earliest due first."""
    held, at = reviewing_offices(request), timezone.now()
    stages = [stage for office in held for stage in STAGES[office.organisation.level or ""]]
    form = DeskSearch(request.GET, stages=stages)
    search = form.search()
    tasks = tasks_of(request.user, held)
    counted = counts(tasks, request.user, at)
    scoring = panels(held) if any(_decides_for_city(office) for office in held) else None
    context: dict[str, Any] = {
        "offices": held,
        "search": search,
        "today": at,
        "form": form,
        "figures": _figures(search, counted, scoring),
        "cap": CAP,
    }
    if search.show == PANELS and scoring is not None:
        page = page_of(request, panels(held, search.words))
        return render(request, "desk/panels.html", context | {"page": page})
    wanted = TaskList(
        [narrowed(part.select_related("assignee", "office"), search, request.user, at) for part in tasks]
    )
    page = page_of(request, wanted)
    found = rows(list(page.object_list), request.user, at)
    return render(request, "desk/desk.html", context | {"page": page, "rows": found, "counts": counted})


@login_required
def desk_done(request: SignedInRequest) -> HttpResponse:
    """The user's own acts, the latest first."""
    reviewing_offices(request)
    page = page_of(request, acts_of(request.user))
    return render(
        request, "desk/done.html", {"page": page, "rows": done(list(page.object_list), request.user)}
    )


def reviewing_offices(request: SignedInRequest) -> list[Office]:
    """Return the offices that the user reviews for. Nobody else has these pages: 404."""
    held = reviewing(offices(request))
    if not held:
        raise Http404
    return held


def _decides_for_city(office: Office) -> bool:
    return office.organisation.level == Level.CITY and DECIDE in office.grants


def _figures(search: Search, counted: Counts, scoring: QuerySet[Application] | None) -> list[dict[str, Any]]:
    """The counts that are filters. A count that stopped at the cap says so."""
    more = "+" if counted.capped else ""
    shown: list[tuple[str, int, str, str, str, str]] = [
        ("", counted.whole, more, _("全部"), "", ""),
        ("overdue", counted.overdue, "", _("逾期"), "alert", "alert"),
        ("today", counted.today, "", _("今日到期"), "wait", ""),
        ("free", counted.free, more, _("未认领"), "", ""),
        ("mine", counted.mine, more, _("我持有"), "", ""),
        ("others", counted.others, more, _("等待他人"), "", ""),
    ]
    if scoring is not None:
        number = scoring.order_by()[: CAP + 1].count()
        shown += [(PANELS, min(number, CAP), "+" if number > CAP else "", _("专家评分"), "", "")]
    return [
        {
            "count": f"{number}{plus}",
            "label": word,
            "icon": icon if number else "",
            "tone": tone if number else "",
            "is_current": show == search.show,
            "address": _address(replace(search, show=show)),
        }
        for show, number, plus, word, icon, tone in shown
    ]


def _address(search: Search) -> str:
    parts = QueryDict(mutable=True)
    for name, value in (("q", search.words), ("stage", search.stage), ("show", search.show)):
        if value:
            parts[name] = value
    return f"?{parts.urlencode()}"
