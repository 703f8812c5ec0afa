"""回避: say why, then keep out of an application for good."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.persons import RecuseForm
from accreditation.forms.problems import show_problems
from accreditation.queries.recusals import has_recused, recusing_office
from accreditation.services.recusals import recuse as keep_out
from accreditation.views.refusing import refused
from accreditation.views.review_page import review_or_404
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recuse(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """What recusing means, and the reason; POST does it."""
    application, _part = review_or_404(request, public_id)
    at = timezone.now()
    done = has_recused(application, request.user)
    if recusing_office(application, request.user, at) is None and not done:
        raise Http404
    form = RecuseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            keep_out(application, by=request.user, at=at, reason=form.cleaned_data["reason"])
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            latest = (_("看最新情况"), reverse("review", args=[application.public_id]))
            return refused(request, refusal, kept=form.cleaned_data["reason"], ways=[latest])
        else:
            said = _("您已对%(name)s回避") % {"name": application.studio.name}
            messages.success(request, told(said, _("您持有的已经放回，由本级其他人办理。")))
            return redirect("desk")
    context = {"application": application, "form": form, "done": done}
    return render(request, "persons/recuse.html", context, status=422 if form.is_bound else 200)
