"""The plaque of a named studio, for a printer."""

from io import BytesIO
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
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
from certificates.plaque import plaque_pdf
from certificates.standing import Standing, standing


@login_required
@require_safe
def plaque(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The plaque as it is drawn now; it is not archived. Only while the certificate is in force."""
    found = get_object_or_404(visible_applications(request.user), public_id=public_id)
    rows = Designation.objects.select_related("certificate__layout").exclude(certificate=None)
    certificate = get_object_or_404(rows, application=found).certificate
    if certificate is None or standing(certificate, timezone.now()) != Standing.VALID:
        return refusal(
            request,
            status=409,
            title=_("现在不能制作牌匾"),
            text=_("证书制成以后、有效期之内可以制作牌匾。"),
            ways=[(_("看这份申报"), reverse("application", args=[public_id]))],
        )
    name = f"{certificate.number}-{certificate.studio_name}-牌匾.pdf"  # untranslated: the name of a file
    drawn = BytesIO(plaque_pdf(certificate))
    return guarded(FileResponse(drawn, as_attachment=True, filename=name, content_type="application/pdf"))
