"""拿回: take one's own decision back, after a page that says what happens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.conditions import nobody_acted_since
from accreditation.forms.review import RecallForm
from accreditation.models import Application
from accreditation.queries.recall import who_recalls
from accreditation.services.review import recall as take_back
from accreditation.states import RETURNED, ActionWord, State
from accreditation.versions import process_of
from accreditation.views.refusing import posted_version, refused
from accreditation.views.review_page import review_or_404
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import refusal, told
from accreditation.work import last_decision, may_recall
from workflows.ledger.chain import written
from workflows.models import Event
from workflows.refusals import NotReady, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recall(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Show what taking the last decision back would do, and do it. Refused: who has acted since."""
    application, _part = review_or_404(request, public_id)
    decision = last_decision(application)
    form = RecallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _take_back(request, application, decision, form.cleaned_data["reason"])
    if not form.is_bound and (why := _why_not(request, application, decision)):
        return _refused(request, application, why)
    context = {
        "application": application,
        "form": form,
        "decision": decision,
        "reason": _reason(decision),
        "follows": _follows(application, decision),
    }
    return render(request, "review/recall.html", context, status=422 if form.is_bound else 200)


def _take_back(
    request: SignedInRequest, application: Application, decision: Event | None, reason: str
) -> HttpResponse:
    at = timezone.now()
    try:
        take_back(
            application,
            by=who_recalls(request.user, decision, at),
            at=at,
            expected_version=posted_version(request),
            reason=reason,
        )
    except NotReady as unready:
        return _refused(request, application, unready.reason, reason)
    except Refused as refusal_:
        return refused(request, refusal_, kept=reason, ways=_ways(application))
    said = {"name": application.studio.name, "action": ActionWord(decision.action).label if decision else ""}
    messages.success(
        request,
        told(_("已拿回%(name)s") % said, _("“%(action)s”不再有效，这一件在您手中，可以重新决定。") % said),
    )
    return redirect("review", application.public_id)


def _why_not(request: SignedInRequest, application: Application, decision: Event | None) -> str:
    """Return why the decision cannot be taken back, or nothing."""
    verdict = may_recall(application, who_recalls(request.user, decision, timezone.now()))
    if not verdict:
        return verdict.reason
    return "；".join(problem.message for problem in nobody_acted_since(process_of(application)).message)


def _refused(request: SignedInRequest, application: Application, why: str, kept: str = "") -> HttpResponse:
    return refusal(request, status=409, title=_("不能拿回"), text=why, ways=_ways(application), kept=kept)


def _ways(application: Application) -> list[tuple[Any, str]]:
    return [
        (_("看最新情况"), reverse("review", args=[application.public_id])),
        (_("看已办"), reverse("desk-done")),
    ]


def _reason(decision: Event | None) -> str:
    return decision.personal.get("reason", "") if decision else ""


def _follows(application: Application, decision: Event | None) -> list[str]:
    """Return what happens, sentence by sentence."""
    if decision is None:
        return []
    facts = written(decision.body)["facts"]
    office = getattr(application.office_at(application.level), "name", "") or application.city.name
    said = {"state": State(decision.from_state).label, "office": office, "total": facts.get("total_before")}
    holder = application.enterprise.name if application.state in RETURNED else office
    lines = [_("回到“%(state)s”，由您持有，可以重新决定。") % said]
    if application.state != State.REJECTED:
        lines.append(_("%(holder)s的待办同时撤销。") % {"holder": holder})
    if facts.get("place"):
        lines.append(_("占用的1个名额退还。"))
    if facts.get("place_freed"):
        lines.append(_("退还的1个名额重新占用。"))
    if said["total"]:
        lines.append(_("专家评分的总分%(total)s恢复。") % said)
    lines.append(_("原来的决定和这次拿回都留在记录中。"))
    return lines
