"""Begin an application; take one back."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.context import current_office
from accreditation.forms.applicant.actions import StartForm, WithdrawForm
from accreditation.models import Cycle, User
from accreditation.models.cycle import StudioLevel
from accreditation.queries.applicant import enterprises_of, existing, next_cycle, open_cycles
from accreditation.services import applications
from accreditation.states import ENDED, State
from accreditation.views.applicant.own import own_application
from accreditation.views.applicant.progress import until
from accreditation.views.refusing import posted_version, refused
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Choose the cycle and name the leader; the form follows."""
    at = timezone.now()
    form = _start_form(request, list(open_cycles(at)))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            draft = applications.start_draft(
                cycle=chosen["cycle"],
                enterprise=chosen["enterprise"],
                leader_name=chosen["leader_name"],
                by=cast(User, request.user),
                at=at,
            )
        except NotReady as unready:
            show_problems(form, unready)
        except Refused as refusal:
            return refused(request, refusal)
        else:
            return redirect("application", draft.public_id)
    wrong = form.is_bound and not form.is_valid()
    context = {
        "form": form,
        "next_cycle": None if form.cycles else next_cycle(at),
        "existing": wrong and _existing(form),
    }
    return render(request, "applicant/new.html", context, status=422 if wrong else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask why, say what follows, then take the application back."""
    found = own_application(request, public_id)
    if request.method != "POST" and found.state in ENDED:
        return redirect("application", public_id)
    is_draft = found.state == State.DRAFT
    form = WithdrawForm(request.POST if request.method == "POST" else None, is_draft=is_draft)
    if not form.is_valid():
        context = {"application": found, "form": form, "is_draft": is_draft}
        return render(request, "applicant/withdraw.html", context, status=422 if form.is_bound else 200)
    reason = form.cleaned_data["reason"]
    version, user = posted_version(request), cast(User, request.user)
    try:
        applications.withdraw(found, by=user, at=timezone.now(), expected_version=version, reason=reason)
    except Refused as refusal:
        return refused(
            request, refusal, kept=reason, ways=[(_("看这份申报"), reverse("application", args=[public_id]))]
        )
    messages.success(request, told(_("已撤回%(studio)s的申报") % {"studio": found.studio.name}, shape="no"))
    return redirect("application", public_id)


def show_problems(form: StartForm, unready: NotReady) -> None:
    """Show what the service refused beside the fields that it names."""
    for problem in unready.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, problem.message.rstrip("。"))


def _start_form(request: HttpRequest, cycles: list[Cycle]) -> StartForm:
    enterprises = list(enterprises_of(cast(User, request.user)))
    office = current_office(request)
    chosen = (
        office.organisation
        if office and office.organisation in enterprises
        else next(iter(enterprises), None)
    )
    return StartForm(
        request.POST if request.method == "POST" else None,
        initial={
            "enterprise": chosen.code if chosen else "",
            "cycle": cycles[0].code if len(cycles) == 1 else "",
        },
        enterprises=enterprises,
        cycles=cycles,
        consequences={cycle.code: _consequence(cycle) for cycle in cycles},
    )


def _consequence(cycle: Cycle) -> str:
    said = {"level": StudioLevel(cycle.level).label, "until": until(cycle.closes_at, timezone.localdate())}
    return _("申报%(level)s，%(until)s截止") % said


def _existing(form: StartForm) -> object:
    """Return the application that is there already, so that the page can lead to it."""
    given = form.data
    cycle, enterprise = (
        form.cycles.get(given.get("cycle", "")),
        form.enterprises.get(given.get("enterprise", "")),
    )
    return cycle and enterprise and existing(cycle, enterprise, given.get("leader_name", "").strip())
