"""What the fonts can draw."""

import pytest
from django.core.exceptions import ValidationError
from fontTools.ttLib import TTFont

from certificates.forms import validate_drawable
from certificates.glyphs import BOLD, FAMILY, FONTS, REGULAR, missing_characters

LISTED = {int(line, 16) for line in (FONTS / "codepoints.txt").read_text().split()}


@pytest.mark.parametrize("font", [REGULAR, BOLD], ids=["regular", "bold"])
def test_a_font_draws_exactly_the_committed_list(font):
    assert set(TTFont(font).getBestCmap()) == LISTED


@pytest.mark.parametrize(("font", "weight"), [(REGULAR, 400), (BOLD, 700)], ids=["regular", "bold"])
def test_a_font_has_our_family_name_and_keeps_its_licence(font, weight):
    opened = TTFont(font)

    assert opened["name"].getDebugName(1) == FAMILY
    assert opened["OS/2"].usWeightClass == weight
    assert opened["name"].getDebugName(14) == "http://scripts.sil.org/OFL"


def test_the_list_holds_all_of_gb_2312():
    cells = (bytes((row, cell)) for row in range(0xA1, 0xFF) for cell in range(0xA1, 0xFF))
    wanted = {ord(text) for cell in cells if (text := cell.decode("gb2312", errors="ignore"))}

    assert wanted - LISTED == set()


@pytest.mark.parametrize("character", "㛃𬭎䶮鿍鿎鿏㑇𫵷𬺓")
def test_rare_characters_of_the_national_list_are_drawable(character):
    assert missing_characters(character) == ""


def test_missing_characters_are_told_once_in_order_of_appearance():
    assert missing_characters("王𠀀龘金𠀁𠀀山") == "𠀀龘𠀁"


def test_a_name_with_punctuation_and_latin_is_drawable():
    assert missing_characters("“劳模”创新工作室（A·B）——第0001号〔2026〕…") == ""


def test_a_name_that_cannot_be_drawn_is_refused_when_typed():
    with pytest.raises(ValidationError) as refusal:
        validate_drawable("王𠀀劳模创新工作室")

    assert refusal.value.messages == ["证书字库里没有“𠀀”，改用通用规范汉字，或者联系市总工会"]


def test_a_name_that_can_be_drawn_is_accepted():
    assert validate_drawable("㛃𬭎䶮劳模创新工作室") is None
