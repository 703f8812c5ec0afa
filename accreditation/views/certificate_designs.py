"""The designs that certificates can have: ours, and those that operators wrote, with a preview while they write."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.forms.certificate_looks import DesignForm, design_name
from accreditation.forms.problems import show_problems
from accreditation.queries.certificate_looks import newest_designs
from accreditation.services.certificate_looks import save_design
from accreditation.views.certificate_looks import back, city, shown, too_many
from accreditation.views.paging import page_of
from accreditation.views.posted import posted
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, told
from accreditation.views.throttle import PREVIEWS, reader
from certificates.configuration import configuration
from certificates.designs import (
    BUILT_IN,
    NAMES,
    Source,
    UnknownDesign,
    own_design,
    source_of,
)
from certificates.limits import limited
from certificates.models import Design
from certificates.trial import Trial, try_design
from workflows.refusals import NotReady, Refused


@login_required
@require_safe
def designs(request: SignedInRequest) -> HttpResponse:
    """Our designs, and those that operators wrote."""
    city(request)
    built_in = [(purpose, NAMES[key], key) for purpose in Design.Purpose for key in BUILT_IN[purpose]]
    listed = page_of(request, newest_designs())
    return render(request, "looks/designs.html", {"built_in": built_in, "page": listed})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def design(request: SignedInRequest, key: str) -> HttpResponse:
    """A design's template and sheet, to be kept under a name."""
    office = city(request)
    based_on, purpose = _base(key)
    form = _design_form(request, key)
    if form.is_valid():
        try:
            saved = save_design(
                office,
                _source(form),
                name=form.cleaned_data["name"],
                purpose=purpose,
                based_on=based_on,
                by=request.user,
                at=timezone.now(),
            )
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[back()])
        else:
            said = _("已保存样式%(name)s") % {"name": design_name(saved)}
            way: Way = (_("选用样式"), reverse("certificate-look"))
            messages.success(request, told(said, _("短名称和最长的名称都画过，中文和中英文都可以用。"), way))
            return redirect("certificate-designs")
    return _design_page(request, key, form, status=422 if form.is_bound else 200)


@login_required
@posted
@limited(PREVIEWS, too_many, "POST", key=reader)
def design_preview(request: SignedInRequest, key: str) -> HttpResponse:
    """The design as it is typed now, with the choices in force."""
    city(request)
    _based_on, purpose = _base(key)
    form = _design_form(request, key)
    form.fields["name"].required = False
    trials = dict[str, Trial]()
    if form.is_valid():
        source, chosen = _source(form), configuration()
        for label, longest in ((_("短名称"), False), (_("最长的名称"), True)):
            trials[label] = try_design(source, purpose, chosen, longest=longest)
    form.fields["name"].required = True
    samples = shown(trials)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "looks/pictures.html", samples | {"form": form})
    return _design_page(request, key, form, **samples)


def _base(key: str) -> tuple[str, Design.Purpose]:
    """What a design is made from: one of ours, or what that one was made from."""
    for purpose, keys in BUILT_IN.items():
        if key in keys:
            return key, purpose
    own = _or_404(lambda: own_design(key))
    return own.based_on, Design.Purpose(own.purpose)


def _design_form(request: HttpRequest, key: str) -> DesignForm:
    if request.method == "POST":
        return DesignForm(request.POST)
    source = _or_404(lambda: source_of(key))
    name = "" if key in NAMES else own_design(key).name
    return DesignForm(initial={"name": name, "template": source.template, "sheet": source.sheet})


def _design_page(
    request: HttpRequest, key: str, form: DesignForm, status: int = 200, **samples: Any
) -> HttpResponse:
    name = NAMES[key] if key in NAMES else design_name(own_design(key))
    return render(
        request, "looks/design.html", {"form": form, "key": key, "name": name} | samples, status=status
    )


def _source(form: DesignForm) -> Source:
    return Source(
        form.cleaned_data["template"].replace("\r\n", "\n"), form.cleaned_data["sheet"].replace("\r\n", "\n")
    )


def _or_404(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except UnknownDesign as error:
        raise Http404 from error
