"""A certificate as PDF/A-3a and PDF/UA-1, the same bytes every time it is drawn from the same row."""

from datetime import UTC

from weasyprint import HTML, Attachment

from certificates.glyphs import CannotDraw
from certificates.metadata import add_accessibility_mark
from certificates.models import Certificate
from certificates.page import DESIGNS, page, stylesheets
from certificates.paper import OwnFiles, check_fonts, fonts
from certificates.proofs import FILE_NAME, LogProof, as_text


def render(certificate: Certificate) -> bytes:
    """The certificate as a PDF, its `log_proof` attached. Raises CannotDraw rather than draw a box or borrow another
    font."""
    document = HTML(
        string=page(certificate),
        base_url=(DESIGNS / str(certificate.design)).as_uri(),
        url_fetcher=OwnFiles(),
    ).render(stylesheets=stylesheets(certificate.design), font_config=fonts())
    if len(document.pages) != 1:
        raise CannotDraw(certificate.studio_name)
    add_accessibility_mark(document)
    return document.write_pdf(
        finisher=check_fonts,
        attachments=[_attached(certificate, certificate.log_proof)],
        pdf_variant="pdf/a-3a",
        pdf_identifier=certificate.public_id.bytes,
        pdf_tags=True,
    )


def _attached(certificate: Certificate, log_proof: LogProof) -> Attachment:
    """The proof as a file in the file, dated like the certificate: two drawings do not differ by the clock."""
    written = certificate.registered_at.astimezone(UTC)
    return Attachment(
        string=as_text(log_proof),
        name=FILE_NAME,
        description="存证：操作记录的包含证明",  # untranslated: a document in Chinese
        relationship="Data",
        created=written,
        modified=written,
    )
