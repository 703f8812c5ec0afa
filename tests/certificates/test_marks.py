"""Codes and numbers as people type them, and the code a file carries."""

import subprocess
import zlib

import pytest

from certificates.marks import (
    LARGEST_STREAM,
    MOST_READ,
    MOST_STREAMS,
    MOST_UNPACKED,
    PIECE,
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


def test_the_code_is_found_before_an_error_in_a_stream():
    packed = zlib.compress(mark_of("7K2M9QXD4TBNW8RJ").encode() + b"x" * 3 * PIECE)[:-60] + b"!" * 99

    assert find_check_code(b"stream\n" + packed) == "7K2M9QXD4TBNW8RJ"


def broken(size: int) -> bytes:
    """A stream that swells to so many bytes and breaks off."""
    packer = zlib.compressobj()
    return packer.compress(b"a" * size) + packer.flush(zlib.Z_SYNC_FLUSH) + b"!" * 8


@pytest.mark.parametrize(
    "streams",
    [
        zlib.compress(b"a" * LARGEST_STREAM), broken(LARGEST_STREAM - 10), broken(PIECE + 10), broken(0),
        b"x" * 9000, zlib.compress(b"", 0), zlib.compress(b"a" * MOST_READ, 0) + b"more",
    ],
    ids=["whole", "broken", "broken in the second piece", "nothing", "no deflate", "empty", "stored"],
)  # fmt: skip
def test_a_crafted_file_cannot_keep_us_busy(monkeypatch, streams):
    work, unpack = [], zlib.decompressobj

    class Counting:
        def __init__(self):
            self.own = unpack()

        def __getattr__(self, name):
            return getattr(self.own, name)

        def decompress(self, content, most):
            assert 0 < most <= PIECE
            work.append(most)
            assert len(content) <= MOST_READ
            return self.own.decompress(content, most)

    monkeypatch.setattr("certificates.marks.zlib.decompressobj", Counting)

    assert find_check_code((b"stream\n" + streams + b"\n") * (MOST_STREAMS + 1000)) == ""
    assert sum(work) <= 2 * MOST_UNPACKED + PIECE
