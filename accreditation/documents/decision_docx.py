"""The naming decision as a DOCX file, since offices go on editing it."""

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache, partial
from io import BytesIO
from pathlib import Path

import docx
from docx.document import Document
from docx.shared import Pt

from accreditation.documents import official
from accreditation.documents.decision import Decision
from accreditation.documents.sheets import in_chinese
from accreditation.documents.titles import title_lines
from accreditation.face.dates import full_day
from certificates.kept import Request
from workflows.ledger.chain import canonical

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDTH = 442  # points between the margins: 156 mm
ISSUER_SIZES = (24, 48)  # points: the issuer over the red line is as large as it fits one line
FILE = "文件"  # untranslated: a Chinese document
DRAFT = "草稿，尚未签发"  # untranslated: a Chinese document
ANNEX = "附件"  # untranslated: a Chinese document
LIST = "命名名单"  # untranslated: a Chinese document


@in_chinese
def decision_docx(decision: Decision) -> Request:
    """Return the decision as a file to be edited."""
    said = canonical({**asdict(decision), "signed_on": decision.signed_on.isoformat()})
    key = hashlib.sha256(f"{_made_with()}\0{said}".encode()).hexdigest()
    return Request(f"{decision.name}.docx", DOCX, key, partial(_file, decision, full_day(decision.signed_on)))


@cache
def _made_with() -> str:
    own = (Path(__file__), Path(official.__file__))
    return " ".join([docx.__version__, *(hashlib.sha256(one.read_bytes()).hexdigest() for one in own)])


def _file(decision: Decision, signed_on: str) -> bytes:
    document = official.blank(decision.mark)
    _say_of_itself(document, decision)
    _write(document, decision, signed_on)
    _list(document, decision)
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def _write(document: Document, decision: Decision, signed_on: str) -> None:
    if decision.is_draft:
        for header in (document.sections[0].header, document.sections[0].even_page_header):
            header.paragraphs[0].add_run(DRAFT)
    issuer = document.add_paragraph(style="Issuer").add_run(decision.issuer + FILE)
    least, most = ISSUER_SIZES
    issuer.font.size = Pt(max(least, min(most, WIDTH // len(issuer.text))))
    document.add_paragraph(decision.number, style="Number")
    document.add_paragraph("\n".join(title_lines(decision.title)), style="Title")
    document.add_paragraph(f"{decision.text}{decision.until}。", style="Body Text")
    annex = document.add_paragraph(f"{ANNEX}：{LIST}", style="Body Text")
    annex.paragraph_format.space_before = Pt(official.LINE)
    signature = document.add_paragraph(decision.issuer, style="Signature")
    signature.paragraph_format.space_before = Pt(2 * official.LINE)
    signature.paragraph_format.keep_with_next = True
    document.add_paragraph(signed_on, style="Signature")


def _list(document: Document, decision: Decision) -> None:
    document.add_paragraph(ANNEX, style="Annex")
    document.add_paragraph(LIST, style="Title")
    for body, studios in decision.bodies:
        document.add_paragraph(f"{body}（{len(studios)}个）", style="Heading 1")  # untranslated: as above
        for studio, enterprise in studios:
            document.add_paragraph(f"{studio}（{enterprise}）", style="List")  # untranslated: as above


def _say_of_itself(document: Document, decision: Decision) -> None:
    said = document.core_properties
    said.title, said.author, said.subject = decision.title[:255], decision.issuer, decision.number
    said.comments, said.language, said.keywords = decision.mark, "zh-CN", ""
    said.last_modified_by, said.revision = decision.issuer, 1
    said.created = said.modified = datetime.combine(decision.signed_on, time(), UTC)
