"""Designs: ours in both languages, what operators may write, and the plaque."""

import subprocess
from dataclasses import replace
from pathlib import Path

import page
import pytest
import zxingcpp
from PIL import Image

from certificates.configuration import BOTH, CHINESE, Configuration
from certificates.designs import BUILT_IN, Source, source_of
from certificates.models import Design, Layout
from certificates.page import laid_out
from certificates.picture import picture_of
from certificates.press import plaque_pdf, printable_pdf
from certificates.rendering import render
from certificates.trial import problems_of_design, problems_of_layout, try_layout
from tests.certificates.conftest import AT
from tests.certificates.test_rendering import certificate, text_of

pytestmark = pytest.mark.drawn
CERTIFICATE, PLAQUE = Design.Purpose.CERTIFICATE, Design.Purpose.PLAQUE
DESIGNS = [(key, purpose) for purpose, keys in BUILT_IN.items() for key in keys]
JOINT = ("重庆市人力资源和社会保障局", "重庆市科学技术局", "重庆市经济和信息化委员会")
JOINT_EN = (
    "Chongqing Human Resources and Social Security Bureau",
    "Chongqing Science and Technology Bureau",
    "Chongqing Economy and Information Technology Commission",
)
CHOSEN = Configuration(language=BOTH)
CLASSIC = source_of("classic")
NESTED = "{% for a in number %}{% if a %}{% for b in number %}{% endfor %}{% endif %}{% endfor %}"


def written(template: str = "", sheet: str = "", without: str = "") -> Source:
    """The classic design with something added, or without something."""
    return Source(CLASSIC.template.replace(without, "") + template, CLASSIC.sheet + sheet)


@pytest.mark.parametrize(("key", "purpose"), DESIGNS)
@pytest.mark.parametrize("joint", [0, 1, 3])
@pytest.mark.parametrize("language", [CHINESE, BOTH])
def test_our_designs_hold_the_shortest_and_the_longest_text(key, purpose, joint, language):
    name = "plaque" if purpose == PLAQUE else "design"
    chosen = replace(
        CHOSEN,
        language=language,
        joint_issuers=JOINT[:joint],
        joint_issuers_en=JOINT_EN[:joint],
        **{name: key},
    )
    found = [try_layout(chosen, purpose, longest=longest).problems for longest in (False, True)]

    assert found == [[], []]


@pytest.mark.parametrize(("key", "purpose"), DESIGNS)
def test_they_conform_to_the_standards_and_their_code_is_read(key, purpose, tmp_path, settings):
    name = "plaque" if purpose == PLAQUE else "design"
    pdf = try_layout(replace(CHOSEN, **{name: key}), purpose, longest=True).pdf
    file = tmp_path / "drawn.pdf"
    file.write_bytes(pdf)
    failures = [
        failure.message
        for profile in ("3a", "ua1")
        for failure in page.validate_pdf(file, profile=profile).failures
    ]
    picture = tmp_path / "drawn.png"
    picture.write_bytes(picture_of(pdf, width=2000))

    assert failures == []
    assert subprocess.run(["qpdf", "--check", file], capture_output=True, check=False).returncode == 0
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(picture))] == [
        f"{settings.BASE_URL}/verify/c/{'0' * 16}/"
    ]


def layout(**choices) -> Layout:
    """A layout that stands in no database."""
    return Layout(version=1, document=choices, chosen_at=AT)


def test_a_certificate_is_drawn_by_its_own_layout_joint_issuers_in_their_order():
    kept = layout(design="modern", language=BOTH, joint_issuers=JOINT[:2], joint_issuers_en=JOINT_EN[:2])
    lines = text_of(render(certificate(layout=kept, joint_issuers=list(JOINT[:2]))))

    assert [line for line in lines if "总工会" in line or line in (*JOINT, *JOINT_EN)] == [
        "重庆市总工会",
        JOINT[0],
        JOINT_EN[0],
        JOINT[1],
        JOINT_EN[1],
    ]
    assert {"Chongqing Federation of Trade Unions", "Chongqing Model Worker Innovation Studio"} <= set(lines)
    assert "15 October 2029" in lines


def test_the_english_name_of_another_issuer_or_title_is_not_put_beside_an_old_one():
    old = certificate(layout=layout(language=BOTH), issuer="重庆市某区总工会", title="示范工作室")
    text = "".join(text_of(render(old)))

    assert ("Federation" in text, "Model Worker" in text) == (False, False)


def test_a_line_of_the_layout_is_text_and_reaches_nothing():
    kept = layout(before="{certificate.check_code}{0}", after="“{title}”{title.__class__}")
    lines = text_of(render(certificate(layout=kept)))

    assert "{certificate.check_code}{0}" in lines
    assert "“重庆市劳模创新工作室”{title.__class__}" in lines


@pytest.mark.django_db
def test_the_plaque_has_its_bleed_and_says_who_named_whom(tmp_path):
    file = tmp_path / "plaque.pdf"
    file.write_bytes(plaque_pdf(certificate()))
    said = subprocess.run(["pdfinfo", "-box", file], capture_output=True, text=True, check=True).stdout
    boxes = {line.split(":")[0]: line.split()[1:] for line in said.splitlines() if "Box" in line}
    millimetres = {name: [round(float(edge) * 25.4 / 72, 1) for edge in box] for name, box in boxes.items()}

    assert millimetres["TrimBox"] == [0, 0, 600, 400]
    assert millimetres["BleedBox"] == [-3.5, -3.5, 603.5, 403.5]
    assert {"重庆市劳模创新工作室", "米钰林劳模创新工作室", "重庆市总工会"} <= set(text_of(file.read_bytes()))


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["classic", "modern"])
def test_for_a_printing_shop_the_certificate_has_three_millimetres_more_and_says_that_it_is_none(
    key, tmp_path
):
    file = tmp_path / "print.pdf"
    own = certificate(layout=layout(design=key))
    file.write_bytes(printable_pdf(own))
    said = subprocess.run(["pdfinfo", "-box", file], capture_output=True, text=True, check=True).stdout
    boxes = {line.split(":")[0]: line.split()[1:] for line in said.splitlines() if "Box" in line}
    millimetres = {name: [round(float(edge) * 25.4 / 72, 1) for edge in box] for name, box in boxes.items()}
    failures = [
        failure.message
        for profile in ("3a", "ua1")
        for failure in page.validate_pdf(file, profile=profile).failures
    ]

    assert millimetres["TrimBox"] == [0, 0, 297, 210]
    assert millimetres["BleedBox"] == [-3, -3, 300, 213]
    assert millimetres["MediaBox"] == [-8, -8, 305, 218]
    assert "Title:           命名证书：米钰林劳模创新工作室（印刷用稿，没有签名，不是证书原件）" in said
    assert (failures, text_of(file.read_bytes())) == ([], text_of(render(own)))


@pytest.mark.django_db
def test_an_operators_design_is_drawn_as_it_was_saved():
    own = Design.objects.create(
        name="素", purpose=CERTIFICATE, based_on="classic", saved_at=AT,
        template=written("<p>自己的样式</p>").template, sheet=CLASSIC.sheet + "main + p { position: absolute; }",
    )  # fmt: skip
    document = laid_out(certificate(layout=layout(design=str(own.public_id))))

    assert len(document.pages) == 1


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (written("{{ nonsense }}"), "没有变量“nonsense”。"),
        (written("{% if not nonsense %}{% endif %}"), "没有变量“nonsense”。"),
        (written("{{ studio.nmae }}"), "没有变量“studio.nmae”。"),
        (written(NESTED), "循环里不能再有循环"),
        (written('{% include "x" %}'), "Invalid block tag on line 31: 'include'"),
        (written("{% load static %}"), "Invalid block tag on line 31: 'load'"),
        (written("{% autoescape off %}{% endautoescape %}"), "Invalid block tag on line 31: 'autoescape'"),
        (written("{{ number|safe }}"), "Invalid filter: 'safe'"),
        (written("{% if english %}"), "Unclosed tag on line 31: 'if'"),
        (written('<link rel="attachment" href="../page.py">'), "模板里不能有<link>"),
        (written('<meta name="keywords" content="x">'), "模板里不能有<meta>"),
        (written("<style>p { color: red; }</style>"), "模板里不能有<style>"),
        (written('<img alt="" src="file:///etc/hostname">'), "a document may not load file:///etc/hostname"),
        (written('<p style="background: url(https://a.example/x)">'), "a document may not load https://a.example/x"),
        (written(sheet="main { background: url(http://a.example/x) }"), "a document may not load http://a.example/x"),
        (written(sheet="@font-face { font-family: X; src: url(data:font/otf,x) }"), "不能使用@font-face"),
        (written(sheet='@\\69mport "data:text/css,";'), "不能使用@import"),
        (written(sheet="h1 { font-family: serif }"), "字体只有“Wuhao Serif”"),
        (written(sheet="h1 { colour: red }"), "Ignored `colour: red"),
        (written(sheet="p::after { content: '𠀀' }"), "证书字库画不出“𠀀”"),
        (written("<div class='more'>甲</div>", ".more { break-before: page }"), "占2页"),
        (written(without="{{ qr }}"), "没有画出：二维码"),
        (written(without="{{ seal }}"), "没有画出：印章"),
        (written(without="{{ number }}"), "没有画出：证书编号"),
        (written(sheet=".check { display: none }"), "没有画出：校验码"),
        (written(sheet=".check { visibility: hidden }"), "没有画出：有效期"),
        (written(sheet=".check { left: 400mm }"), "超出页面"),
        (written(sheet=".check svg { width: 9mm; height: 9mm }"), "二维码至少20毫米见方"),
        (written(sheet=".grant { top: 120mm }"), "重叠"),
        (written("甲" * 40_000), "不超过40000个字符"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_broken_design_is_refused_with_the_reason(source, reason):
    problems = problems_of_design(source, CERTIFICATE, Configuration())

    assert [problem for problem in problems if reason in problem] != [], problems


def test_a_copy_of_ours_is_accepted():
    found = [problems_of_design(source_of(key), purpose, Configuration()) for key, purpose in DESIGNS]

    assert found == [[], [], [], []]


def test_text_that_is_too_long_for_the_page_is_refused():
    chosen = Configuration(
        before="经评审公示" * 12, title="重庆市劳模创新工作室" * 6, after="为“{title}”" * 2
    )

    assert any("重叠" in problem for problem in problems_of_layout(chosen))


def test_a_picture_of_a_page_is_as_wide_as_asked(tmp_path):
    pdf = try_layout(Configuration(), CERTIFICATE, longest=False).pdf
    file = Path(tmp_path) / "page.png"
    file.write_bytes(picture_of(pdf, width=500))

    assert Image.open(file).size == (500, 354)
