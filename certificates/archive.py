"""The archive of certificate files: each stands under its own SHA-256, is written once and never changed."""

import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from certificates.models import Certificate

BLOCK = 1024 * 1024  # bytes read at a time


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def store(content: bytes) -> str:
    """Put `content` in the archive and return its name there. Doing it again changes nothing."""
    digest = sha256_of(content)
    name = f"certificates/{digest[:2]}/{digest}.pdf"
    try:
        target = Path(default_storage.path(name))
    except NotImplementedError:  # an object store: it keeps the whole file or nothing
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(content))
    else:
        write_whole(target, content)
    return name


def write_whole(target: Path, content: bytes) -> None:
    """Write beside the target and rename, so that no half-written file ever stands under the name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, prefix=".part-", delete=False) as part:
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).replace(target)


def is_intact(certificate: Certificate) -> bool:
    """True if the archived file is there and still has the hash that was recorded when it was made."""
    digest = hashlib.sha256()
    try:
        with certificate.file.open("rb") as archived:
            while block := archived.read(BLOCK):
                digest.update(block)
    except (OSError, SuspiciousFileOperation):  # the second where the row names a file outside of the archive
        return False
    return digest.hexdigest() == certificate.sha256
