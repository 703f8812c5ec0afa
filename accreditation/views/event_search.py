"""检索操作记录: all events that an auditor may see."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accreditation.forms.event_search import EventSearchName
from accreditation.models import Application, Cycle, Finding, Organisation
from accreditation.queries.event_rows import EventRow, event_rows
from accreditation.queries.event_search import CAP, Count, Found
from accreditation.queries.event_searches import searches_of
from accreditation.services.event_export import MOST
from accreditation.views.event_asking import Asking, EventPage, asking, page_of
from accreditation.views.signed_in import SignedInRequest

OF_ACCOUNTS = ("sign_in", "export")
"""The kinds of streams that each are one person's."""


@login_required
@require_safe
def event_search(request: SignedInRequest) -> HttpResponse:
    """The newest events for which the search holds, a page at a time. Nobody but auditors has this page: 404."""
    return shown(request, asking(request, request.GET))


def shown(request: SignedInRequest, asked: Asking, *, refused: str = "") -> HttpResponse:
    """Answer with the page of a search; `refused` is why it could not be taken along."""
    context = {
        "asked": asked,
        "form": asked.form,
        "searches": searches_of(request.user),
        "cap": CAP,
        "most": MOST,
        "refused": refused,
        **_result(request, asked),
    }
    status = 422 if refused or not asked.form.is_valid() else 200
    return render(request, "audit/search.html", context, status=status)


def _result(request: SignedInRequest, asked: Asking) -> dict[str, Any]:
    if not asked.form.is_valid():
        return {}
    form = asked.form
    if asked.found is None:
        people = [
            (one, places, form.query(who=str(one.public_id), person=one.name)) for one, places in asked.people
        ]
        bodies = [(one, form.query(of=one.code, office=one.name)) for one in asked.bodies]
        return {"query": form.query(), "people": people, "bodies": bodies}
    page = page_of(asked.found, request.GET.get("before", ""), request.GET.get("after", ""))
    return {
        "query": form.query(),
        "terms": form.terms(),
        "page": page,
        "rows": [(row, address_of(row)) for row in event_rows(page.keys)],
        "count": None if page.newer else _count(asked.found, page),
        "name_form": EventSearchName(),
    }


def _count(found: Found, page: EventPage) -> Count:
    """Return how many there are; a first page that is also the last has all of them."""
    shown_here = len(page.keys)
    if not page.older:
        return Count(shown_here, is_all=True)
    count = found.count()
    return replace(count, number=max(count.number, shown_here + 1))


def address_of(row: EventRow) -> str:
    """Return where an auditor sees the event among those it belongs to; "" where there is no such place."""
    if isinstance(row.subject, Application):
        return f"{reverse('timeline', args=[row.subject.public_id])}?e={row.anchor}#{row.anchor}"
    if isinstance(row.subject, Finding):
        return reverse("finding", args=[row.subject.public_id])
    if beside := _beside(row):
        return f"{reverse('event-search')}?{urlencode({'kind': row.kind} | beside)}"
    return reverse("ledger") if row.kind == "log" else ""


def _beside(row: EventRow) -> dict[str, str]:
    """Return what the events beside this one are looked for by, where they have no page of their own."""
    subject, actor = row.subject, row.event.actor
    if isinstance(subject, Organisation):
        return {"of": subject.code, "office": subject.name}
    if isinstance(subject, Cycle):
        return {"kind": row.kind}
    if row.kind in OF_ACCOUNTS and actor is not None and row.personal.get("actor"):
        return {"who": str(actor.public_id), "person": actor.name}
    return {}
