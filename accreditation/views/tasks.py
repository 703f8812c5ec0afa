"""What is done with the open work of an application at once, without a page of its own."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.models import Application
from accreditation.services import tasks as services
from accreditation.views.applicant.own import own_application
from accreditation.views.handing import work_or_404
from accreditation.views.posted import posted
from accreditation.views.refusing import refused
from accreditation.views.review import ways_on
from accreditation.views.review_page import review_or_404
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, told
from accreditation.work import acting_as
from workflows.refusals import Refused, Stale, WrongState


@login_required
@posted
def claim(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take the work, and go on to the application."""
    application, _part = review_or_404(request, public_id)
    at = timezone.now()
    try:
        services.claim(application, by=acting_as(request.user, application, at), at=at)
    except (Stale, WrongState) as refusal:
        return refused(request, refusal, ways=ways_on(request, application))
    except Refused as refusal:
        return refused(request, refusal, ways=[(_("返回待办"), reverse("desk"))])
    return redirect("review", public_id=application.public_id)


@login_required
@posted
def release(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Give the work back to the office, and return to the desk."""
    application, _part = review_or_404(request, public_id)
    said = _("已放回%(name)s") % {"name": application.studio.name}
    answer = _done(request, application, services.release, told(said, _("本级其他人可以认领。")))
    return answer or redirect("desk")


@login_required
@posted
def take_back(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take back what one has transferred."""
    application, _part = review_or_404(request, public_id)
    said = told(_("已收回转办"), _("这一件又由您持有。"))
    return _done(request, application, services.take_back, said) or _to(application)


@login_required
@posted
def withdraw_delegation(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Withdraw the request for advice."""
    application, _part = review_or_404(request, public_id)
    said = told(_("已收回委派"), _("您可以继续办理。"))
    return _done(request, application, services.withdraw_delegation, said) or _to(application)


@login_required
@posted
def unassign(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take back what one has assigned."""
    application, reads = work_or_404(request, public_id)
    said = told(_("已收回指派"), _("本级的人都可以认领。"))
    answer = _done(request, application, services.unassign, said, reads=reads)
    return answer or (_to(application) if reads else redirect("assign", application.public_id))


@login_required
@posted
def remind(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Remind those whom the application waits for."""
    application, _part = review_or_404(request, public_id)
    return _done(request, application, services.remind, _reminded()) or _to(application)


@login_required
@posted
def remind_as_applicant(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Remind those who have the own application."""
    application = own_application(request, public_id)
    way = (_("回到申报"), reverse("application", args=[application.public_id]))
    answer = _done(request, application, services.remind, _reminded(), ways=[way])
    return answer or redirect("application", application.public_id)


def _done(
    request: SignedInRequest,
    application: Application,
    service: Callable[..., Any],
    said: Any,
    *,
    reads: bool = True,
    ways: list[Way] | None = None,
) -> HttpResponse | None:
    """Call the service and say what was done (None); or return the page of its refusal."""
    at = timezone.now()
    try:
        service(application, by=acting_as(request.user, application, at), at=at)
    except Refused as refusal:
        if ways is None:
            ways = ways_on(request, application) if reads else [(_("回到首页"), reverse("home"))]
        return refused(request, refusal, ways=ways)
    messages.success(request, said)
    return None


def _to(application: Application) -> HttpResponse:
    return redirect("review", application.public_id)


def _reminded() -> Any:
    return told(_("已催办"), _("每件待办每天催一次，明日可以再催。"))
