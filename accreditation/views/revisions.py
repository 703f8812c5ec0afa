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
from accreditation.permissions import APPLY, visible_applications
from accreditation.queries.part import part_of
from accreditation.queries.review import revision_view, with_all
from accreditation.views.answers import sections
from accreditation.views.review_changes import changes
from accreditation.views.review_page import file_item
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
        "changes": changes(view.before, view.document) if view.before else [],
        "gates": view.gates,
        "failed_gates": view.failed_gates,
        "back": _way_back(request, application),
    }
    return render(request, "revision/revision.html", context)


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
