"""考察: the site visits of one application, a form for one more or for a correction, and the photos."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accreditation.context import offices
from accreditation.forms.problems import show_problems
from accreditation.forms.site_visits import SiteVisitForm
from accreditation.models import Application
from accreditation.queries.part import Part, part_of
from accreditation.queries.review import with_all
from accreditation.queries.site_visits import (
    Visit,
    is_visitable,
    photo_for,
    sees_some,
    visitor,
    visits_for,
)
from accreditation.scope import visible_applications
from accreditation.services.journals import evidence_read
from accreditation.services.site_visits import add_visit
from accreditation.views.paging import page_of
from accreditation.views.private_files import once_noted, private_file
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, told
from workflows.refusals import NotPermitted, NotReady, Refused


@login_required
@require_GET
def site_visits(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Every visit that the reader may know of, the latest first."""
    application, part = _seen(request, public_id)
    context = {
        "application": application,
        "part": part,
        "page": page_of(request, visits_for(application, part)),
        "may_visit": may_visit(request, application),
        "visiting_office": _office(request, application),
    }
    return render(request, "site_visits/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def site_visit_new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Record a visit."""
    application, part = _seen(request, public_id)
    return _record(request, application, part, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def site_visit_correct(request: SignedInRequest, public_id: UUID, visit_id: UUID) -> HttpResponse:
    """Record what takes the place of an earlier record."""
    application, part = _seen(request, public_id)
    visits = visits_for(application, part)
    earlier = next((visit for visit in visits if visit.record.public_id == visit_id), None)
    if earlier is None:
        raise Http404
    return _record(request, application, part, earlier)


@login_required
@require_safe
def site_visit_photo(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """A photo, for those who may know of the visit."""
    photo = photo_for(request.user, public_id)
    if photo is None:
        raise Http404
    note = partial(
        evidence_read,
        photo.visit.application,
        by=request.user,
        at=timezone.now(),
        sha256=photo.stored.sha256,
        kind="visit",
        about=photo.visit.public_id,
    )
    return once_noted(private_file(photo.stored, photo.name), note)


def may_visit(request: SignedInRequest, application: Application) -> bool:
    """Return whether the page offers to record a visit."""
    return is_visitable(application) and bool(visitor(application, request.user).verdict)


def _office(request: SignedInRequest, application: Application) -> str:
    found = visitor(application, request.user)
    office = application.office_at(found.level) if found.verdict else None
    return office.name if office else ""


def _seen(request: SignedInRequest, public_id: UUID) -> tuple[Application, Part]:
    """Return the application and the reader's part; 404 unless there may be visits that they can read."""
    application = get_object_or_404(with_all(visible_applications(request.user)), public_id=public_id)
    part = part_of(application, request.user, offices(request))
    if not sees_some(part):
        raise Http404
    return application, part


def _record(
    request: SignedInRequest, application: Application, part: Part, earlier: Visit | None
) -> HttpResponse:
    standing = visitor(application, request.user)
    if not standing.verdict and standing.verdict.code == "grant":
        raise Http404
    if request.method != "POST":
        if not standing.verdict:
            refusal = NotPermitted(standing.verdict.reason, standing.verdict.code)
            return refused(request, refusal, ways=[_back(application)])
        return _page(request, application, _form(request, earlier), earlier)
    form = _form(request, earlier)
    if not form.is_valid():
        return _page(request, application, form, earlier, status=NotReady.status)
    return _save(request, application, form, earlier)


def _save(
    request: SignedInRequest, application: Application, form: SiteVisitForm, earlier: Visit | None
) -> HttpResponse:
    corrects = earlier.record.public_id if earlier else None
    try:
        add_visit(application, form.content(), by=request.user, at=timezone.now(), corrects=corrects)
    except NotReady as refusal:
        show_problems(form, refusal)
        return _page(request, application, form, earlier, status=refusal.status)
    except Refused as refusal:
        kept = form.cleaned_data["findings"]
        return refused(request, refusal, kept=kept, ways=[_back(application)])
    title = _("考察记录已更正") if earlier else _("考察记录已存")
    messages.success(request, told(title, _("写入经过；有误时再记一次更正，原记录仍可看。")))
    return redirect("site-visits", application.public_id)


def _form(request: SignedInRequest, earlier: Visit | None) -> SiteVisitForm:
    photos = earlier.photos if earlier else ()
    if request.method == "POST":
        return SiteVisitForm(request.POST, request.FILES, earlier=photos)
    initial: dict[str, Any] = {}
    if earlier:
        record = earlier.record
        initial = {
            "visited_on": record.visited_on,
            "people": record.people,
            "findings": record.findings,
            "kept": [str(photo.public_id) for photo in photos],
        }
    return SiteVisitForm(initial=initial, earlier=photos)


def _page(
    request: SignedInRequest,
    application: Application,
    form: SiteVisitForm,
    earlier: Visit | None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "application": application,
        "form": form,
        "earlier": earlier,
        "today": timezone.localdate(),
    }
    return render(request, "site_visits/form.html", context, status=status)


def _back(application: Application) -> Way:
    return _("看考察记录"), reverse("site-visits", args=[application.public_id])
