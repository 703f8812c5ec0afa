"""What ties a paper or a file to its certificate: check codes and numbers as people type them, and the code
that a PDF carries in its metadata, found again even after a program has saved the file anew."""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from certificates.models import CODE_ALPHABET, CODE_LENGTH

PREFIX = "wuhao-certificate:"
MARK = re.compile(rf"{PREFIX}([{CODE_ALPHABET}]{{{CODE_LENGTH}}})".encode())
STREAM = re.compile(rb"stream\r?\n")
LARGEST_STREAM = 1024 * 1024  # bytes unpacked of one stream: metadata and object tables are far smaller
MOST_STREAMS = 2000  # streams looked at in one file, so that a crafted one cannot keep us busy
MOST_READ = 256 * 1024  # bytes of one stream that are read
MOST_UNPACKED = 32 * 1024 * 1024  # bytes unpacked of one file, all its streams together
PIECE = 64 * 1024  # bytes unpacked at a time; a stream counts for as many at least
READ_ALIKE = str.maketrans("OIL", "011")


def mark_of(check_code: str) -> str:
    """The words by which a file names its certificate; written into the PDF's metadata."""
    return PREFIX + check_code


def normal_code(typed: str) -> str:
    """A check code as it is stored, from what somebody typed: spaces, case and look-alikes do not matter."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return re.sub(r"[^0-9A-Z]", "", plain).translate(READ_ALIKE)


def normal_number(typed: str) -> str:
    """A number as it compares, however it was typed: without blanks, brackets and leading zeros."""
    plain = re.sub(r"[\s\[\](){}〔〕【】]", "", unicodedata.normalize("NFKC", typed)).upper()
    return re.sub(r"0*(\d+)", r"\1", plain)


def find_check_code(content: bytes) -> str:
    """The check code that a PDF carries; "" if it carries none, or two different ones."""
    codes = set(MARK.findall(content))
    if not codes:
        codes = {code for unpacked in _unpacked(content) for code in MARK.findall(unpacked)}
    return codes.pop().decode() if len(codes) == 1 else ""


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What stands compressed in the file, stream by stream; what is no deflate stream is passed over."""
    left = MOST_UNPACKED
    for start in islice(STREAM.finditer(content), MOST_STREAMS):
        packed = content[start.end() : start.end() + MOST_READ]
        if not _is_deflate(packed):
            continue
        unpacked = _unpack(packed, min(LARGEST_STREAM, left))
        yield unpacked
        left -= max(len(unpacked), PIECE)
        if left <= 0:
            return


def _is_deflate(packed: bytes) -> bool:
    """Whether it begins as RFC 1950 says."""
    return packed[0] & 15 == 8 and int.from_bytes(packed[:2]) % 31 == 0 if len(packed) > 1 else False


def _unpack(packed: bytes, most: int) -> bytes:
    """A stream as far as it can be unpacked, in pieces: what is unpacked before an error is work as well."""
    unpacker, found = zlib.decompressobj(), bytearray()
    with suppress(zlib.error):
        while packed and not unpacker.eof and len(found) < most:
            found += unpacker.decompress(packed, min(PIECE, most - len(found)))
            packed = unpacker.unconsumed_tail
    return bytes(found)
