"""How certificates look: the issuer's choices, with a preview of the drawn document."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.certificate_looks import LookForm
from accreditation.forms.problems import show_problems
from accreditation.models import Organisation
from accreditation.queries.certificate_looks import cities_configured_by
from accreditation.services.certificate_looks import configure_certificates
from accreditation.views.posted import posted
from accreditation.views.refusing import posted_version, refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, refusal, told
from accreditation.views.throttle import PREVIEWS, reader
from certificates.configuration import configuration, layout_in_force
from certificates.limits import limited
from certificates.models import Design
from certificates.picture import picture_of
from certificates.trial import Trial, try_layout
from workflows.refusals import NotReady, Refused

WIDTH = 1000
"""Pixels of a preview's picture: sharp on the widest page."""
NEWEST = "version"


@dataclass(frozen=True)
class Picture:
    """A sample as it will be printed, as the address of an image that stands in the page."""

    label: str
    address: str


def too_many(request: HttpRequest) -> HttpResponse:
    """So many samples were drawn for one reader that they must wait; htmx would put no other answer into the page."""
    text = _("预览太频繁，过几分钟再看。")
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "looks/pictures.html", {"problems": [text]})
    return refusal(request, status=429, title=_("预览太频繁"), text=_("过几分钟再看。"), ways=[back()])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: SignedInRequest) -> HttpResponse:
    """The choices; saved by a post."""
    office = city(request)
    form = _look_form(request)
    if form.is_valid():
        try:
            configure_certificates(
                office,
                form.chosen(),
                expected_version=posted_version(request),
                by=request.user,
                at=timezone.now(),
            )
        except NotReady as reason:
            show_problems(form, reason)
        except Refused as reason:
            return refused(request, reason, ways=[back()])
        else:
            messages.success(request, told(_("已保存证书设置"), _("此后登记的证书照此制作。")))
            return redirect("certificate-look")
    return _look_page(request, form, status=422 if form.is_bound else 200)


@login_required
@posted
@limited(PREVIEWS, too_many, "POST", key=reader)
def look_preview(request: SignedInRequest) -> HttpResponse:
    """The samples with what is typed now; nothing is kept. In answer to htmx only they, else the whole page."""
    city(request)
    form = _look_form(request)
    trials = _trials_of(form) if form.is_valid() else {}
    samples = shown(trials)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "looks/pictures.html", samples | {"form": form})
    return _look_page(request, form, **samples)


@login_required
@posted
@limited(PREVIEWS, too_many, "POST", key=reader)
def look_sample(request: SignedInRequest) -> HttpResponse:
    """The sample as the PDF that it would be, with what is typed now."""
    city(request)
    form = _look_form(request)
    if not form.is_valid():
        return _look_page(request, form, status=422)
    of = Design.Purpose.PLAQUE if request.POST.get("of") == "plaque" else Design.Purpose.CERTIFICATE
    trial = try_layout(form.chosen(), of, longest=form.is_long)
    if trial.problems:
        return _look_page(request, form, status=422, problems=trial.problems)
    return _pdf(trial.pdf)


def city(request: HttpRequest) -> Organisation:
    """Return the city whose certificates the reader configures; to others these pages are not there: 404."""
    found = cities_configured_by(request.user).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return found


def _look_form(request: HttpRequest) -> LookForm:
    return LookForm(request.POST if request.method == "POST" else None, chosen=configuration())


def _look_page(request: HttpRequest, form: LookForm, status: int = 200, **samples: Any) -> HttpResponse:
    newest = layout_in_force()
    kept = request.POST.get(NEWEST) if request.method == "POST" else None
    parts = {"form": form, "layout": newest, "version": kept or (newest.version if newest else 0)}
    return render(request, "looks/look.html", parts | samples, status=status)


def _trials_of(form: LookForm) -> dict[str, Trial]:
    chosen = form.chosen()
    return {
        label: try_layout(chosen, purpose, longest=form.is_long)
        for label, purpose in ((_("证书"), Design.Purpose.CERTIFICATE), (_("牌匾"), Design.Purpose.PLAQUE))
    }


def shown(trials: dict[str, Trial]) -> dict[str, Any]:
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


def back() -> Way:
    """Return the way to the choices."""
    return _("证书样式"), reverse("certificate-look")
