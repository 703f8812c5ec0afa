"""A certificate as PDF/A-3a and PDF/UA-1, the same bytes every time it is drawn from the same row."""

from datetime import UTC

from weasyprint import Attachment

from certificates import credentials
from certificates.credentials import credential_of
from certificates.metadata import add_accessibility_mark
from certificates.models import Certificate
from certificates.page import laid_out
from certificates.paper import Finisher, unambiguous
from certificates.proofs import FILE_NAME, as_text

WHAT = {
    FILE_NAME: "存证：操作记录的包含证明",  # untranslated: a document in Chinese
    credentials.FILE_NAME: "电子凭证：证书内容的签名数据",  # untranslated: a document in Chinese
}


def render(certificate: Certificate) -> bytes:
    """The certificate as a PDF, not yet sealed, with its `log_proof` and its credential attached.

    Raises CannotDraw rather than draw a box or borrow another font; NoKey if nothing signs the credential.
    """

    def draw(finisher: Finisher) -> bytes:
        document = laid_out(certificate)
        add_accessibility_mark(document)
        return document.write_pdf(
            finisher=finisher,
            attachments=_attachments(certificate),
            pdf_variant="pdf/a-3a",
            pdf_identifier=certificate.public_id.bytes,
            pdf_tags=True,
        )

    return unambiguous(draw)


def _attachments(certificate: Certificate) -> list[Attachment]:
    """What programs read, dated like the certificate: two drawings do not differ by the clock."""
    written = certificate.registered_at.astimezone(UTC)
    files = {
        FILE_NAME: (as_text(certificate.log_proof), WHAT[FILE_NAME]),
        credentials.FILE_NAME: (credential_of(certificate), WHAT[credentials.FILE_NAME]),
    }
    return [
        Attachment(
            string=text, name=name, description=what, relationship="Data", created=written, modified=written
        )
        for name, (text, what) in files.items()
    ]
