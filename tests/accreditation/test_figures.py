"""Figures keep number and qualifier apart, read what people write, and count what is sure."""

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from accreditation.figures import QUALIFIERS, Figure, parse, plain, total


@pytest.fixture(autouse=True, scope="module")
def _chinese():
    with override("zh-hans"):
        yield


def figure(number: str, qualifier: str = "") -> Figure:
    return Figure(Decimal(number), qualifier)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2264", figure("2264")),
        ("1995.75", figure("1995.75")),
        ("60余", figure("60", "余")),
        ("280余", figure("280", "余")),
        ("近3000", figure("3000", "近")),
        ("超过500", figure("500", "超过")),
        ("1300多", figure("1300", "多")),
        ("上1000", figure("1000", "上")),
        ("上千", figure("1000", "上")),
        ("上百万", figure("1000000", "上")),
        ("上百亿", figure("10000000000", "上")),
        ("33万余", figure("330000", "余")),
        ("10多万", figure("100000", "多")),
        ("30万", figure("300000")),
        (" 2,264 ", figure("2264")),
        ("１２", figure("12")),
        ("0", figure("0")),
    ],
)
def test_what_people_write_is_read_as_number_and_qualifier(written, expected):
    assert parse(written) == expected


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("60余万元", "万元", figure("60", "余")),
        ("上千万元", "万元", figure("1000", "上")),
        ("2264万元", "万元", figure("2264")),
        ("1995.75㎡", "㎡", figure("1995.75")),
        ("33万余人次", "人次", figure("330000", "余")),
    ],
)
def test_the_unit_may_stand_at_the_end(written, unit, expected):
    assert parse(written, unit) == expected


@pytest.mark.parametrize(
    "written", ["", "余", "近", "上", "千", "约60", "近60余", "超过60多", "60余多", "-3", "六十", "1e3"]
)
def test_what_is_no_figure_is_refused_with_what_to_write(written):
    with pytest.raises(ValueError, match="填写数字，约数写作60余、近3000、超过500、1300多或上千"):
        parse(written)


def test_a_figure_in_wan_yuan_does_not_take_wan_twice():
    with pytest.raises(ValueError, match="以万元为单位填写，如60余"):
        parse("60余万", "万元")


@pytest.mark.parametrize(
    ("number", "qualifier", "message"),
    [("-1", "", "填写不小于零的数字"), ("NaN", "", "填写不小于零的数字"), ("1", "约", "没有“约”这个修饰词")],
)
def test_an_impossible_figure_cannot_be_made(number, qualifier, message):
    with pytest.raises(ValueError, match=message):
        figure(number, qualifier)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (figure("60", "余"), "万元", "60余万元"),
        (figure("3000", "近"), "项", "近3000项"),
        (figure("1000", "上"), "万元", "上千万元"),
        (figure("1000000", "上"), "万元", "上百亿元"),
        (figure("10000", "上"), "万元", "上亿元"),
        (figure("1500", "上"), "项", "上1500项"),
        (figure("500", "超过"), "人", "超过500人"),
        (figure("1300", "多"), "项", "1300多项"),
        (figure("330000", "余"), "人次", "33万余人次"),
        (figure("20000", "余"), "万元", "2亿余元"),
        (figure("330000"), "人次", "330000人次"),
        (figure("1995.750"), "㎡", "1995.75㎡"),
        (figure("2264"), "万元", "2264万元"),
        (figure("28"), "", "28"),
    ],
)
def test_a_figure_is_shown_in_the_words_of_the_field(value, unit, shown):
    assert value.display(unit) == shown


def test_a_figure_as_text_is_its_display():
    assert str(figure("60", "余")) == "60余"


@pytest.mark.parametrize(
    ("value", "sure"),
    [
        (figure("28"), "28"),
        (figure("10", "余"), "10"),
        (figure("10", "多"), "10"),
        (figure("10", "超过"), "10"),
        (figure("10", "上"), "10"),
        (figure("10", "近"), "9"),
        (figure("3", "近"), "2"),
        (figure("3000", "近"), "2700"),
        (figure("0.5", "近"), "0.45"),
    ],
)
def test_scoring_counts_what_a_figure_is_sure_to_reach(value, sure):
    assert value.at_least == Decimal(sure)


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ([], figure("0")),
        ([figure("8"), figure("16"), figure("32")], figure("56")),
        ([figure("1000", "上")], figure("1000", "上")),
        ([figure("60", "余"), figure("30")], figure("90", "余")),
        ([figure("3000", "近"), figure("10")], figure("3010", "近")),
        ([figure("1000", "上"), figure("2264")], figure("3264", "超过")),
        ([figure("60", "余"), figure("1300", "多")], figure("1360", "超过")),
        ([figure("3000", "近"), figure("60", "余")], figure("2760", "超过")),
    ],
)
def test_a_sum_says_no_more_than_is_sure(added, expected):
    assert total(added) == expected


@pytest.mark.parametrize("qualifier", [code for code, _label in QUALIFIERS])
def test_a_figure_survives_the_canonical_document(qualifier):
    value = figure("28.50", qualifier)
    assert value.to_json() == {"number": "28.5", "qualifier": qualifier}
    assert Figure.from_json(value.to_json()) == value


@given(
    number=st.decimals(min_value=0, max_value=10**9, places=2).map(lambda number: number.normalize()),
    qualifier=st.sampled_from([code for code, _label in QUALIFIERS]),
    unit=st.sampled_from(["", "项", "人次", "㎡"]),
)
def test_what_is_shown_is_read_back_as_the_same_figure(number, qualifier, unit):
    assert parse(Figure(number, qualifier).display(unit), unit) == Figure(number, qualifier)


def test_no_figure_stays_none():
    assert Figure.from_json(None) is None


def test_a_number_that_is_none_is_refused():
    with pytest.raises(ValueError, match="“许多”不是数字"):
        Figure.from_json({"number": "许多", "qualifier": ""})


@pytest.mark.parametrize(
    ("number", "shown"), [("28.00", "28"), ("2000", "2000"), ("1E+3", "1000"), ("0.50", "0.5")]
)
def test_a_plain_number_has_no_idle_zeros(number, shown):
    assert plain(Decimal(number)) == shown
