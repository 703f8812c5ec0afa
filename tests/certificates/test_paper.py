"""Archive documents: what they may load, what fonts lack, and the standard they keep."""

import subprocess

import page
import pytest
from weasyprint.urls import FatalURLFetchingError

from certificates.paper import OwnFiles, document_pdf, unambiguous
from certificates.streams import AMBIGUOUS

PAGE = """<!doctype html><html lang="zh-Hans"><head><title>申报表：王金山劳模创新工作室</title></head><body>
<div class="head"><h1>申报表（第1版）</h1><p class="about">王金山</p><p class="seal code">%s</p></div>
<h2>申报单位</h2><dl><dt>单位名称</dt><dd>%s</dd></dl>
<table class="card"><caption>荣誉</caption><thead><tr><th scope="col">级别</th><th scope="col">年份</th></tr></thead>
<tbody><tr><td>全国</td><td class="number">2015</td></tr></tbody></table></body></html>"""


def drawn(text="重庆金山科技公司"):
    return document_pdf(PAGE % ("ab" * 32, text), identifier=b"0" * 16)


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_it_conforms_to_the_standards_for_archives_and_for_accessibility(tmp_path, profile):
    (tmp_path / "form.pdf").write_bytes(drawn())
    report = page.validate_pdf(str(tmp_path / "form.pdf"), profile=profile)
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_drawn_again_it_is_the_same_to_the_byte():
    assert drawn() == drawn()


@pytest.mark.parametrize("text", ["😀", "\u202e倒", "a\u200bb", "\x00\x07", "𮍌", "\ufffd", "\u3000\u00a0\t"])
def test_what_people_type_never_stops_it(text):
    assert drawn(text).startswith(b"%PDF")


@pytest.mark.parametrize("address", ["http://127.0.0.1/x.png", "file:///etc/passwd", "https://example.org/"])
def test_nothing_is_loaded_but_our_own(address):
    with pytest.raises((FatalURLFetchingError, ValueError)):
        OwnFiles().fetch(address)


def test_what_ends_ambiguously_is_drawn_again():
    tried = []

    def draw(_finisher):
        tried.append(AMBIGUOUS if len(tried) < 2 else b"\nendstream")
        return tried[-1]

    assert (unambiguous(draw), len(tried)) == (b"\nendstream", 3)


def test_what_is_drawn_again_still_conforms_and_says_the_same(monkeypatch, tmp_path):
    first, again = tmp_path / "first.pdf", tmp_path / "again.pdf"
    first.write_bytes(drawn())
    monkeypatch.setattr("certificates.paper.AMBIGUOUS", b"\nendstream")  # as every stream ends
    monkeypatch.setattr("certificates.paper.ATTEMPTS", 2)
    again.write_bytes(drawn())
    assert again.read_bytes() != first.read_bytes()
    assert text_of(again) == text_of(first) != ""
    for profile in ("3a", "ua1"):
        report = page.validate_pdf(str(again), profile=profile)
        assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def text_of(path):
    """Return the text that poppler finds in a document."""
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
