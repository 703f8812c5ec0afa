"""Files: evidence for those who may see it, the certificate for the studio and its reviewers."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.models import Designation
from accreditation.queries.evidence import evidence_for
from accreditation.scope import visible_applications
from accreditation.views.private_files import private_file
from accreditation.views.telling import refusal
from certificates.downloads import FileNotReady, certificate_response


@login_required
@require_safe
def evidence(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The file as it was uploaded."""
    item = evidence_for(request.user, public_id)  # type: ignore[arg-type]
    if item is None:
        raise Http404
    return private_file(item.stored, item.name)


@login_required
@require_safe
def certificate(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The archived certificate."""
    found = get_object_or_404(visible_applications(request.user), public_id=public_id)  # type: ignore[arg-type]
    designation = get_object_or_404(
        Designation.objects.select_related("certificate").exclude(certificate=None), application=found
    )
    try:
        return certificate_response(designation.certificate)  # type: ignore[arg-type]
    except FileNotReady:
        return refusal(
            request,
            status=409,
            title=_("证书正在制作"),
            text=_("证书已经登记，文件稍后可以下载。"),
            ways=[(_("看这份申报"), reverse("application", args=[public_id]))],
        )
