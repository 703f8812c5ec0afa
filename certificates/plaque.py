"""The plaque for a studio's door: drawn on request, ready for a printer, with bleed and crop marks; not archived."""

from dataclasses import replace

from certificates.configuration import configuration, configuration_of
from certificates.designs import prepared
from certificates.metadata import add_accessibility_mark
from certificates.models import Certificate
from certificates.page import drawn, facts_of
from certificates.paper import check_fonts
from certificates.proofs import place_of


def plaque_pdf(certificate: Certificate) -> bytes:
    """The plaque of a certificate that has its file, in the design in force now. Raises CannotDraw."""
    chosen = replace(configuration_of(certificate.layout), plaque=configuration().plaque)
    facts = facts_of(certificate, chosen, place_of(certificate.log_proof))
    document = drawn(prepared(chosen.plaque), certificate, facts)
    add_accessibility_mark(document)
    return document.write_pdf(
        finisher=check_fonts,
        pdf_variant="pdf/a-3a",
        pdf_identifier=certificate.public_id.bytes,
        pdf_tags=True,
    )
