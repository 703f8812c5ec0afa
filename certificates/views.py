"""The public verification: by number and check code, by QR code, or by the file itself."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certificates import proofs, registry
from certificates.configuration import configuration_of
from certificates.forms import FileForm, NumberForm
from certificates.limits import CODES, QUESTIONS, limited
from certificates.proofs import Place, place_of
from certificates.registry import Answer, Verification
from certificates.wording import OF_ANSWER, OF_FAULT, OF_FILE, sentence_of, short_digest

STATUS = {Answer.UNKNOWN: 404, Answer.UNAVAILABLE: 503}


def too_many(request: HttpRequest) -> HttpResponse:
    """Asked too often from one address."""
    return render(request, "certificates/too_many.html", {"minutes": QUESTIONS.seconds // 60}, status=429)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@limited(QUESTIONS, too_many, "POST")
def verify(request: HttpRequest) -> HttpResponse:
    """Two small forms, and the answer to what was sent by one of them."""
    if request.method != "POST":
        return _forms(request, NumberForm(), FileForm())
    at = timezone.now()
    return _by_file(request, at) if "by_file" in request.POST else _by_number(request, at)


def _by_number(request: HttpRequest, at: datetime) -> HttpResponse:
    """A number that is found leads to the page of its certificate, which can be kept and sent on."""
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _forms(request, form, FileForm())
    found = registry.lookup_number(**form.cleaned_data, at=at)
    return (
        redirect(found.certificate)
        if found.certificate
        else _answer(request, found, at, asked=form.cleaned_data)
    )


def _by_file(request: HttpRequest, at: datetime) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _forms(request, NumberForm(), form)
    file = form.cleaned_data["file"]
    return _answer(request, registry.check_file(file, at=at), at, file=file)


def _forms(request: HttpRequest, number_form: NumberForm, file_form: FileForm) -> HttpResponse:
    return render(request, "certificates/verify.html", {"number_form": number_form, "file_form": file_form})


@require_safe
@never_cache
@limited(CODES, too_many, "GET", "HEAD")
def verify_certificate(request: HttpRequest, check_code: str) -> HttpResponse:
    """Where the QR code leads."""
    at = timezone.now()
    found = registry.lookup(check_code, at=at)
    asked = {"check_code": check_code}
    return _answer(request, found, at, asked=asked, status=STATUS.get(found.answer, 200))


@require_safe
@never_cache
@limited(CODES, too_many, "GET", "HEAD")
def proof(request: HttpRequest, check_code: str) -> HttpResponse:
    """The proof that stands in the certificate's file, for those who hold the paper."""
    certificate = registry.find(check_code)
    if certificate is None or not certificate.log_proof:
        raise Http404
    response = HttpResponse(proofs.as_text(certificate.log_proof), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{proofs.FILE_NAME}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(
    request: HttpRequest,
    found: Verification,
    at: datetime,
    *,
    asked: dict[str, str] | None = None,
    file: UploadedFile | None = None,
    status: int = 200,
) -> HttpResponse:
    if found.answer == Answer.UNAVAILABLE and found.certificate is None:
        return render(request, "certificates/unreadable.html", {"at": at}, status=503)
    words = (OF_FILE if file else OF_ANSWER)[found.answer]
    certificate = found.certificate
    context: dict[str, Any] = {
        "answer": found.answer,
        "words": words,
        "sentence": sentence_of(words, found),
        "certificate": certificate,
        "ending": found.ending,
        "newest": registry.newest(certificate) if found.answer == Answer.SUPERSEDED and certificate else None,
        "place": _place(found),
        "fault": OF_FAULT[found.fault] if found.fault else "",
        "at": at,
        "asked": asked,
        "file": file,
        "shown_digest": short_digest(found.shown_sha256),
        "archived_digest": short_digest(certificate.sha256) if certificate else "",
        "chosen": configuration_of(certificate.layout) if certificate else None,
        "number_form": NumberForm(),
        "file_form": FileForm(),
    }
    response = render(request, "certificates/answer.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _place(found: Verification) -> Place | None:
    """Where the log has the certificate; None where its proof does not say so."""
    with suppress(AttributeError, KeyError, TypeError, ValueError):
        return place_of(found.certificate.log_proof)  # type: ignore[union-attr]
    return None
