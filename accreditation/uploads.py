"""What an uploaded file is, by its content: the five kinds that are taken, and in words why another is not.

The name that the browser sends decides nothing but the words of a refusal and the name the file is kept under.
"""

import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

import filetype
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image

LARGEST = 20 * 1024 * 1024
"""Bytes of one file (domain rule: 20 MB)."""
LONGEST_NAME = 120
HEAD = 8192  # bytes that tell the kind of a file
LARGEST_CONTENT_TYPES = 1024 * 1024  # bytes of a package's list of parts, unpacked

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", DOCX: ".docx", XLSX: ".xlsx"}
ACCEPT = ",".join((*ENDINGS.values(), ".jpeg"))
"""For the file chooser of a browser."""
ACCEPT_PHOTOS = ",".join((JPEG, PNG))
MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
PICTURES = frozenset({"heic", "heif", "webp", "gif", "bmp", "tif", "tiff", "avif"})
OLD_OFFICE = {"doc": "DOCX", "wps": "DOCX", "rtf": "DOCX", "xls": "XLSX", "et": "XLSX", "csv": "XLSX"}


class Unacceptable(ValueError):
    """A file that is not taken; the message says which and what to do instead, in the reader's language."""


@dataclass(frozen=True)
class Upload:
    """A file whose content was looked at: only `recognise` and `recognise_photo` make one."""

    file: File
    name: str
    size: int
    media_type: str


def recognise(file: File, name: str = "", *, largest: int = LARGEST) -> Upload:
    """Return what the file is. Raises Unacceptable for one too large, empty, broken, or of another kind."""
    return _recognise(file, name or file.name or "", largest, _media_type)


def recognise_photo(file: File, name: str = "", *, largest: int = LARGEST) -> Upload:
    """Return what the photo is. Raises Unacceptable for whatever is no whole JPEG or PNG."""
    return _recognise(file, name or file.name or "", largest, _photo_type)


def _recognise(
    file: File, name: str, largest: int, type_of: Callable[[IO[bytes], dict[str, str]], str]
) -> Upload:
    size = file.size
    said = {"name": clean_name(name)}
    if size > largest:
        said |= {"size": megabytes(size), "most": megabytes(largest)}
        raise Unacceptable(_("“%(name)s”为%(size)s，单个文件不超过%(most)s") % said)
    if not size:
        raise Unacceptable(_("“%(name)s”是空文件，重新选择") % said)
    media_type = type_of(file, said)
    file.seek(0)
    return Upload(file, clean_name(name, ENDINGS[media_type]), size, media_type)


def clean_name(name: str, ending: str = "") -> str:
    """Return the name without its folders and without characters that could mislead a reader or a program.

    `ending` is what the content calls for: it takes the place of another one.
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    kept = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in last)
    plain = " ".join(unicodedata.normalize("NFC", kept).split()).lstrip(".")
    stem, written = _split(plain)
    same = ending in {written.lower(), ""} or (ending == ".jpg" and written.lower() == ".jpeg")
    ending = written if same else ending
    return f"{(stem or _('未命名'))[: LONGEST_NAME - len(ending)]}{ending}"


def megabytes(size: int) -> str:
    """23.1MB, 20MB."""
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0") + "MB"


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and len(ending) <= 5 else (name, "")


def _media_type(file: IO[bytes], said: dict[str, str]) -> str:
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _of_package(file, said)
    kind = filetype.guess(head)
    mime = kind.mime if kind else ""
    if mime in (JPEG, PNG):
        _verify_picture(file, mime, said)
    if mime in (PDF, JPEG, PNG):
        return str(mime)
    raise _of_other_kind(said)


def _photo_type(file: IO[bytes], said: dict[str, str]) -> str:
    file.seek(0)
    kind = filetype.guess(file.read(HEAD))
    mime = str(kind.mime) if kind else ""
    if mime not in {JPEG, PNG}:
        raise Unacceptable(_("“%(name)s”不是JPEG或PNG照片，转换后再传") % said)
    _verify_picture(file, mime, said)
    return mime


def _of_package(file: IO[bytes], said: dict[str, str]) -> str:
    """DOCX and XLSX are zip packages that hold their main part and no macros."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = {part.filename: part for part in package.infolist()}
            types = parts.get("[Content_Types].xml")
            if types is None or types.file_size > LARGEST_CONTENT_TYPES:
                raise _of_other_kind(said)
            listed = package.read(types)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise Unacceptable(_("“%(name)s”打不开，重新保存后再传") % said) from error
    if b"macroEnabled" in listed or any(part.lower().endswith("vbaproject.bin") for part in parts):
        raise Unacceptable(_("“%(name)s”带有宏，请另存为不带宏的DOCX或XLSX后再传") % said)
    for main, media_type in MAIN_PARTS.items():
        if main in parts:
            return media_type
    raise _of_other_kind(said)


def _verify_picture(file: IO[bytes], mime: str, said: dict[str, str]) -> None:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=[mime.removeprefix("image/")]) as picture:
                picture.verify()
    except Exception as error:  # Pillow's decoders raise whatever a broken file makes them stumble over
        raise Unacceptable(_("“%(name)s”打不开，重新导出后再传") % said) from error


def _of_other_kind(said: dict[str, str]) -> Unacceptable:
    ending = _split(said["name"])[1].lower().removeprefix(".")
    if ending in PICTURES:
        return Unacceptable(_("“%(name)s”不能接收，请转为JPEG或PNG后再传") % said)
    if ending in OLD_OFFICE:
        return Unacceptable(
            _("“%(name)s”不能接收，请另存为%(kind)s后再传") % {**said, "kind": OLD_OFFICE[ending]}
        )
    return Unacceptable(_("“%(name)s”不能接收，请转为PDF、JPEG、PNG、DOCX或XLSX后再传") % said)
