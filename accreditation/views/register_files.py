"""Take along what was found in the register: for spreadsheets, and for programs."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.queries.register import Found, Wanted, find
from accreditation.queries.register_export import FIELDS, records, table
from accreditation.views.register import asked
from accreditation.views.spreadsheets import CSV, XLSX, csv_lines, in_language, workbook
from accreditation.views.telling import refusal
from accreditation.views.throttle import REGISTER_FILES
from certificates.configuration import configuration
from certificates.limits import client_network

FORMAT = "wuhao-register/1"
KINDS = ("csv", "xlsx", "json")
KEEP = 300  # seconds that a copy may be kept
COLUMNS = [(field.heading, field.width) for field in FIELDS]


@require_safe
def register_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand over all that was found, in the order of the page; nothing that the register's pages do not show."""
    if kind not in KINDS:
        raise Http404
    address, wanted, at = client_network(request), asked(request), timezone.now()
    if REGISTER_FILES.is_reached(address):
        return _too_often(request, wanted)
    REGISTER_FILES.count(address)
    response = _file(kind, wanted, find(wanted, at), at)
    if kind == "json":  # it is the same for everybody
        response["Cache-Control"] = f"public, max-age={KEEP}"
    else:
        response["Cache-Control"] = f"private, max-age={KEEP}"
        patch_vary_headers(response, ["Cookie"])  # the language may be chosen there
    response["X-Robots-Tag"] = "noindex"
    return response


def _file(kind: str, wanted: Wanted, found: Found, at: datetime) -> HttpResponseBase:
    name = f"{_('劳模创新工作室名册')}-{timezone.localdate(at):%Y%m%d}.{kind}"
    if kind == "xlsx":
        book = workbook(_("名册"), COLUMNS, table(found), _properties(at))
        return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)
    if kind == "csv":
        lines = in_language(translation.get_language(), csv_lines(COLUMNS, table(found)))
    else:
        lines = _json_lines(_head(wanted, found, at), found)
    response = StreamingHttpResponse(lines, content_type=CSV if kind == "csv" else "application/json")
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _properties(at: datetime) -> dict[str, str]:
    issuer, day = configuration().issuer, f"{timezone.localdate(at):%Y-%m-%d}"
    return {
        "title": _("劳模创新工作室名册"),
        "company": issuer,
        "comments": " ".join(part for part in (day, settings.REGISTER_LICENSE) if part),
    }


def _head(wanted: Wanted, found: Found, at: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "issuer": configuration().issuer,
        "source": f"{settings.BASE_URL}{reverse('register')}",
        "license": settings.REGISTER_LICENSE or None,
        "generated_at": timezone.localtime(at).isoformat(timespec="seconds"),
        "filter": wanted.asked,
        "count": len(found),
    }


def _json_lines(head: dict[str, Any], found: Found) -> Iterator[bytes]:
    """Yield one JSON object, a studio a line."""
    yield f'{_json(head)[:-1]},"studios":['.encode()
    before = "\n"
    for record in records(found):
        yield f"{before}{_json(record)}".encode()
        before = ",\n"
    yield b"\n]}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _too_often(request: HttpRequest, wanted: Wanted) -> HttpResponseBase:
    response = refusal(
        request,
        status=429,
        title=_("下载过于频繁"),
        text=_("十分钟后再试。"),
        ways=[(_("返回名册"), f"{reverse('register')}?{wanted.query}")],
    )
    response["Retry-After"] = str(REGISTER_FILES.seconds)
    return response
