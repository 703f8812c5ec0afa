"""Certificates that were issued: the list, and the page of each with all that became of it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accreditation.context import offices
from accreditation.forms.certificates import CertificateSearch
from accreditation.models import Application
from accreditation.permissions import DECIDE
from accreditation.queries import certificates as queries
from accreditation.queries.timeline import told, with_all
from accreditation.scope import Office
from accreditation.services.certificate_life import may_end
from accreditation.states import Level
from accreditation.views.paging import page_of
from accreditation.views.signed_in import SignedInRequest
from certificates.models import Certificate
from certificates.standing import ending_of, standing


def looking_after(request: HttpRequest) -> list[Office]:
    """Return the offices for which the reader decides on certificates."""
    held = offices(request)
    return [one for one in held if one.organisation.level == Level.CITY and DECIDE in one.grants]


def deciding(request: HttpRequest) -> QuerySet[Certificate]:
    """Return the certificates that the reader decides on; to others they are not there."""
    return queries.readable_certificates(looking_after(request))


@login_required
@require_safe
def certificates(request: SignedInRequest) -> HttpResponse:
    """The certificates of the city, or of the auditor's branch. Nobody else has this page: 404."""
    held = [office for office in offices(request) if queries.reads_certificates(office)]
    if not held:
        raise Http404
    at, form = timezone.now(), CertificateSearch(request.GET)
    lookup, readable = form.lookup(), queries.readable_certificates(held)
    page = page_of(request, queries.looked_up(readable, lookup, at))
    rows = [{"certificate": one, "standing": standing(one, at)} for one in page]
    context = {"form": form, "lookup": lookup, "page": page, "rows": rows, "offices": held}
    return render(request, "office/certificates.html", context)


@login_required
@require_safe
def certificate(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One certificate: how it stands, what came before and after it, and what can be done."""
    readable = queries.readable_certificates(offices(request))
    shown = get_object_or_404(readable, public_id=public_id)
    application = Application.objects.select_related("studio", "enterprise", "district", "city").get(
        public_id=shown.issued_for
    )
    at = timezone.now()
    decides = application.city in [office.organisation for office in looking_after(request)]
    verdict = may_end(application, request.user) if decides else None
    context = {
        "certificate": shown,
        "standing": standing(shown, at),
        "ending": ending_of(shown),
        "application": application,
        "others": [{"certificate": one, "standing": standing(one, at)} for one in queries.of_case(shown)],
        "entries": told(
            application, list(with_all(queries.life_of(application))), sees_panel=False, cards={}
        ),
        "decides": decides,
        "in_force": ending_of(shown) is None,
        "barred": verdict.reason
        if verdict is not None and not verdict and verdict.code != "undeclared"
        else "",
    }
    return render(request, "office/certificate.html", context)
