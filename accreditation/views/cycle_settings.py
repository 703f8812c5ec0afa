"""Opening a cycle and changing its dates, quotas and experts. Only for who decides at the city."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.cycles import CycleForm, ExpertsForm, NewCycleForm, QuotaForm
from accreditation.forms.problems import show_problems
from accreditation.forms.versions import VersionsForm
from accreditation.models import Cycle
from accreditation.queries import cycle_overview as overview
from accreditation.queries.panel import reviewers_of
from accreditation.services.cycles import change_cycle, open_cycle, set_experts
from accreditation.services.quotas import set_quotas
from accreditation.services.versions import choose_versions
from accreditation.views.notices import set_up_by
from accreditation.views.refusing import refused
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cycle_new(request: HttpRequest) -> HttpResponse:
    """Open a cycle."""
    user: Any = request.user
    city = overview.cities_decided_by(user).first()
    if city is None:
        raise Http404
    form = NewCycleForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            opened = open_cycle(
                city=city,
                code=given["code"],
                level=given["level"],
                rubric=given["rubric"],
                by=user,
                at=timezone.now(),
                **form.settings(),
            )
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal)
        else:
            messages.success(
                request, told(_("已建立%(title)s") % {"title": opened.title}, _("接着分配名额，选定专家。"))
            )
            return redirect("cycle-settings", opened.code)
    return render(request, "office/cycle_new.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cycle_settings(request: HttpRequest, code: str) -> HttpResponse:
    """Dates, quotas, experts and versions: four forms, each sent by itself."""
    cycle = set_up_by(request, code)
    part = request.POST.get("part", "")
    sent = request.POST if request.method == "POST" else None
    forms: dict[str, BaseForm] = {
        "dates": CycleForm(sent if part == "dates" else None, initial=_as_is(cycle)),
        "quotas": QuotaForm(
            sent if part == "quotas" else None, bodies=overview.bodies_of(cycle.city), cycle=cycle
        ),
        "experts": ExpertsForm(
            sent if part == "experts" else None,
            reviewers=reviewers_of(cycle.city),
            initial={"experts": list(cycle.experts.values_list("public_id", flat=True))},
        ),
        "versions": VersionsForm(sent if part == "versions" else None, cycle=cycle),
    }
    if sent is not None and part not in forms:
        raise Http404
    if part and forms[part].is_valid():
        try:
            SAVE[part](cycle, forms[part], request)
        except NotReady as refusal:
            show_problems(forms[part], refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[(cycle.title, reverse("cycle", args=[cycle.code]))])
        else:
            messages.success(
                request, told(_("已保存批次设置"), "", (cycle.title, reverse("cycle", args=[cycle.code])))
            )
            return redirect("cycle-settings", cycle.code)
    context = {"cycle": cycle, "bound": forms.get(part), **forms}
    return render(request, "office/cycle_settings.html", context, status=422 if part else 200)


def _as_is(cycle: Cycle) -> dict[str, Any]:
    return {name: getattr(cycle, name) for name in CycleForm.base_fields}


def _save_dates(cycle: Cycle, form: Any, request: HttpRequest) -> None:
    change_cycle(cycle, by=request.user, at=timezone.now(), **form.settings())


def _save_quotas(cycle: Cycle, form: Any, request: HttpRequest) -> None:
    set_quotas(cycle, form.places(), by=request.user, at=timezone.now())


def _save_experts(cycle: Cycle, form: Any, request: HttpRequest) -> None:
    set_experts(cycle, list(form.cleaned_data["experts"]), by=request.user, at=timezone.now())


def _save_versions(cycle: Cycle, form: Any, request: HttpRequest) -> None:
    chosen, user = form.cleaned_data, request.user
    choose_versions(
        cycle,
        process_version=chosen["process"],
        rubric=chosen["rubric"],
        by=user,  # type: ignore[arg-type]
        at=timezone.now(),
    )


SAVE = {
    "dates": _save_dates,
    "quotas": _save_quotas,
    "experts": _save_experts,
    "versions": _save_versions,
}
