"""The sample's evidence: real PDF and PNG files that say 示例 across the page."""

from html import escape
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from accreditation.evidence_kinds import evidence_label
from accreditation.sample.forms import Paper
from accreditation.uploads import Upload, recognise
from certificates.glyphs import FAMILY, REGULAR

SIZE = (1200, 800)  # pixels of a drawn picture of a site
INK, PAPER, WALL, FLOOR, RED = "#221e1a", "#fbf9f3", "#e9e3d5", "#cfc7b6", "#a31f1c"
SHEET = f"""
@font-face {{ font-family: "{FAMILY}"; src: url("{REGULAR.as_uri()}") }}
@page {{ size: A4; margin: 30mm 26mm }}
body {{ font-family: "{FAMILY}"; color: {INK}; font-size: 12pt; line-height: 2 }}
h1 {{ font-size: 22pt; font-weight: normal; text-align: center; margin: 0 0 14mm }}
.mark {{ position: fixed; top: 90mm; left: 0; right: 0; text-align: center; font-size: 96pt; color: #ece5d6;
  z-index: -1; transform: rotate(-24deg) }}
.foot {{ margin-top: 30mm; text-align: right }}
"""


class Printer:
    """Makes the files of the sample; the fonts are read once."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.sheet = CSS(string=SHEET, font_config=self.fonts)

    def upload(self, paper: Paper, studio: str, enterprise: str) -> Upload:
        """Return the file of a paper, recognised as an upload is."""
        make = _picture if paper.name.endswith(".png") else self._document
        return recognise(ContentFile(make(paper, studio, enterprise), paper.name))

    def _document(self, paper: Paper, studio: str, enterprise: str) -> bytes:
        title, says = evidence_label(paper.kind), escape(paper.says)
        page = (
            f'<html lang="zh-Hans"><title>{title}（示例）</title><p class="mark">示例</p><h1>{title}</h1>'
            f"<p>{studio}</p><p>{says}</p><p>本件为示例材料，不是真实证件或文件。</p>"
            f'<p class="foot">{enterprise}<br>（示例，未盖章）</p></html>'
        )
        document = HTML(string=page).write_pdf(stylesheets=[self.sheet], font_config=self.fonts)
        return bytes(document)


def _picture(paper: Paper, studio: str, enterprise: str) -> bytes:
    """Draw a plain room: a wall with windows, a workbench, and what it is."""
    picture = Image.new("RGB", SIZE, WALL)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 520, *SIZE), fill=FLOOR)
    for left in (90, 470, 850):
        draw.rectangle((left, 90, left + 260, 300), fill=PAPER, outline=INK, width=3)
    draw.rectangle((160, 560, 1040, 600), fill=INK)
    for left in (190, 980):
        draw.rectangle((left, 600, left + 30, 720), fill=INK)
    draw.rectangle((480, 470, 720, 560), fill=RED)
    heading, small = (ImageFont.truetype(str(REGULAR), size) for size in (44, 30))
    draw.text((600, 375), studio, font=heading, fill=INK, anchor="mm")
    draw.text((600, 435), paper.says, font=small, fill=INK, anchor="mm")
    draw.text((600, 515), "示例", font=heading, fill=PAPER, anchor="mm")
    draw.text((600, 765), f"示意图，不是实景照片（示例）　{enterprise}", font=small, fill=INK, anchor="mm")
    content = BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()
