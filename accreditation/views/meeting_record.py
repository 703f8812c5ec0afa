"""The record of a meeting: what it decided, what became of it, and another try for what was refused."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accreditation.forms.meetings import RetryForm
from accreditation.models import Cycle, Meeting
from accreditation.queries.meeting_record import taken
from accreditation.queries.meetings import meetings_of
from accreditation.services.meetings import retry
from accreditation.views.meetings import tell_outcomes
from accreditation.views.notices import run_by
from accreditation.views.posted import posted
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.work import acting_at
from workflows.refusals import Refused


@login_required
@require_safe
def meeting(request: SignedInRequest, code: str, public_id: UUID) -> HttpResponse:
    """The record, to be read or printed; what is not done yet can be tried again from here."""
    cycle, held = _held(request, code, public_id)
    rows = taken(held)
    context = {
        "cycle": cycle,
        "meeting": held,
        "rows": rows,
        "done": sum(row.event is not None for row in rows),
        "again": [row for row in rows if row.can_be_retried],
        "counts": _counts([row.decision for row in rows if row.event is not None]),
    }
    return render(request, "meetings/record.html", context)


@login_required
@posted
def meeting_retry(request: SignedInRequest, code: str, public_id: UUID) -> HttpResponse:
    """Take again the chosen decisions of the meeting that were refused before."""
    _cycle, held = _held(request, code, public_id)
    form = RetryForm(request.POST, taken=taken(held))
    try:
        actor, at = acting_at(request.user, held.cycle.city, timezone.now()), timezone.now()
        outcomes = retry(held, form.resolutions(), by=actor, at=at)
    except Refused as refusal:
        back = reverse("meeting", args=[code, public_id])
        return refused(request, refusal, kept=form.written(), ways=[(held.title, back)])
    tell_outcomes(request, outcomes)
    return redirect("meeting", code, public_id)


def _held(request: SignedInRequest, code: str, public_id: UUID) -> tuple[Cycle, Meeting]:
    cycle = run_by(request, code)
    return cycle, get_object_or_404(meetings_of(cycle), public_id=public_id)


def _counts(decisions: list[str]) -> dict[str, Any]:
    return {decision: decisions.count(decision) for decision in dict.fromkeys(decisions)}
