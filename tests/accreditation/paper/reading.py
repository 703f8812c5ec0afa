"""What other programs read out of a document."""

import subprocess
from io import BytesIO
from pathlib import Path

import docx
import page
from django.http import HttpResponseBase
from docx.document import Document


def content_of(response: HttpResponseBase) -> bytes:
    """The bytes of an answer that must have come."""
    assert response.status_code == 200, response.status_code
    return b"".join(response)  # type: ignore[arg-type]


def text_of(content: bytes, *, layout: bool = False) -> str:
    """The text of a PDF as poppler reads it, without the blanks that its lines and cells end with."""
    command = ["pdftotext", *(["-layout"] if layout else []), "-", "-"]
    read = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    return "\n".join(line.strip() for line in read.replace("\f", "\n").splitlines() if line.strip())


def pages_of(content: bytes) -> list[str]:
    """The text of each page, all on one line."""
    read = subprocess.run(
        ["pdftotext", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()
    return ["".join(one.split()) for one in read.split("\f")[:-1]]


def opened(content: bytes) -> Document:
    """A DOCX file."""
    return docx.Document(BytesIO(content))


def assert_archivable(content: bytes, folder: Path) -> None:
    """The checkers that are not ours accept it: PDF/A-3a, PDF/UA-1, a sound file."""
    file = folder / "document.pdf"
    file.write_bytes(content)
    for profile in ("3a", "ua1"):
        failures = page.validate_pdf(str(file), profile=profile).failures
        found = [(profile, one.rule_id, one.message) for one in failures]
        assert not found, found
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout
