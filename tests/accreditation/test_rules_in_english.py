"""The rules speak English to a reader of English (needs the compiled catalogue locale/en)."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from accreditation.completeness import missing
from accreditation.figures import parse
from accreditation.rubric import load, shipped
from accreditation.scoring import check_gates, computed_marks, panel_result, total, validate_card
from tests.accreditation.documents import changed, complete, members

RUBRIC = load(shipped("2026-1"))


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("written", "unit", "shown"),
    [
        ("60余", "万元", "over 600,000 yuan"),
        ("近3000", "项", "nearly 3,000"),
        ("超过500", "人", "more than 500 people"),
        ("1300多", "项", "1,300-odd"),
        ("上千", "万元", "upwards of 10,000,000 yuan"),
        ("1995.75", "㎡", "1,995.75 m²"),
    ],
)
def test_a_figure_is_said_in_english(written, unit, shown):
    assert parse(written).display(unit) == shown


def test_a_mark_shows_its_working_in_english():
    mark = computed_marks(RUBRIC, complete())["team.size"]
    assert (mark.working, mark.to_earn) == (
        "5 members → 4 points; 10 members or more → 5 points",
        "5 more members would earn 5 points",
    )


def test_a_gate_says_why_in_english():
    working = [result.working for result in check_gates(RUBRIC, complete(), on=date(2026, 8, 17))]
    assert working[2] == "Founded May 2010, 16 full years"


def test_what_is_missing_is_told_in_english():
    application = changed("team.members", members(1))
    assert [entry.message for entry in missing(RUBRIC, application)] == [
        "A good team: At least 3 members beside the leader, 1 now"
    ]


def test_a_card_and_a_panel_speak_english():
    problems = validate_card(
        RUBRIC, {one.code: one.points for one in RUBRIC.judged} | {"team.pairs": Decimal(2)}, {}
    )
    assert [problem.message for problem in problems] == [
        "“Masters and apprentices” is below 2.5: write a comment"
    ]
    assert panel_result(RUBRIC, [total(RUBRIC, complete(), {})]).reasons("city") == [
        "Total 39.00, below the line of 80",
        "A good team 4, below the line of 9",
        "Good functions 5, below the line of 9",
        "A good working mechanism 0, below the line of 12",
    ]
