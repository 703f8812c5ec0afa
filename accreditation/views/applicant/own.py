"""The application that an address names, for those who may fill it in; for everybody else it does not exist."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accreditation.models import Application
from accreditation.queries.applicant import own_applications

WITH = ("studio", "cycle__rubric", "rubric", "enterprise", "union", "district", "city", "edited_by")


def own_application(request: HttpRequest, public_id: UUID) -> Application:
    """Return the user's own application. Raises Http404 for any other."""
    rows = own_applications(request.user).select_related(*WITH)  # type: ignore[arg-type]
    return get_object_or_404(rows, public_id=public_id)
