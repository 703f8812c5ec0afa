"""A picture of a PDF's first page, for pages that show how something will look: no browser is asked to draw it anew."""

from io import BytesIO
from threading import Lock

import pypdfium2

_ONE_AT_A_TIME = Lock()  # PDFium is not safe for threads


def picture_of(pdf: bytes, *, width: int) -> bytes:
    """The first page as a PNG, `width` pixels wide. Raises pypdfium2.PdfiumError for what is no PDF."""
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        image = page.render(scale=width / page.get_width()).to_pil()
    kept = BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()
