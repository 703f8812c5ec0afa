"""指定办理人: the office above names who does the work of an office that has nobody left for it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.persons import AppointForm
from accreditation.forms.problems import show_problems
from accreditation.models import Application
from accreditation.queries import appointments as queries
from accreditation.services.appointments import appoint as name_somebody
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Whom one could name, and why not the others; POST names one. Not for whom it was not asked of: 404."""
    application = _asked_application(request, public_id)
    office = queries.acting_office(application)
    if office is None:
        raise Http404
    people = queries.candidates(application)
    form = AppointForm(
        request.POST if request.method == "POST" else None,
        candidates=[one.user for one in people if not one.barred],
    )
    if form.is_valid():
        chosen = form.cleaned_data["user"]
        try:
            name_somebody(
                application,
                user=chosen,
                by=request.user,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            desk = (_("返回待办"), reverse("desk"))
            return refused(request, refusal, kept=form.cleaned_data["reason"], ways=[desk])
        else:
            said = {"name": chosen.name, "studio": application.studio.name}
            title = _("已指定%(name)s办理%(studio)s") % said
            messages.success(request, told(title, _("作决定之前可以另行指定。")))
            return redirect("desk")
    named = queries.appointment_of(application, office)
    context = {
        "application": application,
        "office": office,
        "above": queries.above(office),
        "candidates": people,
        "named": named,
        "has_acted": named is not None and queries.has_acted(application, named),
        "form": form,
        "chosen": form["user"].value() or "",
    }
    return render(request, "persons/appoint.html", context, status=422 if form.is_bound else 200)


def _asked_application(request: SignedInRequest, public_id: Any) -> Application:
    joined = ("studio", "enterprise", "union__parent", "district__parent", "city", "cycle")
    asked = queries.nameable(request.user).select_related(*joined)
    return get_object_or_404(asked, public_id=public_id)
