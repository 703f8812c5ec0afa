"""What a printing shop gets, with bleed and crop marks: the plaque, and the certificate as it goes on heavy paper.

Both are drawn on request from designs, are not signed and not archived, and are no certificates: the one file that was
made stays the only one.
"""

from dataclasses import replace
from functools import cache
from typing import Any
from uuid import uuid5

import pydyf
from weasyprint import CSS
from weasyprint.document import Document

from certificates.configuration import configuration, configuration_of
from certificates.designs import prepared
from certificates.metadata import add_accessibility_mark
from certificates.models import Certificate
from certificates.page import drawn, facts_of
from certificates.paper import OwnFiles, check_fonts
from certificates.proofs import place_of

FOR_PRINTING = "印刷用稿，没有签名，不是证书原件"  # untranslated: on paper
BLEED = 3.0
"""Millimetres beyond the cut that are trimmed off; the sheet reaches `SHEET` beyond it, with the marks outside."""
SHEET = 8.0


def plaque_pdf(certificate: Certificate) -> bytes:
    """The plaque of a certificate that has its file, in the design in force now. Raises CannotDraw."""
    chosen = replace(configuration_of(certificate.layout), plaque=configuration().plaque)
    facts = facts_of(certificate, chosen, place_of(certificate.log_proof))
    return _written(drawn(prepared(chosen.plaque), certificate, facts), certificate, "plaque")


def printable_pdf(certificate: Certificate) -> bytes:
    """A certificate that has its file, in its own design, but no certificate, and it says so. Raises CannotDraw."""
    chosen = configuration_of(certificate.layout)
    design = prepared(chosen.design)
    facts = facts_of(certificate, chosen, place_of(certificate.log_proof))
    cut = replace(design, sheets=[*design.sheets, _beyond_the_cut()])
    return _written(drawn(cut, certificate, facts, note=FOR_PRINTING), certificate, "certificate", BLEED)


@cache
def _beyond_the_cut() -> CSS:
    return CSS(string=f"@page {{ bleed: {SHEET}mm; marks: crop cross }}", url_fetcher=OwnFiles())


def _written(document: Document, certificate: Certificate, what: str, bleed: float = 0) -> bytes:
    """The PDF; WeasyPrint has its own idea of how far the bleed reaches, `bleed` (millimetres) says it instead."""

    def finish(drawn: Document, pdf: Any) -> None:
        check_fonts(drawn, pdf)
        for page in pdf.objects if bleed else ():
            if isinstance(page, pydyf.Dictionary) and page.get("Type") == "/Page":
                left, bottom, right, top = page["TrimBox"]
                beyond = bleed * 72 / 25.4
                page["BleedBox"] = pydyf.Array([left - beyond, bottom - beyond, right + beyond, top + beyond])

    add_accessibility_mark(document)
    return document.write_pdf(
        finisher=finish,
        pdf_variant="pdf/a-3a",
        pdf_identifier=uuid5(certificate.public_id, what).bytes,
        pdf_tags=True,
    )
