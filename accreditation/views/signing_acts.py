"""What is done in a round of signatures: sign, add a signer, take one away, change the terms, cancel."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.forms.problems import show_problems
from accreditation.forms.signing import AddForm, SignForm, TermsForm
from accreditation.models import Application, User
from accreditation.queries.signers import acting_in, candidates
from accreditation.services import signing as services
from accreditation.views.posted import posted
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.signing import round_or_404, show_round
from accreditation.views.telling import Way, told
from workflows.actors import Actor
from workflows.models import SigningRound
from workflows.refusals import NotReady, Refused


@login_required
@posted
def sign(request: SignedInRequest, public_id: UUID, round_id: UUID) -> HttpResponse:
    """Agree or disagree; refused, what was written is kept."""
    application, signing = round_or_404(request, public_id, round_id)
    form, at = SignForm(request.POST), timezone.now()
    if not form.is_valid():
        return show_round(request, application, signing, form)
    unsigned = signing.signatures.filter(removed_at=None, verdict="").values_list("signer_id", flat=True)
    by = acting_in(request.user, signing.task.office_id, set(unsigned), at) or request.user
    given = form.cleaned_data
    try:
        signed = services.sign(
            application, signing, by=by, at=at, verdict=given["verdict"], opinion=given["opinion"]
        )
    except NotReady as refusal:
        show_problems(form, refusal)
        return show_round(request, application, signing, form)
    except Refused as refusal:
        return refused(request, refusal, kept=given["opinion"], ways=[_round(application, signing)])
    title = _("已签署：同意") if given["verdict"] == "agree" else _("已签署：不同意")
    messages.success(request, told(title, _result(signed), _round(application, signing)))
    return redirect("desk")


@login_required
@posted
def add(request: SignedInRequest, public_id: UUID, round_id: UUID) -> HttpResponse:
    """加签: ask one more person."""
    application, signing = round_or_404(request, public_id, round_id)
    form = AddForm(request.POST, candidates=candidates(application, frozenset()))
    if not form.is_valid():
        return show_round(request, application, signing, form)
    signer, at = form.cleaned_data["signer"], timezone.now()
    try:
        services.add_signer(application, signing, by=_changer(request, signing), at=at, signer=signer)
    except NotReady as refusal:
        show_problems(form, refusal)
        return show_round(request, application, signing, form)
    except Refused as refusal:
        return refused(request, refusal, ways=[_round(application, signing)])
    return _done(request, application, signing, _("已增加签署人%(name)s") % {"name": signer.name})


@login_required
@posted
def remove(request: SignedInRequest, public_id: UUID, round_id: UUID) -> HttpResponse:
    """减签: take away somebody who has not signed."""
    application, signing = round_or_404(request, public_id, round_id)
    people = User.objects.filter(pk__in=signing.signatures.values("signer"))
    signer = get_object_or_404(people, public_id=_uuid(request.POST.get("signer", "")))
    try:
        changed = services.remove_signer(
            application, signing, by=_changer(request, signing), at=timezone.now(), signer=signer
        )
    except Refused as refusal:
        return refused(request, refusal, ways=[_round(application, signing)])
    said = _("已减去签署人%(name)s") % {"name": signer.name}
    return _done(request, application, changed, said)


@login_required
@posted
def change(request: SignedInRequest, public_id: UUID, round_id: UUID) -> HttpResponse:
    """Change when the round passes."""
    application, signing = round_or_404(request, public_id, round_id)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return show_round(request, application, signing, form)
    by, at = _changer(request, signing), timezone.now()
    try:
        changed = services.change_terms(
            application, signing, by=by, at=at, terms=form.terms, in_order=form.in_order
        )
    except NotReady as refusal:
        show_problems(form, refusal)
        return show_round(request, application, signing, form)
    except Refused as refusal:
        return refused(request, refusal, ways=[_round(application, signing)])
    return _done(request, application, changed, _("已更改通过条件"))


@login_required
@posted
def cancel(request: SignedInRequest, public_id: UUID, round_id: UUID) -> HttpResponse:
    """Give the round up."""
    application, signing = round_or_404(request, public_id, round_id)
    try:
        services.cancel_round(application, signing, by=_changer(request, signing), at=timezone.now())
    except Refused as refusal:
        return refused(request, refusal, ways=[_round(application, signing)])
    messages.success(request, told(_("已取消加签"), _("已有的签署意见保留在经过中。")))
    return redirect("review", application.public_id)


def _changer(request: SignedInRequest, signing: SigningRound) -> Actor:
    """Return as whom the reader changes the round; somebody who may not is refused by the service."""
    people = {signing.opened_by_id, signing.task.assignee_id}
    return acting_in(request.user, signing.task.office_id, people, timezone.now()) or request.user


def _done(
    request: SignedInRequest, application: Application, signing: SigningRound, title: str
) -> HttpResponse:
    signing.refresh_from_db(fields=["state"])
    messages.success(request, told(title, _result(signing)))
    return redirect("signing", application.public_id, signing.public_id)


def _result(signing: SigningRound) -> str:
    """Return what a round has come to, as the message about the last step in it says it."""
    return {
        SigningRound.State.PASSED: _("会签已通过。"),
        SigningRound.State.REFUSED: _("会签未通过，由此结束。"),
        SigningRound.State.CANCELLED: _("没有签署人，会签已取消。"),
    }.get(SigningRound.State(signing.state), "")


def _round(application: Application, signing: SigningRound) -> Way:
    return _("看签署情况"), reverse("signing", args=[application.public_id, signing.public_id])


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None
