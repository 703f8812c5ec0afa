"""How much a request may bring: a file that is too large is counted and thrown away, a request is not even read."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accreditation.uploads import megabytes
from accreditation.views.telling import refusal

BLOCK = 1024 * 1024  # bytes read at a time
LONGEST_LINGER = 256 * BLOCK
"""Bytes that are read and thrown away so that a browser, which sends before it reads, still sees the answer."""


class CountingFileHandler(TemporaryFileUploadHandler):
    """Keep an upload in a temporary file, up to the largest size that is taken; beyond it, only count.

    The whole form arrives, so nothing typed is lost, and the file's `size` tells how large it really was.
    """

    file: TemporaryUploadedFile

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.counted = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        was, self.counted = self.counted, self.counted + len(raw_data)
        if self.counted <= settings.MAX_EVIDENCE_BYTES:
            return super().receive_data_chunk(raw_data, start)
        if was <= settings.MAX_EVIDENCE_BYTES:
            self.file.truncate(0)
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return super().file_complete(self.counted)


class RefuseLargeRequests:
    """Middleware, below that of sessions and sign-in: answer a request that says it is too large, unread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = _length(request)
        if length <= settings.MAX_REQUEST_BYTES:
            return self.get_response(request)
        said = {"size": megabytes(length), "most": megabytes(settings.MAX_REQUEST_BYTES)}
        page = refusal(
            request,
            status=413,
            title=_("一次传得太多"),
            text=_("这一次共%(size)s，一次最多%(most)s，没有写入。返回上一页，分几次上传。") % said,
            ways=[(_("返回上一页"), request.get_full_path())],
        )
        return _then_drain(page, request, length)


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said[:18]) if said.isascii() and said.isdecimal() else 0  # no more digits make it any smaller


def _then_drain(page: HttpResponse, request: HttpRequest, length: int) -> StreamingHttpResponse:
    """Answer at once, then throw away what still comes in, within reason, before the connection is closed."""

    def content() -> Iterator[bytes]:
        yield page.content
        left = min(length, LONGEST_LINGER)
        while left > 0 and (block := request.read(min(BLOCK, left))):
            left -= len(block)

    headers = {**page.headers, "Content-Length": str(len(page.content))}
    return StreamingHttpResponse(content(), status=page.status_code, headers=headers)
