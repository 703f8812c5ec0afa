"""Documents for everybody: published notices, signed naming decisions, yearly registers."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.documents.decision import decision_pdf, signed
from accreditation.documents.decision_docx import decision_docx
from accreditation.documents.notice import public_notice
from accreditation.documents.yearbook import yearly_register
from accreditation.models import NamingDecision, Notice
from accreditation.views.handing_out import hand_out

KINDS = {"pdf": decision_pdf, "docx": decision_docx}
"""A decision to be read, or to be edited by an office."""


@require_safe
def notice(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """A published notice."""
    found = get_object_or_404(Notice.objects.select_related("cycle__city"), public_id=public_id)
    back = (_("返回公示"), reverse("notice", args=[public_id]))
    return hand_out(request, public_notice(found), back=back)


@require_safe
def decision(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponseBase:
    """A signed naming decision with its list."""
    if kind not in KINDS:
        raise Http404
    found = get_object_or_404(NamingDecision.objects.select_related("cycle__city"), public_id=public_id)
    back = (_("返回命名决定"), reverse("decision", args=[public_id]))
    return hand_out(request, KINDS[kind](signed(found)), back=back)


@require_safe
def yearbook(request: HttpRequest, year: int) -> HttpResponseBase:
    """The register of a year."""
    wanted = yearly_register(year, timezone.localdate())
    if wanted is None:
        raise Http404
    return hand_out(request, wanted, back=(_("返回名册"), reverse("register")))
