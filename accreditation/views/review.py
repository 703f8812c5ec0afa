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
from accreditation.forms.review import RETURN_TO, DecisionForm
from accreditation.models import Application
from accreditation.queries.declarations import undeclared
from accreditation.queries.desk_rows import next_for
from accreditation.queries.part import Part
from accreditation.queries.recall import may_recall
from accreditation.services import review as services
from accreditation.services.copies import mark_read
from accreditation.views.declarations import way_to_declare
from accreditation.views.posted import posted
from accreditation.views.refusing import posted_version, refused
from accreditation.views.review_page import decision_form, page, review_or_404, ways, why_not
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.signing import proposed, signing_block
from accreditation.views.task_block import task_block
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused

DECIDE: dict[str, Callable[..., Any]] = {
    "recommend": services.recommend,
    "send_back": services.send_back,
    **dict.fromkeys(RETURN_TO, services.return_to_level),
    "reject": services.reject,
    "approve": services.approve,
}


@login_required
@require_GET
def review(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """The current revision, what the levels said, and the decisions that this reader may take."""
    application, part = review_or_404(request, public_id)
    if part.is_copied:
        mark_read(application, by=request.user, at=timezone.now())
    return _show(request, application, part)


@login_required
@posted
def decide(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Write the decision. Refused: who acted and when, and the reason that was typed, to be copied."""
    application, part = review_or_404(request, public_id)
    form = DecisionForm(request.POST, decisions=list(DECIDE), consequences={})
    if not form.is_valid():
        return _show(request, application, part, request.POST)
    at = timezone.now()
    try:
        event = DECIDE[form.cleaned_data["decision"]](
            application,
            by=services.decides_as(application, form.step, user=request.user, at=at),
            at=at,
            expected_version=posted_version(request),
            reason=form.cleaned_data["reason"],
            **form.facts(),
        )
    except NotReady as refusal:
        return _show(request, application, part, request.POST, refusal)
    except Refused as refusal:
        return refused(request, refusal, kept=form.cleaned_data["reason"], ways=ways_on(request, application))
    if event.action == "propose":
        return proposed(request, application)
    return _decided(request, application, form.cleaned_data["decision"])


def _show(
    request: SignedInRequest,
    application: Application,
    part: Part,
    data: QueryDict | None = None,
    refusal: NotReady | None = None,
) -> HttpResponse:
    """Show the page; with `data` the form as it was sent, with what is missing."""
    shown = page(request, application, part)
    form = decision_form(request, application, shown["task"], shown["document"], data)
    if form is not None and refusal is not None:
        show_problems(form, refusal)
    shown |= {
        "form": form,
        "why_not": "" if form else why_not(request, application, part, shown["task"]),
        "ways": ways(application, part),
        "declare_at": "" if form else declare_at(request, application),
        **task_block(request, application, part),
        "signing": signing_block(request, application, part),
        "may_recall": form is None and may_recall(application, request.user, timezone.now()),
    }
    return render(request, "review/review.html", shown, status=200 if data is None else 422)


def declare_at(request: SignedInRequest, application: Application) -> str:
    """Return where the reader declares their interests for the application's cycle; "" where that is done."""
    missing = undeclared(request.user, [application.cycle_id])
    here = reverse("review", args=[application.public_id])
    return way_to_declare(missing[0], here) if missing else ""


def ways_on(request: SignedInRequest, application: Application) -> list[tuple[Any, str]]:
    """Return where a refusal leads: to this application as it is now, and on to the next item or the desk."""
    latest = (_("看最新情况"), reverse("review", args=[application.public_id]))
    following = next_for(request.user, offices(request), timezone.now(), besides=application.pk)
    if following is None:
        return [latest, (_("返回待办"), reverse("desk"))]
    return [latest, (_("办下一件"), _address(following))]


def _address(row: Any) -> str:
    return reverse("scorecard" if row.is_scoring else "review", args=[row.application.public_id])


def _decided(request: SignedInRequest, application: Application, decision: str) -> HttpResponse:
    """Say what was done and lead on to the next item."""
    said = {
        "recommend": _("已推荐%(name)s"),
        "send_back": _("已退回%(name)s"),
        **dict.fromkeys(RETURN_TO, _("已将%(name)s退回下级")),
        "reject": _("已决定不予推荐%(name)s"),
        "approve": _("已将%(name)s列入拟公示名单"),
    }[decision] % {"name": application.studio.name}
    text = _("申报单位可看到您的理由。") if decision != "approve" else _("公示时一并发布。")
    following = next_for(request.user, offices(request), timezone.now(), besides=application.pk)
    onward = []
    application.refresh_from_db()
    if may_recall(application, request.user, timezone.now()):
        onward = [(_("拿回"), reverse("recall", args=[application.public_id]))]
    if following:
        words = _("下一件：%(name)s") % {"name": following.application.studio.name}
        onward.append((words, _address(following)))
    messages.success(request, told(said, text, *onward))
    return redirect("desk")
