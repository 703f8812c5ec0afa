"""Designs: folders of ours by their names, and those that operators wrote, by the code of a version.

What is the same on every certificate is made once: the sheets, the ornaments, the parsed template.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pydyf
from django.template import Template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.images import SVGImage
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

from certificates.models import Design
from certificates.ornament import ORNAMENTS, ornament
from certificates.paper import FOLDER, OwnFiles, fonts
from certificates.sandbox import compiled

DESIGNS = FOLDER / "designs"
SCHEME = "ornament:"
NAMES: dict[str, Promise] = {
    "classic": _("经典"),
    "modern": _("现代"),
    "plaque-classic": _("经典"),
    "plaque-modern": _("现代"),
}
BUILT_IN = {
    Design.Purpose.CERTIFICATE: ("classic", "modern"),
    Design.Purpose.PLAQUE: ("plaque-classic", "plaque-modern"),
}


class UnknownDesign(LookupError):
    """No design has this key."""


@dataclass(frozen=True)
class Source:
    """A design as it is written."""

    template: str
    sheet: str


class Ground(SVGImage):
    """An ornament as an image. It is most of the work of drawing a page, so it is drawn once and then repeated."""

    def __init__(self, name: str) -> None:
        tree = ElementTree.fromstring(ornament(name))  # noqa: S314 — our own
        super().__init__(tree, SCHEME + name, Ornaments(), None)
        self._drawn: dict[tuple[float, float], tuple[bytes, dict[str, Any]]] = {}
        self._one_at_a_time = Lock()

    def draw(self, stream: Any, concrete_width: float, concrete_height: float, style: Any) -> None:
        """Draw it into a group of its own: lines and colours, which need nothing of the document but their opacity."""
        size, states = (concrete_width, concrete_height), stream._resources["ExtGState"]
        with self._one_at_a_time:
            if size not in self._drawn:
                begun = len(stream.stream)
                super().draw(stream, *size, style)
                drawn = b"\n".join(stream.stream[begun:])
                del stream.stream[begun:]
                self._drawn[size] = drawn, {key: dict(state) for key, state in states.items()}
        lines, needed = self._drawn[size]
        stream.stream.append(lines)
        states.update({key: pydyf.Dictionary(state) for key, state in needed.items()})


@dataclass(frozen=True)
class Prepared:
    """A design ready to be filled in, with the ornaments that it shows, by their addresses."""

    template: Template
    sheets: list[CSS]
    grounds: dict[str, Ground]

    def draw(self, page: str) -> Document:
        """The page of HTML in this design."""
        html = HTML(string=page, base_url=f"{DESIGNS.as_uri()}/", url_fetcher=Ornaments())
        return html.render(stylesheets=self.sheets, font_config=fonts(), cache=dict(self.grounds))


class Ornaments(OwnFiles):
    """Gives our own files, data: addresses, and the ornaments that are computed."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith(SCHEME):
            name = url.removeprefix(SCHEME)
            if name not in ORNAMENTS:
                raise FatalURLFetchingError(f"there is no {url}")
            return URLFetcherResponse(url, ornament(name), {"Content-Type": "image/svg+xml"})
        return super().fetch(url, headers)


def source_of(key: str) -> Source:
    """The template and the sheet of a design. Raises UnknownDesign."""
    if key in NAMES:
        folder = DESIGNS / key
        return Source(
            (folder / "template.html").read_text("utf-8"), (folder / "sheet.css").read_text("utf-8")
        )
    own = own_design(key)
    return Source(own.template, own.sheet)


def own_design(key: str) -> Design:
    """The version of an operator's design with this code. Raises UnknownDesign."""
    try:
        return Design.objects.get(public_id=UUID(key))
    except (ValueError, Design.DoesNotExist) as error:
        raise UnknownDesign(key) from error


@lru_cache(maxsize=32)
def prepared(key: str) -> Prepared:
    """A design ready to be filled in; no version is ever altered, so it is kept. Raises UnknownDesign, BadTemplate."""
    return prepare(source_of(key))


def prepare(source: Source) -> Prepared:
    """A design that may stand nowhere yet. Raises BadTemplate; FatalURLFetchingError for an address it may not load."""
    shown = {name for name in ORNAMENTS if f"{SCHEME}{name}" in source.sheet}
    return Prepared(
        compiled(source.template),
        [_base(), _sheet(source.sheet)],
        {f"{SCHEME}{name}": _ground(name) for name in sorted(shown)},
    )


def _sheet(text: str) -> CSS:
    return CSS(string=text, base_url=f"{DESIGNS.as_uri()}/", font_config=fonts(), url_fetcher=Ornaments())


@cache
def _base() -> CSS:
    """What all designs share: the fonts, and how quotation marks are set."""
    return CSS(filename=DESIGNS / "base.css", font_config=fonts(), url_fetcher=OwnFiles())


@cache
def _ground(name: str) -> Ground:
    return Ground(name)
