"""The form of official documents as DOCX: an empty document whose styles are those of GB/T 9704-2012.

A4, a text area of 156 by 225 mm with 22 lines, 小标宋 of 22 pt for titles, 仿宋 of 16 pt for the text, page numbers of
14 pt on the outer side. Fonts are named, not embedded: what an office does not have, its program replaces by the
alternative that stands beside it.
"""

from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from lxml import etree  # type: ignore[import-untyped]

SMALL_TITLE = "方正小标宋简体"  # untranslated: the name of a font, as the others
FANGSONG = "仿宋_GB2312"  # untranslated: as above
HEITI = "黑体"  # untranslated: as above
SONG = "宋体"  # untranslated: as above
INSTEAD = {SMALL_TITLE: "华文中宋", FANGSONG: "仿宋", HEITI: "微软雅黑"}  # untranslated: names of fonts
LATIN = "Times New Roman"
LINE = 28.95  # points: 22 lines on 225 mm
RED, BLACK = RGBColor(0xC8, 0x10, 0x10), RGBColor(0, 0, 0)
Align = WD_ALIGN_PARAGRAPH
SMALL_PRINT = 7  # points


@dataclass(frozen=True)
class Look:
    """How a style looks. Lengths are points, indents characters; without `line` lines are as high as their text."""

    font: str
    size: float
    align: Align = Align.LEFT
    color: RGBColor = BLACK
    line: float | None = LINE
    before: float = 0
    after: float = 0
    first: int = 0
    left: int = 0
    right: int = 0
    with_next: bool = False
    on_new_page: bool = False


STYLES = {
    "Normal": Look(FANGSONG, 16),
    "Issuer": Look(SMALL_TITLE, 48, Align.CENTER, RED, line=None),
    "Number": Look(FANGSONG, 16, Align.CENTER, after=LINE),
    "Title": Look(SMALL_TITLE, 22, Align.CENTER, line=35, after=LINE),
    "Body Text": Look(FANGSONG, 16, Align.JUSTIFY, first=2),
    "Signature": Look(FANGSONG, 16, Align.RIGHT, right=4),
    "Annex": Look(HEITI, 16, on_new_page=True),
    "Heading 1": Look(HEITI, 16, before=14, with_next=True),
    "List": Look(FANGSONG, 16, left=2),
    "Header": Look(FANGSONG, 14, Align.CENTER, RED),
    "Footer": Look(SONG, 14, line=None),
}


def blank(mark: str) -> Document:
    """Return an empty official document whose pages carry their numbers and `mark` at their foot."""
    document = docx.Document()
    _set_page(document)
    _name_alternatives(document)
    for name, look in STYLES.items():
        _style(document, name, look)
    _rule_under(document.styles["Number"])
    _foot(document, mark)
    return document


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(18)
    for known in section._sectPr.findall(qn("w:docGrid")):
        known.set(qn("w:type"), "lines")
        known.set(qn("w:linePitch"), str(int(LINE * 20)))
    document.settings.odd_and_even_pages_header_footer = True
    [language] = document.styles.element.iter(qn("w:lang"))  # that of the defaults
    language.set(qn("w:eastAsia"), "zh-CN")


def _style(document: Document, name: str, look: Look) -> None:
    style: Any = _style_called(document, name)
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), False, False
    style.font.color.rgb = look.color
    _set_font(style.element.get_or_add_rPr(), look.font)
    form = style.paragraph_format
    form.alignment = look.align
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY if look.line else WD_LINE_SPACING.SINGLE
    if look.line:
        form.line_spacing = Pt(look.line)
    form.first_line_indent = Pt(look.first * look.size)
    form.left_indent, form.right_indent = Pt(look.left * look.size), Pt(look.right * look.size)
    form.keep_with_next, form.page_break_before, form.widow_control = look.with_next, look.on_new_page, True
    for rule in style.element.pPr.findall(qn("w:pBdr")):  # the default title is underlined
        style.element.pPr.remove(rule)


def _style_called(document: Document, name: str) -> Any:
    if name in {one.name for one in document.styles}:
        return document.styles[name]
    style: Any = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    return style


def _set_font(properties: Any, font: str) -> None:
    """Name the font for Chinese and the one for Latin letters and figures; drop what points to a theme."""
    for known in properties.findall(qn("w:rFonts")):
        properties.remove(known)
    element = OxmlElement("w:rFonts")
    for kind, name in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", font), ("cs", LATIN)):
        element.set(qn(f"w:{kind}"), name)
    properties.insert(0, element)


def _rule_under(style: Any) -> None:
    """The red line between the number and the title."""
    rule = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="6" w:color="{RED}"/></w:pBdr>'
    )
    style.element.get_or_add_pPr().insert_element_before(rule, "w:spacing", "w:ind", "w:jc")


def _name_alternatives(document: Document) -> None:
    """Write into the table of fonts what stands in for each of ours where it is missing."""
    table: Any = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = etree.fromstring(table.blob)
    for name, other in INSTEAD.items():
        font = etree.SubElement(fonts, qn("w:font"), {qn("w:name"): name})
        etree.SubElement(font, qn("w:altName"), {qn("w:val"): other})
    table._blob = etree.tostring(fonts, xml_declaration=True, encoding="UTF-8", standalone=True)


def _foot(document: Document, mark: str) -> None:
    """Page numbers on the outer side, — 1 —, and under them in small print the mark."""
    section = document.sections[0]
    for footer, side in ((section.footer, Align.RIGHT), (section.even_page_footer, Align.LEFT)):
        number: Paragraph = footer.paragraphs[0]
        number.style, number.alignment = document.styles["Footer"], side
        number.add_run("— ")
        field = f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        number._p.append(parse_xml(field))
        number.add_run(" —")
        small = footer.add_paragraph(style="Footer")
        small.alignment = Align.CENTER
        small.add_run(mark).font.size = Pt(SMALL_PRINT)
