"""The application beside its evidence and the rubric, and the decision on it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accreditation.context import offices
from accreditation.forms.problems import show_problems
from accreditation.forms.review import DecisionForm
from accreditation.models import Application
from accreditation.queries.desk_rows import next_for
from accreditation.queries.part import Part
from accreditation.services import review as services
from accreditation.views.posted import posted
from accreditation.views.refusing import posted_version, refused
from accreditation.views.review_page import decision_form, page, review_or_404, ways, why_not
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused, Stale, WrongState

DECIDE: dict[str, Callable[..., Any]] = {
    "recommend": services.recommend,
    "send_back": services.send_back,
    "reject": services.reject,
    "approve": services.approve,
}


@login_required
@require_GET
def review(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """The current revision, what the levels said, and the decisions that this reader may take."""
    application, part = review_or_404(request, public_id)
    return _show(request, application, part)


@login_required
@posted
def decide(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Write the decision. Refused: who acted and when, and the reason that was typed, to be copied."""
    application, part = review_or_404(request, public_id)
    form = DecisionForm(request.POST, decisions=list(DECIDE), consequences={})
    if not form.is_valid():
        return _show(request, application, part, request.POST)
    steps = {"steps": form.cleaned_data["steps"]} if form.cleaned_data["decision"] == "send_back" else {}
    try:
        DECIDE[form.cleaned_data["decision"]](
            application,
            by=request.user,
            at=timezone.now(),
            expected_version=posted_version(request),
            reason=form.cleaned_data["reason"],
            **steps,
        )
    except NotReady as refusal:
        return _show(request, application, part, request.POST, refusal)
    except Refused as refusal:
        return refused(
            request, refusal, kept=form.cleaned_data["reason"], ways=_ways_on(request, application)
        )
    return _decided(request, application, form.cleaned_data["decision"])


@login_required
@posted
def claim(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Take the task, and go on to the application."""
    application, _part = review_or_404(request, public_id)
    try:
        services.claim(application, by=request.user, at=timezone.now())
    except (Stale, WrongState) as refusal:
        return refused(request, refusal, ways=_ways_on(request, application))
    except Refused as refusal:
        return refused(request, refusal, ways=[(_("回到待办"), reverse("desk"))])
    return redirect("review", public_id=application.public_id)


@login_required
@posted
def release(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Give the task back to the office, and return to the desk."""
    application, _part = review_or_404(request, public_id)
    try:
        services.release(application, by=request.user, at=timezone.now())
    except Refused as refusal:
        return refused(request, refusal, ways=_ways_on(request, application))
    said = _("已放回%(name)s") % {"name": application.studio.name}
    messages.success(request, told(said, _("本级其他人可以认领。")))
    return redirect("desk")


def _show(
    request: SignedInRequest,
    application: Application,
    part: Part,
    data: QueryDict | None = None,
    refusal: NotReady | None = None,
) -> HttpResponse:
    """Show the page; with `data` the form as it was sent, with what is missing."""
    shown = page(request, application, part)
    form = decision_form(request, application, shown["task"], data)
    if form is not None and refusal is not None:
        show_problems(form, refusal)
    shown |= {
        "form": form,
        "why_not": "" if form else why_not(request, application, part, shown["task"]),
        "ways": ways(application, part),
    }
    return render(request, "review/review.html", shown, status=200 if data is None else 422)


def _ways_on(request: SignedInRequest, application: Application) -> list[tuple[Any, str]]:
    latest = (_("看最新情况"), reverse("review", args=[application.public_id]))
    following = next_for(request.user, offices(request), timezone.now(), besides=application.pk)
    if following is None:
        return [latest, (_("回到待办"), reverse("desk"))]
    return [latest, (_("办下一件"), _address(following))]


def _address(row: Any) -> str:
    return reverse("scorecard" if row.is_scoring else "review", args=[row.application.public_id])


def _decided(request: SignedInRequest, application: Application, decision: str) -> HttpResponse:
    """Say what was done and lead on to the next item."""
    said = {
        "recommend": _("已推荐%(name)s"),
        "send_back": _("已退回%(name)s"),
        "reject": _("已决定不予推荐%(name)s"),
        "approve": _("已将%(name)s列入拟公示名单"),
    }[decision] % {"name": application.studio.name}
    text = _("申报单位可看到您的理由。") if decision != "approve" else _("公示时一并发布。")
    following = next_for(request.user, offices(request), timezone.now(), besides=application.pk)
    onward = []
    if following:
        words = _("下一件：%(name)s") % {"name": following.application.studio.name}
        onward = [(words, _address(following))]
    messages.success(request, told(said, text, *onward))
    return redirect("desk")
