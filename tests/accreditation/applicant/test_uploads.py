"""What is taken as a file, by its content."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from accreditation.uploads import DOCX, JPEG, PDF, PNG, XLSX, Unacceptable, clean_name, recognise

TYPES = b"<Types><Override ContentType='application/vnd.openxmlformats-officedocument'/></Types>"


def picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(made, kind)
    return made.getvalue()


def package(*parts: str, types: bytes = TYPES) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        # A fixed date: the bytes name the tests, which every worker must call the same.
        for part, content in (("[Content_Types].xml", types), *((part, b"<x/>") for part in parts)):
            archive.writestr(zipfile.ZipInfo(part), content)
    return made.getvalue()


def recognised(content: bytes, name: str = "材料", **limits: int):
    return recognise(ContentFile(content, name), **limits)


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [
        (b"%PDF-1.7\n%...", PDF, "材料.pdf"),
        (picture("JPEG"), JPEG, "材料.jpg"),
        (picture("PNG"), PNG, "材料.png"),
        (package("word/document.xml"), DOCX, "材料.docx"),
        (package("xl/workbook.xml"), XLSX, "材料.xlsx"),
    ],
)
def test_five_kinds_are_known_by_their_content_and_get_the_ending_of_it(content, media_type, name):
    upload = recognised(content)
    assert (upload.media_type, upload.name, upload.size) == (media_type, name, len(content))


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "空.pdf", "“空.pdf”是空文件，重新选择"),
        (
            b"\x00\x00\x00\x18ftypheic" + bytes(64),
            "师徒合影.heic",
            "“师徒合影.heic”不能接收，请转为JPEG或PNG后再传",
        ),
        (b"GIF89a" + bytes(64), "图.gif", "“图.gif”不能接收，请转为JPEG或PNG后再传"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
            "总结.doc",
            "“总结.doc”不能接收，请另存为DOCX后再传",
        ),
        (b"<html><script>", "证书.pdf", "“证书.pdf”不能接收，请转为PDF、JPEG、PNG、DOCX或XLSX后再传"),
        (b"MZ" + bytes(64), "a.exe", "“a.exe”不能接收，请转为PDF、JPEG、PNG、DOCX或XLSX后再传"),
        (package("readme.txt"), "压缩.zip", "“压缩.zip”不能接收，请转为PDF、JPEG、PNG、DOCX或XLSX后再传"),
        (
            package("word/document.xml", "word/vbaProject.bin"),
            "宏.docm",
            "“宏.docm”带有宏，请另存为不带宏的DOCX或XLSX后再传",
        ),
        (
            package("xl/workbook.xml", types=b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
            "宏.xlsx",
            "“宏.xlsx”带有宏，请另存为不带宏的DOCX或XLSX后再传",
        ),
        (package("word/document.xml")[:60], "断.docx", "“断.docx”打不开，重新保存后再传"),
        (picture("PNG")[:30], "断.png", "“断.png”打不开，重新导出后再传"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "断.jpg", "“断.jpg”打不开，重新导出后再传"),
    ],
)
def test_any_other_file_is_refused_with_what_to_do(content, name, message):
    with pytest.raises(Unacceptable) as refused:
        recognised(content, name)
    assert str(refused.value) == message


def test_a_file_over_the_limit_is_refused_with_its_size():
    content = b"%PDF-1.7" + bytes(23 * 1024 * 1024 + 104_857)
    with pytest.raises(Unacceptable) as refused:
        recognised(content, "年报.pdf")
    assert str(refused.value) == "“年报.pdf”为23.1MB，单个文件不超过20MB"


def test_a_file_of_exactly_the_limit_is_taken():
    assert recognised(b"%PDF-1.7" + bytes(92), largest=100).size == 100


@pytest.mark.parametrize(
    ("written", "ending", "kept"),
    [
        ("../../etc/passwd", ".pdf", "passwd.pdf"),
        ("C:\\文件\\证书.PDF", ".pdf", "证书.PDF"),
        ("照片.jpeg", ".jpg", "照片.jpeg"),
        ("a\u202egpj.exe", ".pdf", "a gpj.pdf"),
        ("坏\r\nX: y.pdf", ".pdf", "坏 X: y.pdf"),
        (".htaccess", ".pdf", "htaccess.pdf"),
        ("", ".png", "未命名.png"),
        ("长" * 300 + ".pdf", ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_name_keeps_no_folder_no_control_character_and_the_ending_of_the_content(written, ending, kept):
    assert clean_name(written, ending) == kept
