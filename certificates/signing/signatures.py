"""What the signature in a PDF proves: who signed it, that nothing was changed, and that nothing was added later.

For files of people who ask about their own: a reader of PDF that runs over what strangers send may be kept busy by it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.signing.pades import at_once

Certificates = list[asn1_x509.Certificate]


class Flaw(StrEnum):
    """What is wrong with a signed file."""

    UNREADABLE = "unreadable"  # it is no PDF that can be read
    UNSIGNED = "unsigned"  # it has no signature, or more than one
    CHANGED = "changed"  # what was signed was changed
    ADDED = "added"  # something was added after it was signed
    STRANGER = "stranger"  # it has the certificate of a signer, or of who issued one, that is not trusted


class Later(StrEnum):
    """What was added to a file after it was signed, or changed by that: the gravest of several."""

    PAGES = "pages"  # there are other pages, or they show something else
    FILES = "files"  # other files are attached
    NOTES = "notes"  # remarks or fields of forms
    STAMPS = "stamps"  # timestamps, or data about certificates
    BYTES = "bytes"  # bytes behind the end, which change nothing that is shown
    OTHER = "other"


OF_LEVEL = {
    ModificationLevel.LTA_UPDATES: Later.STAMPS,
    ModificationLevel.FORM_FILLING: Later.NOTES,
    ModificationLevel.ANNOTATIONS: Later.NOTES,
}


@dataclass(frozen=True)
class Signed:
    """What was found in a file: what is wrong with it, if anything, and who signed it when.

    `time` is that of a trusted authority if there is one (`is_stamped`), otherwise what the signer says. `later` is
    what came after the signature, where something did. `files` are those attached.
    """

    flaw: Flaw | None
    signer: str = ""
    time: datetime | None = None
    is_stamped: bool = False
    later: Later | None = None
    files: dict[str, bytes] = field(default_factory=dict)


def examine(content: bytes, trusted: Sequence[x509.Certificate]) -> Signed:
    """Return what the one signature of a PDF proves to those who trust these certificates."""
    try:
        reader = PdfFileReader(BytesIO(content))
        signatures = reader.embedded_signatures
        files = dict(_attached(reader))
    except Exception:  # whatever else was made to look like a PDF breaks its reader in any way
        return Signed(Flaw.UNREADABLE)
    if len(signatures) != 1:
        return Signed(Flaw.UNSIGNED, files=files)
    try:
        roots = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in trusted]
        return _examined(content, signatures[0], roots, files)
    except Exception:  # the same of a signature
        return Signed(Flaw.CHANGED, files=files)


def _examined(
    content: bytes, signature: EmbeddedPdfSignature, trusted: Certificates, files: dict[str, bytes]
) -> Signed:
    status = at_once(async_validate_pdf_signature(signature, _context(trusted, signature)))
    stamp = status.timestamp_validity
    stamped = stamp.timestamp if stamp and stamp.valid and stamp.intact and stamp.trusted else None
    return Signed(
        flaw=_flaw(content, signature, status) or _flaw_of_signer(signature, status, trusted),
        signer=_name_of(status.signing_cert),
        time=stamped or signature.self_reported_timestamp,
        is_stamped=stamped is not None,
        later=_later(signature, status),
        files=files,
    )


def _name_of(certificate: asn1_x509.Certificate) -> str:
    return str(certificate.subject.native.get("common_name") or certificate.subject.human_friendly)


def _flaw(content: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> Flaw | None:
    if not (status.intact and status.valid):
        return Flaw.CHANGED
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return Flaw.ADDED
    return None if _is_whole(content, signature) else Flaw.CHANGED


def _flaw_of_signer(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, trusted: Certificates
) -> Flaw | None:
    """The signer's very certificate must be trusted: that of an authority vouches for others, too.

    Certificates are not signed with the rest, so those beside the signer's must be known as well.
    """
    path = list(status.validation_path.iter_certs(include_root=True)) if status.validation_path else []
    own, known = {one.dump() for one in trusted}, {one.dump() for one in path}
    others = all(one.dump() in own | known for one in signature.other_embedded_certs)
    return None if status.trusted and others and status.signing_cert.dump() in own else Flaw.STRANGER


def _is_whole(content: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Return whether all but the signature itself was signed, and the signature is written in its one spelling."""
    begin, end, other, rest = signature.byte_range
    if begin != 0 or other + rest != len(content):
        return False
    written = content[end:other]
    packed = signature.pkcs7_content
    padding = packed[_length(packed) :]
    spelled = (b"<%s>" % packed.hex().encode(), b"<%s>" % packed.hex().upper().encode())
    return written in spelled and not padding.strip(b"\0") and _is_plain(signature)


def _is_plain(signature: EmbeddedPdfSignature) -> bool:
    """Return whether what is not signed in a signature says what is, and is written as DER asks."""
    message = cms.ContentInfo.load(signature.pkcs7_content)
    info = signature.signer_info
    named, algorithms = info["sid"].chosen, signature.signed_data["digest_algorithms"]
    return (
        {signature.signed_data["version"].native, info["version"].native} == {"v1"}
        and message.dump() == message.copy().dump(force=True)
        and named["issuer"].dump() == signature.signer_cert.issuer.dump()
        and [one.dump() for one in algorithms] == [info["digest_algorithm"].dump()]
    )


def _length(der: bytes) -> int:
    """Return how many bytes the first value in DER takes, its tag and length included."""
    first = der[1]
    if first < 0x80:
        return 2 + first
    width = first & 0x7F
    return 2 + width + int.from_bytes(der[2 : 2 + width])


def _later(signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> Later | None:
    """Return what was added, by comparing what was signed with what is there now."""
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return None
    now, signed = signature.reader, signature.signed_revision
    if signed == now.xrefs.total_revisions - 1:
        return Later.BYTES
    then = now.get_historical_resolver(signed)
    if _drawings(then) != _drawings(now):
        return Later.PAGES
    if dict(_attached(then)) != dict(_attached(now)):
        return Later.FILES
    if _notes(then) != _notes(now):
        return Later.NOTES
    found = status.diff_result
    return (
        OF_LEVEL.get(found.modification_level, Later.OTHER) if isinstance(found, DiffResult) else Later.OTHER
    )


def _pages(file: PdfHandler) -> Iterator[Any]:
    for number in range(int(file.root["/Pages"]["/Count"])):
        yield file.find_page_for_modification(number)[0].get_object()


def _drawings(file: PdfHandler) -> list[list[bytes]]:
    """Return what draws each page, in order."""
    parts = [page.get("/Contents", []) for page in _pages(file)]
    return [[one.get_object().data for one in (part if isinstance(part, list) else [part])] for part in parts]


def _notes(file: PdfHandler) -> list[str]:
    """Return the remarks and fields that lie on each page."""
    return [str([one.get_object() for one in page.get("/Annots", [])]) for page in _pages(file)]


def _context(trusted: Certificates, signature: EmbeddedPdfSignature) -> ValidationContext:
    """Certificates are held against the time of the signature: what was signed well stays so when they expire."""
    time = signature.self_reported_timestamp
    return ValidationContext(trust_roots=trusted, moment=time, best_signature_time=time, allow_fetching=False)


def _attached(reader: PdfHandler) -> Iterator[tuple[str, bytes]]:
    """Yield the attached files with their names."""
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return
    for place in range(1, len(names), 2):
        specification = names[place]
        yield str(specification["/UF"]), specification["/EF"]["/F"].data
