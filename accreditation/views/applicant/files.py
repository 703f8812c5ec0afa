"""Files: evidence for those who may see it, the certificate for the studio and its reviewers."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.models import Designation
from accreditation.permissions import visible_applications
from accreditation.queries.evidence import evidence_for
from accreditation.uploads import JPEG, PDF, PNG
from accreditation.views.telling import refusal
from certificates.downloads import FileNotReady, certificate_response

INLINE = frozenset({PDF, JPEG, PNG})
"""What a browser shows by itself, without running anything that is in it."""


@login_required
@require_safe
def evidence(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The file as it was uploaded, with nothing that could act in our name."""
    item = evidence_for(request.user, public_id)  # type: ignore[arg-type]
    if item is None:
        raise Http404
    response = FileResponse(
        item.stored.file.open("rb"),
        as_attachment=item.stored.media_type not in INLINE,
        filename=item.name,
        content_type=item.stored.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
    )
    response["Cache-Control"] = "private, no-cache"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


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
