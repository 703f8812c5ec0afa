"""疑点: the list, one finding with what is said to it, and the rules."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.context import offices
from accreditation.forms.findings import ExamineForm, FindingSearch, ReopenForm
from accreditation.forms.problems import show_problems
from accreditation.models import Finding
from accreditation.queries.archive import auditing
from accreditation.queries.findings.detail import steps, traces
from accreditation.queries.findings.listing import (
    ALL,
    EXAMINED,
    JOINED,
    OPEN,
    Wanted,
    counts,
    cycles_found,
    in_state,
    in_words,
    looked_for,
    offices_found,
    per_rule,
)
from accreditation.queries.findings.scope import findings_for, may_examine
from accreditation.services import examining as services
from accreditation.views.paging import page_of
from accreditation.views.posted import posted
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, told
from workflows.refusals import NotReady, Refused


@login_required
@require_safe
def findings(request: SignedInRequest) -> HttpResponse:
    """What the rules have found in the auditor's branch. Nobody else has this page: 404."""
    seen = seen_by(request)
    form = FindingSearch(request.GET, offices=offices_found(seen), cycles=cycles_found(seen))
    wanted = form.wanted()
    found = looked_for(seen, wanted)
    page = page_of(request, in_state(found, wanted.state))
    context = {
        "form": form,
        "wanted": wanted,
        "figures": _figures(request, wanted, counts(found)),
        "page": page,
        "rows": in_words(list(page.object_list), request.user),
        "offices": auditing(offices(request)),
    }
    return render(request, "audit/findings.html", context)


@login_required
@require_safe
def finding(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One finding: what was found, the events it speaks of, and what auditors said to it."""
    return _page(request, seen_or_404(request, public_id))


@login_required
@posted
def finding_examine(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Say what one found when one looked at it."""
    found = seen_or_404(request, public_id)
    form = ExamineForm(request.POST)
    if form.is_valid():
        try:
            services.examine(found, by=request.user, at=timezone.now(), note=form.cleaned_data["note"])
        except NotReady as problems:
            show_problems(form, problems)
        except Refused as refusal:
            return refused(request, refusal, kept=form.cleaned_data["note"], ways=_ways(found))
        else:
            messages.success(request, told(_("已核查这条疑点"), "", *_onward(request, found)))
            return redirect("findings")
    return _page(request, found, examine=form)


@login_required
@posted
def finding_reopen(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Take back that it was examined."""
    found = seen_or_404(request, public_id)
    form = ReopenForm(request.POST)
    if form.is_valid():
        try:
            services.reopen(found, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        except NotReady as problems:
            show_problems(form, problems)
        except Refused as refusal:
            return refused(request, refusal, kept=form.cleaned_data["reason"], ways=_ways(found))
        else:
            messages.success(request, told(_("已撤销核查"), _("这条疑点重新列为未核查。")))
            return redirect("finding", public_id=found.public_id)
    return _page(request, found, reopen=form)


@login_required
@require_safe
def finding_rules(request: SignedInRequest) -> HttpResponse:
    """What each rule looks for, why that may be harmless, and how much it has found in the auditor's branch."""
    return render(request, "audit/finding_rules.html", {"rules": per_rule(seen_by(request))})


def seen_by(request: SignedInRequest) -> QuerySet[Finding]:
    """Return the findings in the branches of whoever is signed in. Who audits nothing has none of the pages: 404."""
    held = offices(request)
    if not auditing(held):
        raise Http404
    return findings_for(request.user, held)


def seen_or_404(request: SignedInRequest, public_id: UUID) -> Finding:
    """Return the finding, if it lies in the reader's branch."""
    return get_object_or_404(seen_by(request).select_related(*JOINED), public_id=public_id)


def _page(
    request: SignedInRequest,
    found: Finding,
    *,
    examine: ExamineForm | None = None,
    reopen: ReopenForm | None = None,
) -> HttpResponse:
    """Show the finding; with a form, as it was sent and with what is missing."""
    [row] = in_words([found], request.user)
    verdict = may_examine(found, request.user)
    context = {
        "row": row,
        "finding": found,
        "traces": traces(found, offices(request)),
        "steps": steps(found),
        "verdict": verdict,
        "examine": examine or (ExamineForm() if verdict and row.is_open else None),
        "reopen": reopen or (ReopenForm() if verdict and not row.is_open else None),
    }
    return render(request, "audit/finding.html", context, status=422 if examine or reopen else 200)


def _ways(found: Finding) -> list[Way]:
    return [
        (_("看最新情况"), reverse("finding", args=[found.public_id])),
        (_("回到疑点"), reverse("findings")),
    ]


def _onward(request: SignedInRequest, found: Finding) -> list[Way]:
    """Return the way back, and the one to the next that waits."""
    onward: list[Way] = [(_("撤销"), f"{reverse('finding', args=[found.public_id])}#reopen")]
    following = in_state(seen_by(request), OPEN).first()
    if following:
        onward.append((_("下一条"), reverse("finding", args=[following.public_id])))
    return onward


def _figures(request: SignedInRequest, wanted: Wanted, counted: dict[str, int]) -> list[dict[str, Any]]:
    """The counts that are filters."""
    shown: list[tuple[str, int, Any]] = [
        (OPEN, counted[OPEN], _("未核查")),
        (EXAMINED, counted["every"] - counted[OPEN], _("已核查")),
        (ALL, counted["every"], _("全部")),
    ]
    return [
        {
            "count": count,
            "label": word,
            "address": f"?{_query(request.GET, state)}",
            "is_current": state == wanted.state,
            "icon": "alert" if state == OPEN and count else "",
            "tone": "alert" if state == OPEN and count else "",
        }
        for state, count, word in shown
    ]


def _query(asked: QueryDict, state: str) -> str:
    """Return the query of the list in another state, from its first page on."""
    query = asked.copy()
    query.pop("page", None)
    query["state"] = state
    return query.urlencode()
