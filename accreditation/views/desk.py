"""待办 and 已办: what waits for a reviewer, and what they did; and the keys that help with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.context import desk as desk_of_request
from accreditation.forms.batch import offered
from accreditation.forms.desk import PANELS, DeskSearch, SavedSearchForm, query_of
from accreditation.models import Application
from accreditation.permissions import DECIDE
from accreditation.queries.declarations import undeclared
from accreditation.queries.desk import Counts, Desk, Search, counts, cycles_of, reviewing, wanted_of
from accreditation.queries.desk_rows import panels, rows
from accreditation.queries.done import acts_of, done
from accreditation.queries.ranking import rankings_of
from accreditation.queries.saved_searches import searches_of
from accreditation.queries.task_list import CAP
from accreditation.scope import Office
from accreditation.states import Level, State
from accreditation.views.paging import page_of
from accreditation.views.signed_in import SignedInRequest
from workflows.working_days import last_day

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
    """The open tasks that concern the user, in all their offices, the earliest due first."""
    own, at = desk_or_404(request), timezone.now()
    form = search_form(own, request.GET)
    search = form.search()
    counted = counts(own, at)
    held = reviewing(own.offices)
    scoring = panels(held) if any(_decides_for_city(office) for office in held) else None
    shown: dict[str, Any] = {
        "desk": own,
        "standing_in": [(one, last_day(one.ends_at)) for one in own.substitutions],
        "search": search,
        "today": at,
        "form": form,
        "figures": _figures(search, counted, scoring),
        "cap": CAP,
        "searches": searches_of(request.user),
        "query": query_of(search),
        "rankings": rankings_of(
            office.organisation for office in held if office.organisation.level == Level.DISTRICT
        ),
        "name_form": SavedSearchForm(),
    }
    if search.show == PANELS and scoring is not None:
        page = page_of(request, panels(held, search.words))
        return render(request, "desk/panels.html", shown | {"page": page})
    page = page_of(request, wanted_of(own, search, at))
    found = rows(list(page.object_list), own, at)
    cycles = {row.application.cycle_id for row in found if row.must_declare}
    shown |= {"undeclared": undeclared(request.user, cycles)}
    shown |= {"page": page, "rows": found, "counts": counted, "batches": offered(found)}
    return render(request, "desk/desk.html", shown)


@login_required
def desk_done(request: SignedInRequest) -> HttpResponse:
    """The user's own acts, the latest first."""
    desk_or_404(request)
    page = page_of(request, acts_of(request.user))
    return render(
        request, "desk/done.html", {"page": page, "rows": done(list(page.object_list), request.user)}
    )


@login_required
@require_safe
def keys(request: SignedInRequest) -> HttpResponse:
    """The keyboard shortcuts, and the switch that turns them off."""
    desk_or_404(request)
    return render(request, "desk/keys.html")


def desk_or_404(request: SignedInRequest) -> Desk:
    """Return the user's desk. Whoever neither reviews, nor stands in for a reviewer, nor was asked has none: 404."""
    own = desk_of_request(request)
    if not own.is_open:
        raise Http404
    return own


def search_form(own: Desk, data: Mapping[str, Any]) -> DeskSearch:
    """Return the form of what can be looked for on this desk."""
    stages = [stage for office in reviewing(own.offices) for stage in STAGES[office.organisation.level or ""]]
    return DeskSearch(data, stages=list(dict.fromkeys(stages)), cycles=list(cycles_of(own)))


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
            "address": f"?{query_of(replace(search, show=show))}",
        }
        for show, number, plus, word, icon, tone in shown
    ]
