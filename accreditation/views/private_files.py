"""A private file as it was uploaded, with nothing that could act in our name. The caller has asked who may see it."""

from collections.abc import Callable
from typing import Any

from django.http import FileResponse

from accreditation.models import StoredFile
from accreditation.uploads import JPEG, PDF, PNG

INLINE = frozenset({PDF, JPEG, PNG})
"""What a browser shows by itself, without running anything that is in it."""


def private_file(stored: StoredFile, name: str) -> FileResponse:
    """Answer with the file under its name."""
    return guarded(
        FileResponse(
            stored.file.open("rb"),
            as_attachment=stored.media_type not in INLINE,
            filename=name,
            content_type=stored.media_type,
        )
    )


def guarded(response: FileResponse) -> FileResponse:
    """Let nobody else keep the file, and nothing in it act in our name."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
    )
    response["Cache-Control"] = "private, no-cache"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def once_noted(response: FileResponse, note: Callable[[], Any]) -> FileResponse:
    """Answer with the file, which is open by now, after its reading is noted: without the event nothing is served."""
    try:
        note()
    except BaseException:
        response.close()
        raise
    return response
