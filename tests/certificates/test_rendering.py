"""The certificate on paper."""

import re
import subprocess
from pathlib import Path
from uuid import UUID

import page
import pytest
import zxingcpp
from PIL import Image
from weasyprint.urls import FatalURLFetchingError

from certificates import paper
from certificates.glyphs import CannotDraw
from certificates.models import Certificate
from certificates.proofs import as_text
from certificates.rendering import render
from tests.certificates.conftest import AT, text
from tests.certificates.log import proof_of

CODE = "7K2M9QXD4TBNW8RJ"
RARE = "重庆长安汽车股份有限公司江北发动机工厂机加总装二车间张永忠㛃𬭎䶮劳模创新工作室"
LONG = "重庆市能源投资集团有限公司所属重庆松藻煤电有限责任公司打通一煤矿机电运输管理区"


def certificate(**changes) -> Certificate:
    """A certificate that stands in no database."""
    facts = vars(text()) | {
        "public_id": Certificate().public_id,
        "number": "渝劳模创〔2026〕第0001号",
        "check_code": CODE,
        "registered_at": AT,
        "issued_for": UUID(int=5),
        "status_list": 1,
        "status_index": 4711,
    }
    drawn = Certificate(**facts | changes)
    drawn.log_proof = changes.get("log_proof", proof_of(drawn))
    return drawn


def attached_to(content: bytes, folder: Path) -> str:
    """The log proof, as poppler finds it attached."""
    (folder / "certificate.pdf").write_bytes(content)
    command = [
        "pdfdetach",
        "-savefile",
        "log-proof.json",
        "-o",
        folder / "attached",
        folder / "certificate.pdf",
    ]
    subprocess.run(command, check=True)
    return (folder / "attached").read_text()


def text_of(content: bytes) -> list[str]:
    """The lines that poppler reads."""
    read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return [line for line in read.stdout.decode().replace("\f", "").splitlines() if line]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    """The certificate of 米钰林劳模创新工作室."""
    file = tmp_path_factory.mktemp("certificate") / "certificate.pdf"
    file.write_bytes(render(certificate()))
    return file


def test_its_text_is_read_as_it_was_written(drawn):
    assert text_of(drawn.read_bytes()) == [
        "命名证书",
        "证书编号：渝劳模创〔2026〕第0001号",
        "经评审、公示，决定命名",
        "米钰林劳模创新工作室",
        "（中国石化集团四川维尼纶厂）",
        "为“重庆市劳模创新工作室”，特发此证。",
        "有效期至：2029年10月15日",
        "命名决定：渝工发〔2026〕18号",
        "校验码：7K2M 9QXD 4TBN W8RJ",
        "扫描二维码，查验本证书是否有效。印章为示例，不是法定电子印章。",
        "存证：记录序号41，检查点58，根7f87 6c77 e676",
        "重庆市总工会",
        "2026年10月16日",
    ]


def test_long_names_break_into_even_lines_and_rare_characters_are_kept():
    lines = text_of(render(certificate(studio_name=RARE, enterprise_name=LONG)))

    assert lines[3:7] == [
        "重庆长安汽车股份有限公司江北发动",
        "机工厂机加总装二车间张永忠㛃𬭎䶮",
        "劳模创新工作室",
        f"（{LONG}）",
    ]


def test_the_longest_names_still_fit_one_page():
    content = render(
        certificate(studio_name="重" * 93 + "劳模创新工作室", enterprise_name="庆" * 100, issuer="总" * 20)
    )

    assert "".join(text_of(content)).count("重") == 93 + 1  # the last one stands in the title


def test_without_a_decision_number_its_line_is_left_out():
    lines = text_of(render(certificate(decision_number="")))

    assert [line for line in lines if line.startswith("命名决定")] == []


def test_the_qr_code_leads_to_the_public_page(drawn, settings):
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", drawn, drawn.with_suffix("")], check=True)
    codes = zxingcpp.read_barcodes(Image.open(drawn.with_suffix(".png")))

    assert [code.text for code in codes] == [f"{settings.BASE_URL}/verify/c/{CODE}/"]


def test_only_our_own_two_fonts_are_in_it(drawn):
    listed = subprocess.run(["pdffonts", drawn], capture_output=True, text=True, check=True).stdout
    names = {line.split()[0].partition("+")[2] for line in listed.splitlines()[2:]}

    assert names == {"Wuhao-Serif", "Wuhao-Serif-Bold"}


def test_it_is_a_sound_pdf(drawn):
    assert subprocess.run(["qpdf", "--check", drawn], capture_output=True, check=False).returncode == 0


def test_the_proof_is_attached_as_data_of_the_certificate(drawn, tmp_path):
    listed = subprocess.run(["pdfdetach", "-list", drawn], capture_output=True, text=True, check=True).stdout
    plain = subprocess.run(["qpdf", "--qdf", drawn, "-"], capture_output=True, check=True).stdout

    assert listed.splitlines() == ["2 embedded files", "1: credential.jwt", "2: log-proof.json"]
    assert attached_to(drawn.read_bytes(), tmp_path) == as_text(proof_of(certificate()))
    assert (plain.count(b"/AFRelationship /Data"), plain.count(b"/Subtype /application#2fjson")) == (2, 1)


def test_the_proof_is_written_alike_however_the_database_orders_it():
    proof = proof_of(certificate())

    assert as_text(dict(reversed(proof.items()))) == as_text(proof)


def test_a_certificate_without_its_proof_is_not_drawn():
    with pytest.raises(TypeError):
        render(certificate(log_proof=None))


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_it_conforms_to_the_standards_for_archives_and_for_accessibility(drawn, profile):
    report = page.validate_pdf(drawn, profile=profile)

    assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_drawn_again_it_is_the_same_to_the_byte(drawn):
    same = certificate()
    first, second = render(same), render(same)

    assert first == second
    assert set(re.findall(rb"D:(\d+)", first)) == {b"20261016020000"}


@pytest.mark.parametrize("field", ["studio_name", "enterprise_name", "title", "issuer", "number"])
def test_a_missing_glyph_is_an_error_never_a_box(field):
    with pytest.raises(CannotDraw):
        render(certificate(**{field: "甲𠀀乙"}))


def test_a_font_that_is_not_ours_is_an_error(monkeypatch):
    monkeypatch.setattr("certificates.paper.FAMILY", "Another Serif")

    with pytest.raises(CannotDraw) as refusal:
        render(certificate())

    assert refusal.value.what == "Wuhao Serif"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.png",
        "file:///etc/hostname",
        (paper.FOLDER / ".." / "config" / "settings.py").as_uri(),
        paper.FOLDER.as_uri() + "/%2e%2e/manage.py",
        "file://localhost/etc/hostname",
    ],
)
def test_nothing_outside_our_folder_is_loaded(address):
    with pytest.raises(FatalURLFetchingError):
        paper.OwnFiles().fetch(address)


def test_markup_in_a_name_is_text():
    lines = text_of(render(certificate(studio_name="<b>甲</b>&工作室")))

    assert lines[3] == "<b>甲</b>&工作室"
