"""The naming decision: choose, read the list as it will stand, sign."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.naming import NamingForm
from accreditation.forms.problems import show_problems
from accreditation.models import Application, Cycle
from accreditation.queries import notices as queries
from accreditation.services.naming import name_studios
from accreditation.views.notices import chosen_of, pickable, run_by
from accreditation.views.refusing import refused
from accreditation.views.telling import told
from accreditation.work import acting_at
from certificates.configuration import configuration
from certificates.issuing import last_day
from workflows.refusals import NotReady, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def naming(request: HttpRequest, code: str) -> HttpResponse:
    """Draft the decision, show it, sign it: the first press shows, the second signs."""
    cycle = run_by(request, code)
    form = NamingForm(request.POST if request.method == "POST" else None, initial=_proposed(cycle))
    if request.POST.get("act") == "back" or not form.is_valid():
        return _draft(request, cycle, form)
    given = form.cleaned_data
    chosen = chosen_of(cycle, given["applications"])
    if request.POST.get("act") != "sign":
        return _preview(request, cycle, form, chosen)
    try:
        decision = name_studios(
            cycle=cycle,
            applications=chosen,
            number=given["number"],
            title=given["title"],
            signed_on=given["signed_on"],
            by=acting_at(request.user, cycle.city, timezone.now()),  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except NotReady as refusal:
        show_problems(form, refusal)
        return _draft(request, cycle, form)
    except Refused as refusal:
        return refused(request, refusal, ways=[(_("命名决定"), request.path)])
    said = {"number": decision.number, "count": len(chosen)}
    messages.success(
        request, told(_("已签发%(number)s，命名%(count)d个工作室") % said, _("证书随后自动制作。"))
    )
    return redirect("decision", decision.public_id)


def _draft(request: HttpRequest, cycle: Cycle, form: NamingForm) -> HttpResponse:
    context = {
        "cycle": cycle,
        "form": form,
        "rows": pickable(queries.waiting_for_naming(cycle), form),
        "decisions": queries.decisions().filter(cycle=cycle),
    }
    return render(
        request, "office/naming.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _preview(request: HttpRequest, cycle: Cycle, form: NamingForm, chosen: list[Application]) -> HttpResponse:
    signed_on = form.cleaned_data["signed_on"]
    context = {
        "cycle": cycle,
        "form": form,
        "given": form.cleaned_data,
        "picks": request.POST.getlist("applications"),
        "groups": queries.by_district(chosen),
        "count": len(chosen),
        "valid_until": last_day(signed_on, years=configuration().valid_years),
        "certificate_title": configuration().title,
        "issuer": configuration().issuer,
    }
    return render(request, "office/naming_preview.html", context)


def _proposed(cycle: Cycle) -> dict[str, Any]:
    title = f"关于命名{cycle.title}的决定"  # untranslated: the title of a Chinese document
    return {"title": title, "signed_on": timezone.localdate()}
