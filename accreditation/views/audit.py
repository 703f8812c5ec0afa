"""查档: the archive, and the scorecards of an application."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accreditation.context import offices
from accreditation.forms.audit import ArchiveSearch
from accreditation.queries.archive import archive, auditing, cycles_of, districts_of, looked_up
from accreditation.queries.part import readable_cards
from accreditation.queries.review import card_view
from accreditation.queries.rubrics import rubric_of_application
from accreditation.views.paging import page_of
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.timeline import seen


@login_required
@require_GET
def audit(request: SignedInRequest) -> HttpResponse:
    """Every submitted application in the auditor's branch. Nobody else has this page: 404."""
    held = auditing(offices(request))
    if not held:
        raise Http404
    form = ArchiveSearch(request.GET, districts=districts_of(held), cycles=cycles_of(held))
    lookup = form.lookup()
    page = page_of(request, looked_up(archive(held), lookup))
    return render(
        request, "audit/archive.html", {"form": form, "lookup": lookup, "page": page, "offices": held}
    )


@login_required
@require_GET
def card(request: SignedInRequest, public_id: Any, card_id: Any) -> HttpResponse:
    """A submitted scorecard, for those who may read it now; for everybody else it is not there."""
    application, part = seen(request, public_id)
    readable = readable_cards(application, request.user, part)
    found = next((one for one in readable if one.public_id == card_id and one.submitted_at), None)
    if found is None:
        raise Http404
    view = card_view(rubric_of_application(application), found)
    return render(
        request, "audit/card.html", {"application": application, "part": part, "card": found, "view": view}
    )
