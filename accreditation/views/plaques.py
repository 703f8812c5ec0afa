"""What a printing shop gets for a named studio: its plaque, and its certificate with bleed."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.models import Designation
from accreditation.scope import visible_applications
from accreditation.views.private_files import guarded
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import refusal
from accreditation.views.throttle import PRINTING, reader
from certificates.limits import limited
from certificates.models import Certificate
from certificates.press import plaque_pdf, printable_pdf
from certificates.standing import Standing, standing


def too_many(request: HttpRequest) -> HttpResponse:
    """So many were drawn for one reader that they must wait."""
    text = _("过几分钟再下载。")
    return refusal(
        request, status=429, title=_("下载过于频繁"), text=text, ways=[(_("回到首页"), reverse("home"))]
    )


@login_required
@require_safe
@limited(PRINTING, too_many, "GET", key=reader)
def plaque(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The plaque as it is drawn now; it is not archived. Only while the certificate is in force."""
    return _for_printing(request, public_id, plaque_pdf, "牌匾")  # untranslated: the name of a file


@login_required
@require_safe
@limited(PRINTING, too_many, "GET", key=reader)
def printable(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The certificate with bleed and crop marks, not signed: no file of record. Only while it is in force."""
    return _for_printing(request, public_id, printable_pdf, "印刷用稿")  # untranslated: the name of a file


def _for_printing(
    request: SignedInRequest, public_id: UUID, draw: Callable[[Certificate], bytes], what: str
) -> HttpResponseBase:
    found = get_object_or_404(visible_applications(request.user), public_id=public_id)
    rows = Designation.objects.select_related("certificate__layout").exclude(certificate=None)
    certificate = get_object_or_404(rows, application=found).shown
    if certificate is None or standing(certificate, timezone.now()) != Standing.VALID:
        return refusal(
            request,
            status=409,
            title=_("现在不能制作印刷文件"),
            text=_("证书制成以后、有效期之内可以制作。"),
            ways=[(_("看这份申报"), reverse("application", args=[public_id]))],
        )
    name = f"{certificate.number}-{certificate.studio_name}-{what}.pdf"
    drawn = BytesIO(draw(certificate))
    return guarded(FileResponse(drawn, as_attachment=True, filename=name, content_type="application/pdf"))
