"""The package: a BagIt folder, made by the library of the Library of Congress, and a zip of it."""

import hashlib
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import bagit
from django.utils import timezone

from accreditation.models import CaseFile

BAGIT = "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"
PACKED = frozenset({".txt", ".json", ".jsonl", ".md", ".py"})
"""Endings of what gets smaller in a zip; scans, photos and PDFs do not."""


def bag_info(case_file: CaseFile, at: datetime) -> dict[str, str]:
    """Return what the package says of itself: from whom, of what, when."""
    application = case_file.application
    said = {
        "Bag-Software-Agent": f"bagit.py v{bagit.VERSION} <{bagit.PROJECT_URL}>",
        "Bagging-Date": timezone.localdate(at).isoformat(),
        "Contact-Name": case_file.asked_by.name,
        "External-Description": f"{application.studio.name} {application.enterprise.name}",
        "External-Identifier": f"{application.number} {application.public_id}",
        "Internal-Sender-Identifier": str(case_file.public_id),
        "Source-Organization": application.city.name,
    }
    return {header: " ".join(text.split()) for header, text in said.items()}


def sealed_files(folder: Path, info: Mapping[str, str]) -> dict[str, str]:
    """Return the SHA-256 of everything that is there before the proof, by the names it will have in the package.

    Of what the package says of itself, one line is left out, which counts the proof too: Payload-Oxum.
    """
    tags = "".join(f"{header}: {info[header]}\n" for header in sorted(info))
    sealed = {f"data/{path.relative_to(folder).as_posix()}": _sha256(path) for path in _files(folder)}
    return sealed | {
        "bagit.txt": hashlib.sha256(BAGIT.encode()).hexdigest(),
        "bag-info.txt": hashlib.sha256(tags.encode()).hexdigest(),
    }


def bag(folder: Path, info: Mapping[str, str]) -> None:
    """Make the folder a BagIt package: what it holds goes into its `data`."""
    bagit.make_bag(str(folder), dict(info), checksums=["sha256"])


def pack(folder: Path, target: Path, top: str, at: datetime) -> None:
    """Zip the folder under the name `top`: the same bytes for the same content and time."""
    local = timezone.localtime(at)
    with ZipFile(target, "w") as packed:
        for path in _files(folder):
            info = ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}", local.timetuple()[:6])
            info.external_attr = 0o100644 << 16
            info.compress_type = ZIP_DEFLATED if path.suffix in PACKED else ZIP_STORED
            info.file_size = path.stat().st_size
            with path.open("rb") as source, packed.open(info, "w") as entry:
                shutil.copyfileobj(source, entry, 1024 * 1024)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
