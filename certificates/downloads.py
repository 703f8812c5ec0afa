"""Handing out a certificate's file. Who may have it is the caller's question."""

from django.http import FileResponse

from certificates.models import Certificate


class FileNotReady(Exception):
    """The certificate is registered and its file is still being made."""


def certificate_response(certificate: Certificate) -> FileResponse:
    """The archived file as a download called 证书编号-工作室.pdf; raises FileNotReady before it is made."""
    if not certificate.is_ready:
        raise FileNotReady(certificate.number)
    response = FileResponse(
        certificate.file.open("rb"),
        as_attachment=True,
        filename=f"{certificate.number}-{certificate.studio_name}.pdf",
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private"
    return response
