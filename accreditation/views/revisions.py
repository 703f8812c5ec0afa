"""A frozen revision of an application: one page for everybody who may see the application."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.context import current_office, offices
from accreditation.face.answers import sections
from accreditation.forms.revisions import CompareForm
from accreditation.models import Application, Revision
from accreditation.permissions import APPLY
from accreditation.queries.event_facts import UNFIT
from accreditation.queries.part import part_of
from accreditation.queries.returns import return_answered, returns_of
from accreditation.queries.review import documents_of, revision_view, with_all
from accreditation.scope import visible_applications
from accreditation.views.review_changes import Comparison, FileKey, compared
from accreditation.views.review_page import comparison, file_item
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import refusal


@login_required
@require_safe
def revision(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """What was submitted, with its files and its hash, and what changed since the revision before."""
    application = _seen(request, public_id)
    if number > application.revision_number:  # also larger than the database can count
        raise Http404
    try:
        return render(request, "revision/revision.html", _whole(request, application, number))
    except Revision.DoesNotExist as missing:
        raise Http404 from missing
    except UNFIT:
        return _unreadable(request, application)


def _whole(request: SignedInRequest, application: Application, number: int) -> dict[str, Any]:
    view = revision_view(application, number)
    files = {good.good.code: [file_item(file) for file in good.files] for good in view.goods}
    return {
        "application": application,
        "revision": view.revision,
        "sections": sections(view.document, files),
        "comparison": comparison(view, returns_of(application)),
        "gates": view.gates,
        "failed_gates": view.failed_gates,
        "back": _way_back(request, application),
    }


@login_required
@require_safe
def revision_changes(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """What changed to a revision, since the one before it or since the one that the address names."""
    application = _seen(request, public_id)
    since = request.GET.get("since", "")
    before = int(since) if since.isascii() and since.isdecimal() and len(since) < 5 else number - 1
    if not 0 < before < number <= application.revision_number:
        raise Http404
    try:
        found = _compared(application, before, number)
    except UNFIT:
        return _unreadable(request, application)
    return _changes(request, application, found, CompareForm(_chosen(before, number), application))


@login_required
@require_safe
def compare(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Any two revisions that are chosen: leads to what changed between them, whichever of them came first."""
    application = _seen(request, public_id)
    if application.revision_number < 2:
        raise Http404
    form = CompareForm(request.GET or None, application)
    if not form.is_valid():
        return _changes(request, application, None, form)
    before, after = sorted((form.cleaned_data["before"], form.cleaned_data["after"]))
    address = reverse("revision-changes", args=[application.public_id, after])
    return redirect(address if before == after - 1 else f"{address}?since={before}")


def _seen(request: SignedInRequest, public_id: UUID) -> Application:
    return get_object_or_404(with_all(visible_applications(request.user)), public_id=public_id)


def _changes(
    request: SignedInRequest,
    application: Application,
    found: Comparison | None,
    form: CompareForm,
) -> HttpResponse:
    context = {
        "application": application,
        "comparison": found,
        "form": form,
        "back": _way_back(request, application),
    }
    return render(request, "revision/changes.html", context)


def _compared(application: Application, before: int, after: int) -> Comparison:
    documents = documents_of(application, (before, after))
    returned = return_answered(returns_of(application), after) if before == after - 1 else None
    addresses = _addresses(application)
    return compared((before, after), documents[before], documents[after], returned, addresses)


def _unreadable(request: SignedInRequest, application: Application) -> HttpResponse:
    """Say that what is stored is not what was submitted: the record was tampered with."""
    back = _way_back(request, application)
    said = _("存档的内容不是提交时的样子，或者已经不在。审计员在经过里可以看到哪一版与记录不符。")
    return refusal(
        request, status=409, title=_("这一版读不出来"), text=said, ways=[(back["word"], back["address"])]
    )


def _chosen(before: int, after: int) -> dict[str, str]:
    return {"before": str(before), "after": str(after)}


def _addresses(application: Application) -> dict[FileKey, str]:
    """Return where the files of the application are, by what documents know them by."""
    return {
        (item.good, item.kind, item.name, item.stored.sha256): reverse("evidence", args=[item.public_id])
        for item in application.evidence.select_related("stored")
    }


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
