"""How certificates look: the issuer's choices with a preview of the drawn document, and operators' own designs."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.forms.certificate_looks import DesignForm, LookForm, design_name
from accreditation.forms.problems import show_problems
from accreditation.models import Organisation
from accreditation.queries.certificate_looks import cities_configured_by, newest_designs
from accreditation.services.certificate_looks import configure_certificates, save_design
from accreditation.views.paging import page_of
from accreditation.views.posted import posted
from accreditation.views.refusing import posted_version, refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, told
from certificates.configuration import configuration, layout_in_force
from certificates.designs import (
    BUILT_IN,
    NAMES,
    Source,
    UnknownDesign,
    own_design,
    source_of,
)
from certificates.models import Design
from certificates.picture import picture_of
from certificates.trial import Trial, try_design, try_layout
from workflows.refusals import NotReady, Refused

WIDTH = 1000
"""Pixels of a preview's picture: sharp on the widest page."""
NEWEST = "version"


@dataclass(frozen=True)
class Picture:
    """A sample as it will be printed, as the address of an image that stands in the page."""

    label: str
    address: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: SignedInRequest) -> HttpResponse:
    """The choices; saved by a post."""
    city = _city(request)
    form = _look_form(request)
    if form.is_valid():
        try:
            configure_certificates(
                city,
                form.chosen(),
                expected_version=posted_version(request),
                by=request.user,
                at=timezone.now(),
            )
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[_back()])
        else:
            messages.success(request, told(_("已保存证书设置"), _("此后登记的证书照此制作。")))
            return redirect("certificate-look")
    return _look_page(request, form, status=422 if form.is_bound else 200)


@login_required
@posted
def look_preview(request: SignedInRequest) -> HttpResponse:
    """The samples with what is typed now; nothing is kept. In answer to htmx only they, else the whole page."""
    _city(request)
    form = _look_form(request)
    trials = _trials_of(form) if form.is_valid() else {}
    shown = _shown(trials)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "looks/pictures.html", shown | {"form": form})
    return _look_page(request, form, **shown)


@login_required
@posted
def look_sample(request: SignedInRequest) -> HttpResponse:
    """The sample as the PDF that it would be, with what is typed now."""
    _city(request)
    form = _look_form(request)
    if not form.is_valid():
        return _look_page(request, form, status=422)
    of = Design.Purpose.PLAQUE if request.POST.get("of") == "plaque" else Design.Purpose.CERTIFICATE
    trial = try_layout(form.chosen(), of, longest=form.is_long)
    if trial.problems:
        return _look_page(request, form, status=422, problems=trial.problems)
    return _pdf(trial.pdf)


@login_required
@require_safe
def designs(request: SignedInRequest) -> HttpResponse:
    """Our designs, and those that operators wrote."""
    _city(request)
    built_in = [(purpose, NAMES[key], key) for purpose in Design.Purpose for key in BUILT_IN[purpose]]
    listed = page_of(request, newest_designs())
    return render(request, "looks/designs.html", {"built_in": built_in, "page": listed})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def design(request: SignedInRequest, key: str) -> HttpResponse:
    """A design's template and sheet, to be kept under a name."""
    city = _city(request)
    based_on, purpose = _base(key)
    form = _design_form(request, key)
    if form.is_valid():
        try:
            saved = save_design(
                city,
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
            return refused(request, refusal, ways=[_back()])
        else:
            said = _("已保存样式%(name)s") % {"name": design_name(saved)}
            way: Way = (_("选用样式"), reverse("certificate-look"))
            messages.success(request, told(said, _("短名称和最长的名称都画过，中文和中英文都可以用。"), way))
            return redirect("certificate-designs")
    return _design_page(request, key, form, status=422 if form.is_bound else 200)


@login_required
@posted
def design_preview(request: SignedInRequest, key: str) -> HttpResponse:
    """The design as it is typed now, with the choices in force."""
    _city(request)
    _based_on, purpose = _base(key)
    form = _design_form(request, key)
    form.fields["name"].required = False
    trials = dict[str, Trial]()
    if form.is_valid():
        source, chosen = _source(form), configuration()
        for label, longest in ((_("短名称"), False), (_("最长的名称"), True)):
            trials[label] = try_design(source, purpose, chosen, longest=longest)
    form.fields["name"].required = True
    shown = _shown(trials)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "looks/pictures.html", shown | {"form": form})
    return _design_page(request, key, form, **shown)


def _city(request: HttpRequest) -> Organisation:
    city = cities_configured_by(request.user).first()  # type: ignore[arg-type]
    if city is None:
        raise Http404
    return city


def _look_form(request: HttpRequest) -> LookForm:
    return LookForm(request.POST if request.method == "POST" else None, chosen=configuration())


def _look_page(request: HttpRequest, form: LookForm, status: int = 200, **shown: Any) -> HttpResponse:
    newest = layout_in_force()
    kept = request.POST.get(NEWEST) if request.method == "POST" else None
    parts = {"form": form, "layout": newest, "version": kept or (newest.version if newest else 0)}
    return render(request, "looks/look.html", parts | shown, status=status)


def _trials_of(form: LookForm) -> dict[str, Trial]:
    chosen = form.chosen()
    return {
        label: try_layout(chosen, purpose, longest=form.is_long)
        for label, purpose in ((_("证书"), Design.Purpose.CERTIFICATE), (_("牌匾"), Design.Purpose.PLAQUE))
    }


def _shown(trials: dict[str, Trial]) -> dict[str, Any]:
    """What a preview shows of samples: their pictures, and once each why one could not be drawn."""
    problems = [problem for trial in trials.values() for problem in trial.problems]
    pictures = [_picture(label, trial.pdf) for label, trial in trials.items() if trial.pdf]
    return {"pictures": pictures, "problems": list(dict.fromkeys(problems))}


def _picture(label: str, pdf: bytes) -> Picture:
    image = picture_of(pdf, width=WIDTH)
    return Picture(label, f"data:image/png;base64,{b64encode(image).decode()}")


def _pdf(content: bytes) -> HttpResponse:
    return HttpResponse(
        content, "application/pdf", headers={"Content-Disposition": 'inline; filename="sample.pdf"'}
    )


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
    request: HttpRequest, key: str, form: DesignForm, status: int = 200, **shown: Any
) -> HttpResponse:
    name = NAMES[key] if key in NAMES else design_name(own_design(key))
    return render(
        request, "looks/design.html", {"form": form, "key": key, "name": name} | shown, status=status
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


def _back() -> Way:
    return _("证书样式"), reverse("certificate-look")
