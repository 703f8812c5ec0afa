"""Codes and numbers as people type them, and the code a file carries."""

import subprocess
import zlib

import pytest

from certificates.marks import (
    LARGEST_STREAM,
    MOST_READ,
    MOST_STREAMS,
    MOST_UNPACKED,
    find_check_code,
    mark_of,
    normal_code,
    normal_number,
)


@pytest.mark.parametrize(
    "typed",
    ["7K2M9QXD4TBNW801", "7k2m 9qxd 4tbn w801", "７Ｋ２Ｍ-9QXD-4TBN-W8OI", " 7K2M　9QXD 4TBN W8ol\n"],
)
def test_a_check_code_is_read_however_it_is_typed(typed):
    assert normal_code(typed) == "7K2M9QXD4TBNW801"


@pytest.mark.parametrize(
    "typed",
    [
        "渝劳模创〔2026〕第0001号",
        "渝劳模创[2026]第1号",
        " 渝劳模创（2026） 第 0001 号",
        "渝劳模创【２０２６】第01号",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed):
    assert normal_number(typed) == normal_number("渝劳模创〔2026〕第0001号")


def test_different_numbers_stay_different():
    assert normal_number("渝劳模创〔2026〕第0001号") != normal_number("渝劳模创〔2026〕第0010号")


def test_a_file_with_two_codes_names_no_certificate():
    content = (mark_of("7K2M9QXD4TBNW8RJ") + mark_of("0K2M9QXD4TBNW8RJ")).encode()

    assert find_check_code(content) == ""


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 hello", b"stream\nnot deflate", b"\x00" * 100])
def test_a_file_that_is_none_of_ours_carries_no_code(content):
    assert find_check_code(content) == ""


def test_the_code_is_found_in_a_file_that_a_program_has_saved_anew(made, tmp_path):
    certificate = made()
    saved = tmp_path / "saved.pdf"
    subprocess.run(
        ["qpdf", "--object-streams=generate", "--recompress-flate", certificate.file.path, saved], check=True
    )

    assert find_check_code(saved.read_bytes()) == certificate.check_code


def test_the_code_is_found_in_a_compressed_stream():
    packed = zlib.compress(b"x" * 5000 + mark_of("7K2M9QXD4TBNW8RJ").encode())

    assert find_check_code(b"%PDF-1.7 1 0 obj << >> stream\r\n" + packed + b"endstream") == "7K2M9QXD4TBNW8RJ"


def test_a_stream_that_swells_beyond_measure_is_read_only_so_far():
    packed = zlib.compress(b"x" * 3 * LARGEST_STREAM + mark_of("7K2M9QXD4TBNW8RJ").encode())

    assert find_check_code(b"stream\n" + packed + b"endstream") == ""


def test_a_crafted_file_cannot_keep_us_busy(monkeypatch):
    packed, asked = zlib.compress(b"a" * LARGEST_STREAM), []
    unpack = zlib.decompressobj

    class Counting:
        def decompress(self, content, most):
            asked.append((len(content), most))
            return unpack().decompress(content, most)

    monkeypatch.setattr("certificates.marks.zlib.decompressobj", Counting)

    assert find_check_code((b"stream\n" + packed + b"\n") * 1000) == ""
    assert len(asked) == MOST_UNPACKED // LARGEST_STREAM
    asked.clear()
    assert find_check_code(b"stream\n" * 3000 + b"x" * MOST_READ) == ""
    assert len(asked) == MOST_STREAMS
    assert max(length for length, _most in asked) == MOST_READ
