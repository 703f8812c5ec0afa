"""卷宗: an auditor's case files, the page of one while it is built and after, and the package itself."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accreditation.context import offices
from accreditation.models import CaseFile
from accreditation.queries.archive import archive, auditing
from accreditation.queries.case_files import case_file_for, case_files_of, row_of
from accreditation.services.case_files import ask, take_out, try_again
from accreditation.views.paging import page_of
from accreditation.views.posted import posted
from accreditation.views.private_files import guarded, once_noted
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.refusals import Refused


@login_required
@require_GET
def case_files(request: SignedInRequest) -> HttpResponse:
    """What the auditor asked for, the latest first."""
    held = offices(request)
    if not auditing(held):
        raise Http404
    page = page_of(request, case_files_of(request.user, held))
    context = {"page": page, "rows": [row_of(case_file) for case_file in page]}
    return render(request, "audit/case_files.html", context)


@login_required
@require_GET
def case_file(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One of them: how far it is, why it could not be built, or where to download it."""
    row = row_of(_own(request, public_id))
    part = request.htmx  # type: ignore[attr-defined]
    template = "audit/case_file_standing.html" if part and row.is_open else "audit/case_file.html"
    response = render(request, template, {"row": row, "case_file": row.case_file})
    if part and not row.is_open:
        response["HX-Refresh"] = "true"
    return response


@login_required
@posted
def case_file_ask(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask for the case file of an application."""
    application = get_object_or_404(archive(offices(request)), public_id=public_id)
    try:
        asked = ask(application, by=request.user, at=timezone.now())
    except Refused as refusal:
        return refused(request, refusal, ways=[(_("返回经过"), reverse("timeline", args=[public_id]))])
    messages.success(request, told(_("已经索取卷宗"), _("制成后可以在这里下载，不必等在这一页。")))
    return redirect("case-file", asked.public_id)


@login_required
@posted
def case_file_again(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Have one built again that could not be."""
    found = _own(request, public_id)
    try:
        try_again(found, by=request.user, at=timezone.now())
    except Refused as refusal:
        return refused(request, refusal, ways=[(_("返回卷宗"), reverse("case-file", args=[public_id]))])
    messages.success(request, told(_("重新制作卷宗")))
    return redirect("case-file", public_id)


@login_required
@require_GET
def case_file_download(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The package. That it leaves the house is an event, written before it does."""
    found = _own(request, public_id)
    if not found.file or found.finished_at is None:
        raise Http404
    try:
        content: Any = found.file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    name = _("卷宗-%(number)s.zip") % {"number": found.application.number}
    response = guarded(
        FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
    )
    try:
        return once_noted(response, partial(take_out, found, by=request.user, at=timezone.now()))
    except Refused as refusal:
        return refused(request, refusal, ways=[(_("返回卷宗"), reverse("case-file", args=[public_id]))])


def _own(request: SignedInRequest, public_id: UUID) -> CaseFile:
    found = case_file_for(request.user, public_id, offices(request))
    if found is None:
        raise Http404
    return found
