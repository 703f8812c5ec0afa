"""The place of a certificate's decision in a log that others hold to its word, and the proof of it in the file.

The log is not ours: three functions that the settings name write into it, take a proof from it and check one.
"""

import json
from base64 import b64decode
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

from certificates.models import Certificate

FILE_NAME = "log-proof.json"
LogProof = dict[str, Any]
"""`leaf` (its number, from 0), `body` (the record that is the leaf), `proof` (hashes, base64), `checkpoint` (a signed
note that says how many leaves and which root), `keys` (public keys that signed it)."""


class NoProof(Exception):
    """No certificate can get a proof now; the text says why."""


class NotChecked(Exception):
    """Whether the proof holds cannot be told now: neither yes nor no."""


class Fault(StrEnum):
    """What does not hold of a certificate's proof."""

    MISSING = "missing"  # it has none, or one that cannot be read
    CONTENT = "content"  # the record says other things than the certificate
    INCLUSION = "inclusion"  # the record is not in the tree of the checkpoint
    SIGNATURE = "signature"  # no known key signed the checkpoint
    CHECKPOINT = "checkpoint"  # the log that is there now does not go on from the checkpoint
    RECORD = "record"  # the record stands in the log no more as it was
    FILE = "file"  # the log knows another file, or none
    ENDING = "ending"  # it was ended otherwise than the log knows, or not at all


class Place(NamedTuple):
    """What is printed of a proof: the leaf's number, how many leaves the checkpoint has, and their root as hex."""

    leaf: int
    size: int
    root: str

    @property
    def short_root(self) -> str:
        """The first twelve digits of the root, in fours."""
        return f"{self.root[:4]} {self.root[4:8]} {self.root[8:12]}"


def obtain(certificate: Certificate, at: datetime) -> LogProof | None:
    """The proof for a certificate that has no file yet; None while there is none. Raises NoProof.

    Outside of a transaction: the log gives its places in transactions of its own.
    """
    return import_string(settings.CERTIFICATE_PROOF)(certificate, at)


def record_file(certificate: Certificate, at: datetime) -> None:
    """Have the log record the file's hash, in the caller's transaction."""
    import_string(settings.CERTIFICATE_MADE)(certificate, at)


def fault_of(certificate: Certificate) -> Fault | None:
    """What does not hold of the proof of a certificate that has its file; None if all holds. Raises NotChecked."""
    return import_string(settings.CERTIFICATE_CHECK)(certificate)


def fault_by_itself(certificate: Certificate) -> Fault | None:
    """What does not hold of the proof without asking the log, of a certificate that need not be in any table.

    Raises NotChecked.
    """
    return import_string(settings.CERTIFICATE_CHECK_ALONE)(certificate)


def read(text: bytes) -> LogProof | None:
    """The proof that was attached; None if it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def place_of(log_proof: LogProof) -> Place:
    """What is printed of a proof. Raises ValueError, KeyError or TypeError if it is none."""
    _origin, size, root, *_rest = log_proof["checkpoint"].split("\n")
    return Place(int(log_proof["leaf"]), int(size), b64decode(root).hex())


def as_text(log_proof: LogProof) -> str:
    """The proof as it is attached to the file and handed out: always the same text for the same proof."""
    return json.dumps(log_proof, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
