"""The built-in seal: a signature in the PDF (PAdES B-B; B-T with a timestamp authority). It is no legal e-seal."""

import asyncio
import hashlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, TypeVar

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.signing import chain
from certificates.signing.timestamps import Authority
from certificates.streams import AMBIGUOUS, ATTEMPTS

FIELD = "WuhaoSeal"
ROOM, ROOM_FOR_TIME = 2048, 16 * 1024
"""Bytes for a signature besides its certificates, and for a timestamp with those of its authority."""
Value = TypeVar("Value")


class PadesSeal:
    """Signs with the key that the settings name, and allows no change afterwards (DocMDP, level 1).

    It shows who holds the key and that nothing was changed. It is no e-seal by GB/T 38540 and replaces none.
    """

    label = _("内置电子签名（PAdES），不是GB/T 38540法定电子印章")
    is_legal = False

    def check(self, at: datetime) -> None:
        """Raise CannotSign without a key, with a certificate that is not valid at this time, or without the time."""
        chain.holder().check(at)
        if timestamper := _timestamper(settings.TIMESTAMP_URL):
            timestamper.check()

    def seal(self, content: bytes, *, dated: datetime) -> bytes:
        """Sign a PDF. Without a timestamp authority the same content, time and key make the same bytes."""
        holder, timestamper = chain.holder(), _timestamper(settings.TIMESTAMP_URL)
        signer = _signer(holder)
        room = ROOM + sum(len(one.public_bytes(Encoding.DER)) for one in holder.chain)
        room, sealed = 2 * (room + (ROOM_FOR_TIME if timestamper else 0)), b""
        for attempt in range(ATTEMPTS):  # a little more room each time, and what is added ends otherwise
            session = PdfSigner(
                _META, signer, timestamper=timestamper, new_field_spec=_FIELD
            ).init_signing_session(_Writer(BytesIO(content)))
            # No earlier than the certificate: readers would call it signed by somebody without one.
            session.system_time = max(dated, holder.certificate.not_valid_before_utc).astimezone(UTC)
            sealed = _sign(session, signer, room + 2 * attempt)
            if AMBIGUOUS not in sealed[len(content) :]:
                break
        return sealed


_META = PdfSignatureMetadata(
    field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, certify=True,
    docmdp_permissions=MDPPerm.NO_CHANGES,
)  # fmt: skip
# It is nowhere on the page: a reader of the page needs no tag for it, as PDF/UA asks of what can be seen.
_FIELD = SigFieldSpec(
    FIELD,
    readable_field_name="发证单位的电子签名",  # untranslated: a document in Chinese
    invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
)


def _sign(session: PdfSigningSession, signer: SimpleSigner, room: int) -> bytes:
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=room)
    output = BytesIO()
    prepared, _written = document.digest_tbs_document(output=output)
    attributes = PdfCMSSignedAttributes(signing_time=session.system_time)
    at_once(document.perform_signature(prepared.document_digest, attributes))
    return output.getvalue()


class _Writer(IncrementalPdfFileWriter):
    """Adds to a document, and leaves alone what it says of itself: rewritten metadata would be no PDF/A any more."""

    def _update_meta(self) -> None:
        pass

    @classmethod
    def _handle_id(cls, prev: Any) -> ArrayObject:
        """Keep the first half of the identifier; the second is that of this version, and not by chance."""
        first = prev.trailer["/ID"][0]
        prev.stream.seek(0)
        return ArrayObject([first, ByteStringObject(hashlib.sha256(prev.stream.read()).digest()[:16])])


class _Signer(SimpleSigner):
    """Signs by RFC 6979: the same signature for the same text, without chance and so without bad luck."""

    def __init__(self, holder: chain.Holder) -> None:
        first, *others = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in holder.chain]
        store = SimpleCertificateStore()
        store.register_multiple(others)
        plain = holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        super().__init__(first, asn1_keys.PrivateKeyInfo.load(plain), store, embed_roots=False)
        self._holder = holder

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        return self._holder.key.sign(data, ECDSA(SHA256(), deterministic_signing=True))


@lru_cache(maxsize=2)
def _signer(holder: chain.Holder) -> _Signer:
    return _Signer(holder)


@lru_cache(maxsize=2)
def _timestamper(address: str) -> Authority | None:
    return Authority(address) if address else None


def at_once(coroutine: Coroutine[Any, Any, Value]) -> Value:
    """Return what a coroutine returns, also where an event loop is running already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, coroutine).result()
