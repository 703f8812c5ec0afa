"""Take the result of a search over events along, as a table or with proofs."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from accreditation.services.event_export import Export, take_out
from accreditation.services.event_searches import LONGEST_QUERY
from accreditation.views.event_asking import asking
from accreditation.views.event_files import csv_lines, proof_lines, workbook
from accreditation.views.event_search import shown
from accreditation.views.posted import posted
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.spreadsheets import CSV, XLSX, in_language
from workflows.refusals import NotReady

LINES: dict[str, tuple[str, Callable[[Export], Iterator[bytes]]]] = {
    "csv": (CSV, csv_lines),
    "jsonl": ("application/jsonl", proof_lines),
}


@login_required
@posted
def event_export(request: SignedInRequest) -> HttpResponseBase:
    """Hand over all that was found, in the format that the button names. That this was done is an event first."""
    asked = asking(request, QueryDict(request.POST.get("query", "")[:LONGEST_QUERY]))
    kind, at = request.POST.get("format", ""), timezone.now()
    if asked.found is None or kind not in {"xlsx", *LINES}:
        return shown(request, asked)
    try:
        export = take_out(
            asked.found,
            by=request.user,
            at=at,
            office=asked.held[0].organisation,
            asked=asked.form.asked(),
            with_proofs=kind == "jsonl",
        )
    except NotReady as refusal:
        return shown(request, asked, refused=refusal.reason)
    return _file(kind, export, at)


def _file(kind: str, export: Export, at: datetime) -> HttpResponseBase:
    name = f"{_('操作记录')}-{timezone.localtime(at):%Y%m%d-%H%M%S}.{kind}"
    if kind == "xlsx":
        return FileResponse(workbook(export), as_attachment=True, filename=name, content_type=XLSX)
    content_type, lines = LINES[kind]
    response = StreamingHttpResponse(
        in_language(translation.get_language(), lines(export)), content_type=content_type
    )
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
