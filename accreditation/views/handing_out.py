"""Handing out documents on paper: kept ones at once, others made now, within a limit."""

from collections.abc import Callable
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accreditation.case_files.names import UNSAFE
from accreditation.views.private_files import guarded, once_noted
from accreditation.views.telling import Way, refusal
from certificates.kept import Request, kept, made
from certificates.limits import Limit, client_network

DRAWINGS = Limit("drawings", most=60, seconds=10 * 60)
"""For one address: documents that are not kept and have to be made. Handing out kept ones costs nothing."""
LONGEST_NAME = 60  # characters before the ending


def hand_out(
    request: HttpRequest, wanted: Request, *, back: Way, note: Callable[[], Any] | None = None
) -> HttpResponseBase:
    """Answer with the document as a download; `note` writes the event of taking it, without which it is not given."""
    content = kept(wanted)
    if content is None:
        address = client_network(request)
        if DRAWINGS.is_reached(address):
            text = _("十分钟后再试。")
            return refusal(request, status=429, title=_("一时下载过多"), text=text, ways=[back])
        DRAWINGS.count(address)
        content = made(wanted)
    name = PurePath(UNSAFE.sub("_", wanted.name))
    response = guarded(
        FileResponse(
            BytesIO(content),
            as_attachment=True,
            filename=f"{name.stem[:LONGEST_NAME]}{name.suffix}",
            content_type=wanted.media_type,
        )
    )
    return once_noted(response, note) if note else response
