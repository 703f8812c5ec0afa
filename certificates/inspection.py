"""Looking at a design as it is drawn: that everything is there, on the page, and that no text lies on text."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from weasyprint.document import Document
from weasyprint.formatting_structure.boxes import Box, TextBox

from certificates.models import Certificate, Design
from certificates.page import in_words

MILLIMETRE = 96 / 25.4  # CSS pixels
LEAST_QR = 20 * MILLIMETRE
SIDE = 0.25
"""Of an em at both ends of a run: quotation marks are set half their square into their neighbours."""
TAGS = {
    *("main", "header", "footer", "section", "div", "p", "span", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "strong", "b", "em", "i"),
    *("small", "sub", "sup", "br", "hr", "img", "figure", "figcaption"),
}
PARTS: dict[str, Promise] = {
    "studio": gettext_lazy("工作室名称"),
    "title": gettext_lazy("称号"),
    "issuer": gettext_lazy("颁发单位"),
    "number": gettext_lazy("证书编号"),
    "issued_on": gettext_lazy("颁发日期"),
    "valid_until": gettext_lazy("有效期"),
    "check_code": gettext_lazy("校验码"),
}
REQUIRED = {
    Design.Purpose.CERTIFICATE: tuple(PARTS),
    Design.Purpose.PLAQUE: ("studio", "title", "issuer", "number"),
}


@dataclass(frozen=True)
class Line:
    """One run of text where it is drawn; its ink lies between these edges, in CSS pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Line") -> bool:
        """Whether two runs lie on each other."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def _boxes(document: Document) -> list[Box]:
    """Everything that is drawn on the first page."""
    page = document.pages[0]._page_box
    return [box for box in page.descendants(placeholders=True) if box.style["visibility"] == "visible"]


def _lines(document: Document) -> list[Line]:
    lines = []
    for box in _boxes(document):
        if isinstance(box, TextBox) and box.text.strip():
            size, base = box.style["font_size"], box.position_y + box.baseline
            left, right = box.position_x + SIDE * size, box.position_x + box.width - SIDE * size
            lines.append(Line(box.text, left, base - 0.8 * size, right, base + 0.05 * size))
    return lines


def missing(document: Document, certificate: Certificate, purpose: Design.Purpose) -> Iterator[str]:
    """What must be there and is not, in words."""
    text = "".join("".join(line.text for line in _lines(document)).split())
    said = {
        "studio": [certificate.studio_name],
        "title": [certificate.title],
        "issuer": [certificate.issuer, *certificate.joint_issuers],
        "number": [certificate.number],
        "issued_on": [in_words(certificate.issued_on)],
        "valid_until": [in_words(certificate.valid_until)],
        "check_code": [certificate.check_code],
    }
    for part in REQUIRED[purpose]:
        if any("".join(one.split()) not in text for one in said[part]):
            yield _("没有画出：%(part)s。") % {"part": PARTS[part]}
    if purpose == Design.Purpose.CERTIFICATE and not _drawings(document, "seal"):
        yield _("没有画出：%(part)s。") % {"part": _("印章")}
    codes = _drawings(document, "qr")
    if not codes:
        yield _("没有画出：%(part)s。") % {"part": _("二维码")}
    elif min(codes[0].width, codes[0].height) < LEAST_QR:
        yield _("二维码至少20毫米见方。")


def _drawings(document: Document, name: str) -> list[Box]:
    """The drawings with this class, each with its place and size."""
    return [
        box
        for box in _boxes(document)
        if box.element is not None and name in (box.element.get("class") or "").split() and box.element_tag
    ]


def misplaced(document: Document) -> Iterator[str]:
    """What lies beyond the page, and text on text."""
    page, lines = document.pages[0], _lines(document)
    for line in lines:
        if line.left < 0 or line.top < 0 or line.right > page.width or line.bottom > page.height:
            yield _("“%(text)s”超出页面。") % {"text": line.text}
            return
    for box in (*_drawings(document, "qr"), *_drawings(document, "seal")):
        if not (
            0 <= box.position_x <= page.width - box.width and 0 <= box.position_y <= page.height - box.height
        ):
            yield _("二维码或印章超出页面。")
            return
    for one, other in combinations(lines, 2):
        if one.meets(other):
            yield _("“%(one)s”与“%(other)s”重叠：文字过长，或者样式留的地方不够。") % {
                "one": one.text,
                "other": other.text,
            }
            return


def foreign_tags(document: Document) -> list[str]:
    """Return elements in the body that no design needs: they load, or speak for the file."""
    body = document._html.etree_element.find("body")
    tags = {element.tag for element in body.iter()} - {"body"}
    return sorted(tag for tag in tags if isinstance(tag, str) and not tag.startswith("{") and tag not in TAGS)
