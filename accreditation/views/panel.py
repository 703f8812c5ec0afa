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

from accreditation.forms.judging import DiscussionForm
from accreditation.forms.notice import PanelForm
from accreditation.forms.problems import show_problems
from accreditation.models import Application, User
from accreditation.permissions import DECIDE, has_grant
from accreditation.queries.judging import discussion_of
from accreditation.queries.panel import candidates, seats
from accreditation.scope import visible_applications
from accreditation.services.panel import conclude, convene, discuss
from accreditation.states import State
from accreditation.views.posted import posted
from accreditation.views.refusing import posted_version, refused
from accreditation.views.telling import Way, told
from accreditation.work import acting_as
from workflows.actors import Substitute
from workflows.refusals import NotReady, Refused

AT_PANEL = (State.CITY_INTAKE, State.PANEL_SCORING)


def decided_application(request: HttpRequest, public_id: UUID) -> Application:
    """Return an application that the user may decide on for the city; to everybody else it is not there."""
    user: Any = request.user
    rows = visible_applications(user).select_related(
        "cycle__rubric", "studio", "enterprise", "district", "city"
    )
    application = get_object_or_404(rows, public_id=public_id)
    stands_in = isinstance(acting_as(user, application, timezone.now()), Substitute)
    if not stands_in and not has_grant(user, DECIDE, application.city):
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
                by=acting_as(user, application, timezone.now()),
                at=timezone.now(),
                expected_version=posted_version(request),
                experts=experts,
            )
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[_back(user, application)])
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


def _page(
    request: HttpRequest,
    application: Application,
    form: PanelForm,
    finding: DiscussionForm | None = None,
) -> HttpResponse:
    seated = seats(application)
    handed = sum(seat.handed_in is not None for seat in seated)
    context = {
        "application": application,
        "back": _back(request.user, application),  # type: ignore[arg-type]
        "form": form,
        "chosen": set(request.POST.getlist("experts")),
        "seats": seated,
        "sitting": sum(not seat.has_left for seat in seated),
        "handed": handed,
        "candidates": candidates(application) if application.state in AT_PANEL else [],
        "is_scoring": application.state == State.PANEL_SCORING,
        "is_at_panel": application.state in AT_PANEL,
        "has_quorum": handed >= application.cycle.quorum,
        "discussion": discussion_of(application) if handed >= application.cycle.quorum else None,
        "finding": finding or DiscussionForm(),
    }
    status = 422 if form.is_bound or finding is not None else 200
    return render(request, "office/panel.html", context, status=status)


@login_required
@posted
def panel_discuss(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down what the discussion of the marked cards found."""
    user: Any = request.user
    application = decided_application(request, public_id)
    form = DiscussionForm(request.POST)
    if not form.is_valid():
        return _page(request, application, PanelForm(), form)
    try:
        discuss(
            application,
            by=acting_as(user, application, timezone.now()),
            at=timezone.now(),
            expected_version=posted_version(request),
            finding=form.cleaned_data["finding"],
            cards=form.cards(),
        )
    except Refused as refusal:
        here = (_("专家组"), reverse("panel", args=[application.public_id]))
        return refused(request, refusal, kept=form.cleaned_data["finding"], ways=[here])
    messages.success(request, told(_("合议意见已记录"), _("记在经过里，可以结束评分。")))
    return redirect("panel", application.public_id)


@login_required
@posted
def panel_conclude(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End the scoring."""
    user: Any = request.user
    application = decided_application(request, public_id)
    ways = [_back(user, application), (_("专家组"), reverse("panel", args=[application.public_id]))]
    by, at = acting_as(user, application, timezone.now()), timezone.now()
    try:
        conclude(application, by=by, at=at, expected_version=posted_version(request))
    except NotReady as refusal:
        if not any(problem.field == "finding" for problem in refusal.problems):
            return refused(request, refusal, ways=ways)
        form = DiscussionForm(request.POST)
        form.errors.clear()
        show_problems(form, refusal)
        return _page(request, application, PanelForm(), form)
    except Refused as refusal:
        return refused(request, refusal, ways=ways)
    said = {"name": application.studio.name}
    messages.success(request, told(_("%(name)s评分已结束") % said, _("均分和名次列在评审排名中，接着审定。")))
    return redirect(_back(user, application)[1])


def _back(user: User, application: Application) -> Way:
    """Return the way to the cycle; for who only stands in, to the application."""
    if has_grant(user, DECIDE, application.city):
        return application.cycle.title, reverse("cycle", args=[application.cycle.code])
    return application.studio.name, reverse("review", args=[application.public_id])
