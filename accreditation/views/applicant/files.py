"""Files: evidence for those who may see it, the certificate for the studio and its reviewers."""

from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.models import Designation
from accreditation.queries.evidence import evidence_for
from accreditation.scope import visible_applications
from accreditation.services.journals import evidence_read
from accreditation.views.private_files import once_noted, private_file
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import refusal
from certificates.downloads import FileNotReady, certificate_response
from certificates.models import Certificate


@login_required
@require_safe
def evidence(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The file as it was uploaded."""
    found = evidence_for(request.user, public_id)
    if found is None:
        raise Http404
    item = found.item
    note = partial(
        evidence_read,
        item.application,
        by=request.user,
        at=timezone.now(),
        sha256=item.stored.sha256,
        kind=item.kind,
        revision=found.revision,
    )
    return once_noted(private_file(item.stored, item.name), note)


@login_required
@require_safe
def certificate(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The archived certificate."""
    seen = visible_applications(request.user).select_related("enterprise")
    found = get_object_or_404(seen, public_id=public_id)
    designation = get_object_or_404(
        Designation.objects.select_related("certificate__predecessor_ending__certificate").exclude(
            certificate=None
        ),
        application=found,
    )
    archived: Certificate = designation.shown  # type: ignore[assignment]
    note = partial(
        evidence_read,
        found,
        by=request.user,
        at=timezone.now(),
        sha256=archived.sha256,
        kind="certificate",
        about=archived.public_id,
    )
    try:
        return once_noted(certificate_response(archived), note)
    except FileNotReady:
        return refusal(
            request,
            status=409,
            title=_("证书正在制作"),
            text=_("证书已经登记，文件稍后可以下载。"),
            ways=[(_("看这份申报"), reverse("application", args=[public_id]))],
        )
