"""Names of files that every system can keep, from those that people gave."""

import re
import unicodedata
from pathlib import PurePosixPath

UNSAFE = re.compile(
    r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\\/:*?"<>|%~]'
)
MOST = 120
"""Bytes of a name without its number and its ending; file systems keep 255, and zips of archives nest."""


def safe_name(name: str, number: int) -> str:
    """Return "03-荣誉证书.pdf" for the third file: no separators, no marks that turn or hide text, not too long."""
    clean = UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" ._")
    ending = PurePosixPath(clean).suffix
    if not re.fullmatch(r"\.[A-Za-z0-9]{1,8}", ending):
        ending = ""
    stem = clean.removesuffix(ending).strip(" .") or "file"
    short = stem.encode()[:MOST].decode(errors="ignore").rstrip(" .")
    return f"{number:02d}-{short}{ending.lower()}"
