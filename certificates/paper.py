"""What is drawn on paper uses our own fonts and files and nothing else; and archive documents of many pages."""

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pydyf
import weasyprint
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.pdf.stream import Stream
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from certificates.glyphs import BOLD, FAMILY, REGULAR, CannotDraw, missing_characters
from certificates.metadata import add_accessibility_mark
from certificates.streams import AMBIGUOUS, ATTEMPTS

FOLDER = Path(__file__).resolve().parent
SHEETS = FOLDER / "designs" / "paper"
PAPER = "paper"
"""The sheet that every document has; others come after it and change what they need to."""
Finisher = Callable[[Document, Any], None]
SPACE = re.compile(r"[^\S\n ]")


def document_pdf(page: str, *, identifier: bytes, sheets: Sequence[str] = ()) -> bytes:
    """A page of HTML as an archive document (PDF/A-3a, PDF/UA-1): the same bytes each time for the same text.

    `sheets` are names in designs/paper, applied after the one that every document has. People type what no font has:
    such a character is written as its code point, 〔U+1F600〕, never as a box.
    """
    text = SPACE.sub(" ", page)
    for character in missing_characters(text.replace("\n", "")):
        text = text.replace(character, f"〔U+{ord(character):04X}〕")

    def draw(finisher: Finisher) -> bytes:
        document = HTML(string=text, base_url=SHEETS.as_uri(), url_fetcher=OwnFiles()).render(
            stylesheets=[_sheet(name) for name in (PAPER, *sheets)], font_config=fonts()
        )
        add_accessibility_mark(document)
        return document.write_pdf(
            finisher=finisher, pdf_variant="pdf/a-3a", pdf_identifier=identifier, pdf_tags=True
        )

    return unambiguous(draw)


def drawing_key(page: str, *, sheets: Sequence[str] = ()) -> str:
    """The SHA-256 of everything that a document's bytes follow from: its page, its sheets, the fonts, the library."""
    parts = (page, _drawn_with(tuple(sheets)))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _drawn_with(sheets: tuple[str, ...]) -> str:
    files = [*(SHEETS / f"{name}.css" for name in (PAPER, *sheets)), REGULAR, BOLD, Path(__file__)]
    return " ".join(
        [weasyprint.__version__, *(hashlib.sha256(one.read_bytes()).hexdigest() for one in files)]
    )


@cache
def fonts() -> FontConfiguration:
    """The fonts that the sheets name, loaded once."""
    return FontConfiguration()


@cache
def _sheet(name: str) -> CSS:
    return CSS(filename=SHEETS / f"{name}.css", font_config=fonts(), url_fetcher=OwnFiles())


class OwnFiles(URLFetcher):
    """Gives data: addresses and files of this folder, and stops the drawing at anything else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data", "file"))

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith("data:"):
            path = Path(url2pathname(urlsplit(url).path)).resolve()
            if not url.startswith("file:///") or not path.is_relative_to(FOLDER):
                raise FatalURLFetchingError(f"a document may not load {url}")
        return super().fetch(url, headers)


def check_fonts(document: Document, _pdf: Any) -> None:
    """Refuse a drawing that met a missing glyph or used a font that is not ours."""
    for font in document.fonts.values():
        if font.missing:
            raise CannotDraw("".join(map(chr, font.missing)))
        if font.family != FAMILY:
            raise CannotDraw(font.family)


def unambiguous(draw: Callable[[Finisher], bytes]) -> bytes:
    """Return what is drawn, no stream ending ambiguously: if need be again, with a blank more on its first page."""
    content = b""
    for attempt in range(ATTEMPTS):
        content = draw(partial(_finish, attempt))
        if AMBIGUOUS not in content:
            break
    return content


def _finish(attempt: int, document: Document, pdf: Any) -> None:
    check_fonts(document, pdf)
    if not attempt:
        return
    streams = [one for one in pdf.objects if isinstance(one, pydyf.Stream)]
    for one in streams:
        one.compress = one.compress and not one.data.endswith(AMBIGUOUS)
    first = next(one for one in streams if isinstance(one, Stream))
    first.stream.append(b" " * attempt)
