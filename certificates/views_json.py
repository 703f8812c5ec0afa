"""The public verification for programs: the same answers as on the pages, as JSON. See docs/verification-api.md."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from certificates import registry
from certificates.forms import FileForm, NumberForm
from certificates.limits import PROGRAMS, limited
from certificates.models import Certificate, Ending
from certificates.registry import Verification
from certificates.views import STATUS
from certificates.wording import OF_ANSWER, OF_FILE, sentence_of


def too_many(_request: HttpRequest) -> HttpResponse:
    """Asked too often from one address."""
    return _json({"error": "too many requests"}, 429)


@require_safe
@never_cache
@limited(PROGRAMS, too_many, "GET", "HEAD")
def status(request: HttpRequest, check_code: str) -> HttpResponse:
    """The answer to a check code."""
    at = timezone.now()
    return _answer(request, registry.lookup(check_code, at=at), at)


@csrf_exempt  # it keeps nothing and knows nobody: there is nothing to forge
@require_POST
@never_cache
@limited(PROGRAMS, too_many, "POST")
def check(request: HttpRequest) -> HttpResponse:
    """The answer to a file, or to a number with its check code."""
    form = FileForm(request.POST, request.FILES) if "file" in request.FILES else NumberForm(request.POST)
    if not form.is_valid():
        return _json({"error": "bad request", "fields": form.errors}, 400)
    at, given = timezone.now(), form.cleaned_data
    if "file" in given:
        return _answer(request, registry.check_file(given["file"], at=at), at, is_file=True)
    return _answer(request, registry.lookup_number(**given, at=at), at)


def _answer(
    request: HttpRequest, found: Verification, at: datetime, *, is_file: bool = False
) -> HttpResponse:
    words = (OF_FILE if is_file else OF_ANSWER)[found.answer]
    said = {
        "answer": found.answer.value,
        "heading": str(words.heading),
        "sentence": sentence_of(words, found),
        "checked_at": timezone.localtime(at).isoformat(timespec="seconds"),
        "fault": found.fault.value if found.fault else None,
        "file_sha256": found.shown_sha256 or None,
        "certificate": _certificate(request, found.certificate) if found.certificate else None,
        "ending": _ending(request, found.ending) if found.ending else None,
    }
    return _json(said, STATUS.get(found.answer, 200))


def _certificate(request: HttpRequest, certificate: Certificate) -> dict[str, Any]:
    return {
        "number": certificate.number,
        "studio": certificate.studio_name,
        "enterprise": certificate.enterprise_name,
        "title": certificate.title,
        "issuers": [certificate.issuer, *certificate.joint_issuers],
        "decision": certificate.decision_number or None,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_until": certificate.valid_until.isoformat(),
        "sha256": certificate.sha256 or None,
        "page": request.build_absolute_uri(certificate.get_absolute_url()),
    }


def _ending(request: HttpRequest, ending: Ending) -> dict[str, Any]:
    new = ending.successor
    page = request.build_absolute_uri(new.get_absolute_url()) if new else None
    return {
        "kind": ending.kind,
        "ended_on": ending.ended_on.isoformat(),
        "reason": ending.reason or None,  # it can be erased
        "successor": {"number": new.number, "page": page} if new else None,
    }


def _json(said: dict[str, Any], status: int = 200) -> JsonResponse:
    """Any page in any browser may read it: it says nothing that the asking browser alone would be told."""
    response = JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"
    return response
