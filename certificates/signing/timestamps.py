"""Timestamps (RFC 3161) from an authority: with one a signature is PAdES B-T."""

import time
from http.client import HTTPException
from urllib.request import HTTPRedirectHandler, Request, build_opener

from asn1crypto.tsp import TimeStampReq, TimeStampResp
from pyhanko.sign.timestamps import TimeStamper

from certificates.signing.files import CannotSign

SECONDS, LARGEST = 10, 64 * 1024
REST = 60
"""Seconds for which an authority that failed is not asked again: hundreds of files may wait for it."""


class Authority(TimeStamper):
    """Asks a timestamp authority over HTTP, and waits for the answer."""

    def __init__(self, address: str) -> None:
        super().__init__()
        if not address.startswith(("https://", "http://")):
            raise CannotSign(f"WUHAO_TIMESTAMP_URL: {address} is no address of a timestamp authority")
        self.address = address
        self._failed: float | None = None

    def check(self) -> None:
        """Raise CannotSign if the authority failed a moment ago."""
        if self._failed is not None and time.monotonic() < self._failed + REST:
            raise CannotSign(f"{self.address} gave no timestamp a moment ago")

    async def async_request_tsa_response(self, req: TimeStampReq) -> TimeStampResp:
        """Return the answer to a request. Raises CannotSign if none comes, or what comes is none."""
        asked = Request(  # noqa: S310  # the address is an operator's, and begins with http
            self.address, req.dump(), {"Content-Type": "application/timestamp-query"}
        )
        try:
            with build_opener(_Stay).open(asked, timeout=SECONDS) as answer:
                return TimeStampResp.load(answer.read(LARGEST))
        except (OSError, HTTPException, ValueError) as error:
            self._failed = time.monotonic()
            raise CannotSign(f"{self.address} gives no timestamp: {error}") from error


class _Stay(HTTPRedirectHandler):
    """Follows nobody elsewhere."""

    def redirect_request(self, *_args: object) -> None:
        return None
