"""A private file as it was uploaded, with nothing that could act in our name. The caller has asked who may see it."""

from django.http import FileResponse

from accreditation.models import StoredFile
from accreditation.uploads import JPEG, PDF, PNG

INLINE = frozenset({PDF, JPEG, PNG})
"""What a browser shows by itself, without running anything that is in it."""


def private_file(stored: StoredFile, name: str) -> FileResponse:
    """Answer with the file under its name."""
    response = FileResponse(
        stored.file.open("rb"),
        as_attachment=stored.media_type not in INLINE,
        filename=name,
        content_type=stored.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"
    )
    response["Cache-Control"] = "private, no-cache"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
