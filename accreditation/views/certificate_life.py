"""Revoking, correcting and renewing a certificate: ask, show what will be, sign. None of it can be taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accreditation.forms.certificates import EndingForm, ReissueForm, RenewForm, RevokeForm
from accreditation.forms.problems import show_problems
from accreditation.services.certificate_life import CORRECTABLE, reissue, renew, renewal_of, revoke
from accreditation.views.certificates import deciding
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from certificates.models import Certificate
from certificates.standing import ending_of
from workflows.refusals import NotReady, Refused

Words = str | Promise


@dataclass(frozen=True)
class Act:
    """What can be done with a certificate: in words, by which form, and by whom it is done."""

    code: str
    title: Words
    intro: Words
    button: Words
    done: Words
    form: type[EndingForm]
    take: Callable[..., Any]


REVOKE = Act(
    "revoke",
    gettext_lazy("撤销证书"),
    gettext_lazy("撤销后不能恢复。查验这张证书的人会看到撤销日期和理由，名册同时注明。"),
    gettext_lazy("签署，撤销证书"),
    gettext_lazy("已撤销证书%(number)s"),
    RevokeForm,
    lambda certificate, given, **who: revoke(
        certificate, reason=given["reason"], ended_on=given["ended_on"], **who
    ),
)
REISSUE = Act(
    "reissue",
    gettext_lazy("更正重发"),
    gettext_lazy(
        "按更正后的文字颁发新证书，编号用新的，日期和有效期照旧。新证书制成后，原证书由它代替，原件仍保留。"
    ),
    gettext_lazy("签署，更正重发"),
    gettext_lazy("已更正重发，原证书%(number)s由新证书代替"),
    ReissueForm,
    lambda certificate, given, **who: reissue(
        certificate,
        reason=given["reason"],
        corrected={name: given[name] for name in CORRECTABLE},
        **who,
    ),
)
RENEW = Act(
    "renew",
    gettext_lazy("证书续期"),
    gettext_lazy("颁发新证书，编号用新的。新证书制成之前，原证书继续有效；制成后由它代替。"),
    gettext_lazy("签署，续期"),
    gettext_lazy("已续期，原证书%(number)s由新证书代替"),
    RenewForm,
    lambda certificate, given, **who: renew(
        certificate, reason=given["reason"], decision_number=given["decision_number"], **who
    ),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_revoke(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Revoke a certificate."""
    return _act(request, public_id, REVOKE)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_reissue(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Issue a certificate anew with its text corrected."""
    return _act(request, public_id, REISSUE)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_renew(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Renew a certificate."""
    return _act(request, public_id, RENEW)


def _act(request: SignedInRequest, public_id: UUID, act: Act) -> HttpResponse:
    """The first press shows what will be, the second signs it."""
    certificate, at = get_object_or_404(deciding(request), public_id=public_id), timezone.now()
    page = reverse("certificate-record", args=[public_id])
    if request.method != "POST" and (ending_of(certificate) or not certificate.is_ready):
        return redirect(page)
    sent = request.POST if request.method == "POST" else None
    form = act.form(sent, certificate=certificate, today=timezone.localdate(at))
    if request.POST.get("act") == "back" or not form.is_valid():
        return _ask(request, certificate, act, form)
    if request.POST.get("act") != "sign":
        return _preview(request, certificate, act, form, at)
    try:
        act.take(certificate, form.cleaned_data, by=request.user, at=at)
    except NotReady as refusal:
        show_problems(form, refusal)
        return _ask(request, certificate, act, form)
    except Refused as refusal:
        ways = [(_("看这张证书"), page)]
        return refused(request, refusal, kept=form.cleaned_data["reason"], ways=ways)
    after = _("申报单位和推荐过的工会会收到通知。")
    messages.success(request, told(str(act.done) % {"number": certificate.number}, after))
    return redirect(page)


def _ask(request: HttpRequest, certificate: Certificate, act: Act, form: EndingForm) -> HttpResponse:
    wrong = form.is_bound and form.errors
    context = {"certificate": certificate, "act": act, "form": form}
    return render(request, "office/certificate_act.html", context, status=422 if wrong else 200)


def _preview(
    request: HttpRequest, certificate: Certificate, act: Act, form: EndingForm, at: datetime
) -> HttpResponse:
    given = form.cleaned_data
    context = {"certificate": certificate, "act": act, "form": form, "given": given, "at": at}
    if act is REISSUE:
        context["corrected"] = [
            {"label": form.fields[name].label, "old": getattr(certificate, name), "new": given[name]}
            for name in CORRECTABLE
            if given[name] != getattr(certificate, name)
        ]
    if act is RENEW:
        context["renewed"] = renewal_of(certificate, at=at, decision_number=given["decision_number"])
    return render(request, "office/certificate_preview.html", context)
