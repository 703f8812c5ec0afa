"""The panel of one application: seat experts, see who has handed in, end the scoring. Marks are not shown."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.notice import PanelForm
from accreditation.forms.problems import show_problems
from accreditation.models import Application
from accreditation.permissions import DECIDE, has_grant, visible_applications
from accreditation.queries.panel import candidates, seats
from accreditation.services.panel import conclude, convene
from accreditation.states import State
from accreditation.views.posted import posted
from accreditation.views.refusing import posted_version, refused
from accreditation.views.telling import Way, told
from workflows.refusals import NotReady, Refused

AT_PANEL = (State.CITY_INTAKE, State.PANEL_SCORING)


def decided_application(request: HttpRequest, public_id: UUID) -> Application:
    """Return an application that the user may decide on for the city; to everybody else it is not there."""
    user: Any = request.user
    rows = visible_applications(user).select_related(
        "cycle__rubric", "studio", "enterprise", "district", "city"
    )
    application = get_object_or_404(rows, public_id=public_id)
    if not has_grant(user, DECIDE, application.city):
        raise Http404
    return application


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Seat experts, or add some while the scoring runs; who has handed in a card."""
    user: Any = request.user
    application = decided_application(request, public_id)
    form = PanelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            experts = list(form.cleaned_data["experts"])
            convene(
                application,
                by=user,
                at=timezone.now(),
                expected_version=posted_version(request),
                experts=experts,
            )
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[_back(application)])
        else:
            said = {"count": len(experts), "name": application.studio.name}
            messages.success(
                request,
                told(
                    _("%(name)s已有%(count)d名专家受邀评分") % said, _("每人各自评分，交卡之前互相看不到。")
                ),
            )
            return redirect("panel", application.public_id)
    return _page(request, application, form)


def _page(request: HttpRequest, application: Application, form: PanelForm) -> HttpResponse:
    seated = seats(application)
    handed = sum(seat.handed_in is not None for seat in seated)
    context = {
        "application": application,
        "form": form,
        "chosen": set(request.POST.getlist("experts")),
        "seats": seated,
        "handed": handed,
        "candidates": candidates(application) if application.state in AT_PANEL else [],
        "is_scoring": application.state == State.PANEL_SCORING,
        "is_at_panel": application.state in AT_PANEL,
        "has_quorum": handed >= application.cycle.quorum,
    }
    return render(request, "office/panel.html", context, status=422 if form.is_bound else 200)


@login_required
@posted
def panel_conclude(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the scoring."""
    user: Any = request.user
    application = decided_application(request, public_id)
    ways = [_back(application), (_("专家组"), reverse("panel", args=[application.public_id]))]
    try:
        conclude(application, by=user, at=timezone.now(), expected_version=posted_version(request))
    except Refused as refusal:
        return refused(request, refusal, ways=ways)
    said = {"name": application.studio.name}
    messages.success(request, told(_("%(name)s评分已结束") % said, _("均分和名次列在评审排名中，接着审定。")))
    return redirect("cycle", application.cycle.code)


def _back(application: Application) -> Way:
    return application.cycle.title, reverse("cycle", args=[application.cycle.code])
