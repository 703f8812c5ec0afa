"""A frozen revision of an application: one page for everybody who may see the application."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.context import current_office, offices
from accreditation.models import Application, Revision
from accreditation.permissions import APPLY
from accreditation.queries.part import part_of
from accreditation.queries.returns import return_answered, returns_of
from accreditation.queries.review import documents_of, revision_view, with_all
from accreditation.scope import visible_applications
from accreditation.views.answers import sections
from accreditation.views.review_changes import compared
from accreditation.views.review_page import comparison, file_item
from accreditation.views.signed_in import SignedInRequest


@login_required
@require_safe
def revision(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """What was submitted, with its files and its hash, and what changed since the revision before."""
    seen = with_all(visible_applications(request.user))
    application = get_object_or_404(seen, public_id=public_id)
    if number > application.revision_number:  # also larger than the database can count
        raise Http404
    try:
        view = revision_view(application, number)
    except Revision.DoesNotExist as missing:
        raise Http404 from missing
    files = {good.good.code: [file_item(file) for file in good.files] for good in view.goods}
    context = {
        "application": application,
        "revision": view.revision,
        "sections": sections(view.document, files),
        "comparison": comparison(view, returns_of(application)),
        "gates": view.gates,
        "failed_gates": view.failed_gates,
        "back": _way_back(request, application),
    }
    return render(request, "revision/revision.html", context)


@login_required
@require_safe
def revision_changes(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """What changed to a revision, since the one before it or since the one that the address names."""
    seen = with_all(visible_applications(request.user))
    application = get_object_or_404(seen, public_id=public_id)
    since = request.GET.get("since", "")
    before = int(since) if since.isascii() and since.isdecimal() and len(since) < 5 else number - 1
    if not 0 < before < number <= application.revision_number:
        raise Http404
    documents = documents_of(application, (before, number))
    returned = return_answered(returns_of(application), number) if before == number - 1 else None
    context = {
        "application": application,
        "comparison": compared((before, number), documents[before], documents[number], returned),
        "pairs": _pairs(application, (before, number)),
        "back": _way_back(request, application),
    }
    return render(request, "revision/changes.html", context)


def _pairs(application: Application, shown: tuple[int, int]) -> list[dict[str, Any]]:
    """Return the pairs of revisions to look at: each with the one before, and the first with the last."""
    last = application.revision_number
    pairs = [(number - 1, number) for number in range(2, last + 1)]
    pairs += [(1, last)] if last > 2 else []
    return [
        {
            "before": before,
            "after": after,
            "is_current": (before, after) == shown,
            "address": reverse("revision-changes", args=[application.public_id, after])
            + ("" if before == after - 1 else f"?since={before}"),
        }
        for before, after in pairs
    ]


def _way_back(request: SignedInRequest, application: Application) -> dict[str, Any]:
    """Return where the reader came from: the applicant's own page, the review, or the archive."""
    office, part = current_office(request), part_of(application, request.user, offices(request))
    applies = office and office.organisation == application.enterprise and APPLY in office.grants
    if not applies and part.reviews:
        word, name = _("返回审核"), "review"
    elif not applies and part.audits:
        word, name = _("返回经过"), "timeline"
    else:
        word, name = _("返回这份申报"), "application"
    return {"word": word, "address": reverse(name, args=[application.public_id])}
