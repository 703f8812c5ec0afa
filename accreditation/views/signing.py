"""加签: ask for signatures on a decision, and the page of a round: who has signed, what can be changed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accreditation.forms.problems import show_problems
from accreditation.forms.signing import AFTER, BEFORE, AddForm, RoundForm, SignForm, TermsForm, terms_of
from accreditation.models import Application
from accreditation.queries.signers import SIGNED_AFTER, SIGNED_IN, candidates
from accreditation.queries.signing import RoundView, latest_round, readable_rounds, round_view
from accreditation.services import signing as services
from accreditation.views.refusing import refused
from accreditation.views.review_page import review_or_404
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, told
from accreditation.work import acting_as, may_work
from workflows.actors import Actor, hands_of
from workflows.models import SigningRound
from workflows.refusals import NotReady, Refused
from workflows.works import open_work

FIRST = {"placement": BEFORE, "mode": "all", "way": "at_once"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def signing_new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask colleagues to sign before the decision, or before it takes effect."""
    application, _part = review_or_404(request, public_id)
    at = timezone.now()
    actor = acting_as(request.user, application, at)
    form = _round_form(request, application, actor)
    if form.is_valid():
        try:
            signing = services.open_round(application, by=actor, at=at, plan=form.plan)
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, kept=form.cleaned_data["note"], ways=[back_to(application)])
        else:
            return _opened(request, application, signing, form)
    context = {"application": application, "form": form, "holder": _other_holder(application, actor)}
    return render(request, "signing/new.html", context, status=422 if form.is_bound else 200)


def _round_form(request: SignedInRequest, application: Application, actor: Actor) -> RoundForm:
    """Return the form; without signers to choose where the reader could not open a round at all."""
    able = application.state in SIGNED_IN and may_work(application, actor)
    return RoundForm(
        request.POST if request.method == "POST" else None,
        initial=FIRST,
        candidates=candidates(application, hands_of(actor)) if able else [],
        placements=[BEFORE, AFTER] if application.state in SIGNED_AFTER else [BEFORE],
    )


def _other_holder(application: Application, actor: Actor) -> str:
    """Return who else holds the work, and so is the one to ask for signatures."""
    work = open_work(application)
    return work.assignee.name if work and work.assignee and work.assignee_id not in hands_of(actor) else ""


def _opened(
    request: SignedInRequest, application: Application, signing: SigningRound, form: RoundForm
) -> HttpResponse:
    said = {"names": _("、").join(one.name for one in form.plan.signers)}
    if signing.placement == AFTER:
        text = _("您作出决定后，由%(names)s签署；通过后生效。") % said
    else:
        text = _("%(names)s签署通过后，您再作决定。") % said
    messages.success(request, told(_("已加签"), text))
    return redirect("signing", application.public_id, signing.public_id)


@login_required
@require_GET
def signing(request: SignedInRequest, public_id: UUID, round_id: UUID) -> HttpResponse:
    """Who has signed and with which opinion; for who opened it or holds the work, what can be changed."""
    application, found = round_or_404(request, public_id, round_id)
    return show_round(request, application, found)


def round_or_404(
    request: SignedInRequest, public_id: UUID, round_id: UUID
) -> tuple[Application, SigningRound]:
    """Return a round that the reader may see; to everybody else it is not there."""
    application, part = review_or_404(request, public_id)
    return application, get_object_or_404(readable_rounds(application, part), public_id=round_id)


def show_round(
    request: SignedInRequest, application: Application, found: SigningRound, form: BaseForm | None = None
) -> HttpResponse:
    """Show the page of a round; with the form that was sent and needs mending, if there is one."""
    shown = round_view(application, found, request.user, timezone.now())
    context = {
        "application": application,
        "view": shown,
        "signing": shown.round,
        "form": form,
        "sign_form": form if isinstance(form, SignForm) else SignForm(),
        **(_changing(application, shown, form) if shown.changes_as else {}),
    }
    return render(request, "signing/round.html", context, status=422 if form else 200)


def _changing(application: Application, shown: RoundView, form: BaseForm | None) -> dict[str, Any]:
    """Return the forms by which a running round is changed."""
    present = {one.signature.signer_id for one in shown.places}
    apart = present | {shown.round.opened_by_id, shown.round.task.assignee_id} | hands_of(shown.changes_as)
    add = form if isinstance(form, AddForm) else AddForm(candidates=candidates(application, apart))
    terms = form if isinstance(form, TermsForm) else TermsForm(initial=terms_of(shown.round))
    return {"add_form": add, "terms_form": terms}


def signing_block(request: SignedInRequest, application: Application, part: Any) -> dict[str, Any]:
    """Return what the review page shows of signing: the round on the open work, and whether one can be opened."""
    at = timezone.now()
    found = latest_round(application, part)
    shown = round_view(application, found, request.user, at) if found else None
    return {"view": shown, "sign_form": SignForm() if shown and shown.signs_as else None}


def proposed(request: SignedInRequest, application: Application) -> HttpResponse:
    """Say of a decision that was taken that it waits for signatures, and show whose."""
    _application, part = review_or_404(request, application.public_id)
    found = latest_round(application, part)
    if found is None:
        return redirect("review", application.public_id)
    messages.success(request, told(_("决定已提交签署"), _("签署通过后生效；生效之前可以取消加签。")))
    return redirect("signing", application.public_id, found.public_id)


def back_to(application: Application) -> Way:
    """Return the way back to the review page."""
    return _("看最新情况"), reverse("review", args=[application.public_id])
