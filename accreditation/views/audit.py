"""查档: the archive, the timeline of one application with its proof, and the scorecards."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accreditation.context import offices
from accreditation.forms.audit import ArchiveSearch
from accreditation.models import Application
from accreditation.queries.archive import archive, auditing, cycles_of, districts_of, looked_up
from accreditation.queries.part import Part, part_of, readable_cards
from accreditation.queries.review import card_view, with_all
from accreditation.queries.rubrics import rubric_of_application
from accreditation.queries.site_visits import visits_for
from accreditation.queries.timeline import check, entries
from accreditation.scope import visible_applications
from accreditation.views.paging import page_of
from accreditation.views.signed_in import SignedInRequest


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
def timeline(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Everything that happened to an application; the record is calculated anew before it is shown."""
    application, part = _seen(request, public_id)
    if not (part.audits or part.reviews):
        raise Http404
    context = {
        "application": application,
        "part": part,
        "entries": entries(application, request.user, offices(request)),
        "proof": check(application),
        "checked_at": timezone.now(),
        "revisions": application.revisions.select_related("submitted_by"),
        "visits": len(visits_for(application, part)),
        "cards": [card for card in readable_cards(application, request.user, part) if card.submitted_at],
    }
    return render(request, "audit/timeline.html", context)


@login_required
@require_GET
def card(request: SignedInRequest, public_id: Any, card_id: Any) -> HttpResponse:
    """A submitted scorecard, for those who may read it now; for everybody else it is not there."""
    application, part = _seen(request, public_id)
    readable = readable_cards(application, request.user, part)
    found = next((one for one in readable if one.public_id == card_id and one.submitted_at), None)
    if found is None:
        raise Http404
    view = card_view(rubric_of_application(application), found)
    return render(
        request, "audit/card.html", {"application": application, "part": part, "card": found, "view": view}
    )


def _seen(request: SignedInRequest, public_id: Any) -> tuple[Application, Part]:
    application = get_object_or_404(with_all(visible_applications(request.user)), public_id=public_id)
    return application, part_of(application, request.user, offices(request))
