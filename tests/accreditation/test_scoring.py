"""Gates, computed marks with their working, cards and the panel's result, by table."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from accreditation.rubric import Rubric, load, shipped
from accreditation.scoring import (
    CardProblem,
    CardTotal,
    GoodTotal,
    check_gates,
    computed_marks,
    needs_comment,
    panel_result,
    self_assess,
    total,
    validate_card,
)
from tests.accreditation.documents import changed, complete, draft, members

RUBRIC = load(shipped("2026-1"))
ON = date(2026, 8, 17)
FULL = {one.code: one.points for one in RUBRIC.judged}
HALF = {one.code: one.points / 2 for one in RUBRIC.judged}


@pytest.fixture(autouse=True)
def _chinese():
    with override("zh-hans"):
        yield


def gate(document, code: str) -> tuple[bool, str]:
    results = {result.gate.code: result for result in check_gates(RUBRIC, document, on=ON)}
    return results[code].passed, results[code].working


def mark(document, code: str) -> tuple[Decimal, str, str]:
    found = computed_marks(RUBRIC, document)[code]
    return found.points, found.working, found.to_earn


def figure(number: str, qualifier: str = "") -> dict[str, str]:
    return {"number": number, "qualifier": qualifier}


# Gates


def test_a_complete_application_passes_every_gate_and_shows_why():
    assert [(str(r.gate.text), r.passed, r.working) for r in check_gates(RUBRIC, complete(), on=ON)] == [
        ("领军人物一名，市级以上劳模或工匠", True, "张毅，全国劳动模范（国家级）"),
        ("领军人物之外成员不少于3人，非整建制班组", True, "5人，非整建制班组"),
        ("运行满3年", True, "2010年5月成立，已满16年"),
        ("固定场所", True, "南岸区，300㎡"),
        ("固定经费", True, "每年15万元，公司与工会"),
        ("已获下一级命名", True, "区县、产业或集团级，2019年"),
    ]


def test_an_empty_draft_fails_every_gate_and_says_what_is_not_there():
    assert [(r.gate.code, r.passed, r.working) for r in check_gates(RUBRIC, draft(), on=ON)] == [
        ("leader", False, "没有填写领军人物"),
        ("team", False, "0人，至少3人"),
        ("running", False, "没有填写成立时间"),
        ("site", False, "没有填写地址"),
        ("funds", False, "没有填写年度经费"),
        ("naming", False, "没有填写历次命名，须有区县、产业或集团级命名"),
    ]


@pytest.mark.parametrize(
    ("honours", "expected"),
    [
        ([], (False, "张毅，没有填写荣誉")),
        ([{"level": "lower", "title": "区劳动模范"}], (False, "张毅，区劳动模范（市级以下），须市级以上")),
        ([{"level": "city", "title": ""}], (True, "张毅，市级")),
        ([{"level": "provincial", "title": "省劳动模范"}], (True, "张毅，省劳动模范（省部级）")),
        ([{"level": "unheard", "title": "先进"}], (False, "张毅，没有填写荣誉")),
    ],
)
def test_the_leader_of_a_city_studio_is_honoured_at_city_level_or_above(honours, expected):
    assert gate(changed("leader.honours", honours), "leader") == expected


@pytest.mark.parametrize(
    ("level", "honour", "passed"),
    [("district", "lower", True), ("demonstration", "city", False), ("demonstration", "provincial", True)],
)
def test_other_levels_ask_for_other_honours(level, honour, passed):
    document = changed("leader.honours", [{"level": honour, "title": "劳动模范"}])
    document["level"] = level
    assert gate(document, "leader")[0] is passed


@pytest.mark.parametrize(
    ("number", "not_one_crew", "expected"),
    [
        (2, True, (False, "2人，至少3人")),
        (3, True, (True, "3人，非整建制班组")),
        (3, False, (False, "3人，没有声明不是整建制的研发部门或班组")),
    ],
)
def test_the_team_has_three_members_and_is_not_one_crew(number, not_one_crew, expected):
    document = changed("team", {"not_one_crew": not_one_crew, "members": members(number), "pairs": []})
    assert gate(document, "team") == expected


@pytest.mark.parametrize(
    ("founded", "expected"),
    [
        ("2023-08-17", (True, "2023年8月17日成立，已满3年")),
        ("2023-08-18", (False, "2023年8月18日成立，满2年，须满3年")),
        ("2023-07", (True, "2023年7月成立，已满3年")),
        ("2023-08", (False, "2023年8月成立，满2年，须满3年")),
        ("2022", (True, "2022年成立，已满3年")),
        ("2023", (False, "2023年成立，满2年，须满3年")),
        ("2030", (False, "2030年成立，满0年，须满3年")),
        ("2023-13", (False, "没有填写成立时间")),
        ("去年", (False, "没有填写成立时间")),
    ],
)
def test_a_studio_runs_for_three_years_from_the_last_day_its_date_can_mean(founded, expected):
    assert gate(changed("studio.founded", founded), "running") == expected


@pytest.mark.parametrize(
    ("field", "value", "code", "expected"),
    [
        ("studio.area", None, "site", (False, "南岸区，没有填写面积")),
        ("studio.area", figure("0"), "site", (False, "南岸区，没有填写面积")),
        ("studio.area", figure("1995.75"), "site", (True, "南岸区，1995.75㎡")),
        ("studio.budget", figure("0"), "funds", (False, "没有填写年度经费")),
        ("studio.budget_sources", "", "funds", (True, "每年15万元")),
        ("namings", [{"level": "national", "date": ""}], "naming", (True, "国家级")),
        (
            "namings",
            [{"level": "enterprise", "date": "2012-03-01"}],
            "naming",
            (False, "单位级，2012年3月1日，须有区县、产业或集团级命名"),
        ),
    ],
)
def test_site_funds_and_naming_are_read_from_the_form(field, value, code, expected):
    assert gate(changed(field, value), code) == expected


# Computed marks


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, (0, "0人，计0分；满3人计3分", "再有3名成员可得3分")),
        (1, (0, "1人，计0分；满3人计3分", "再有2名成员可得3分")),
        (3, (3, "3人，计3分；满5人计4分", "再有2名成员可得4分")),
        (4, (3, "4人，计3分；满5人计4分", "再有1名成员可得4分")),
        (5, (4, "5人，计4分；满10人计5分", "再有5名成员可得5分")),
        (9, (4, "9人，计4分；满10人计5分", "再有1名成员可得5分")),
        (10, (5, "10人，计5分", "")),
        (12, (5, "12人，计5分", "")),
    ],
)
def test_the_size_of_the_team_earns_points_by_steps(number, expected):
    assert mark(changed("team.members", members(number)), "team.size") == expected


def test_a_member_without_a_name_is_not_counted():
    assert mark(changed("team.members", [*members(4), {"name": " ", "trade": "电工"}]), "team.size")[0] == 3


@pytest.mark.parametrize(
    ("honours", "expected"),
    [
        ([], (0, "没有填写荣誉，计0分；市级以下荣誉计3分", "市级以下荣誉可得3分")),
        (
            [{"level": "lower", "title": "区劳动模范"}],
            (3, "区劳动模范（市级以下），计3分；市级荣誉计6分", "市级荣誉可得6分"),
        ),
        ([{"level": "city", "title": ""}], (6, "市级，计6分；省部级荣誉计8分", "省部级荣誉可得8分")),
        (
            [{"level": "provincial", "title": "省劳动模范"}],
            (8, "省劳动模范（省部级），计8分；国家级荣誉计10分", "国家级荣誉可得10分"),
        ),
        (
            [{"level": "lower", "title": "区劳动模范"}, {"level": "national", "title": "全国劳动模范"}],
            (10, "全国劳动模范（国家级），计10分", ""),
        ),
    ],
)
def test_the_highest_honour_counts(honours, expected):
    assert mark(changed("leader.honours", honours), "leader.honour") == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (True, (2, "在职，计2分", "")),
        (False, (0, "不在职，计0分；在职计2分", "在职可得2分")),
        (None, (0, "没有填写是否在职，计0分；在职计2分", "在职可得2分")),
    ],
)
def test_a_leader_in_service_earns_two_points(answer, expected):
    assert mark(changed("leader.in_service", answer), "leader.in_service") == expected


@pytest.mark.parametrize(
    ("trainings", "expected"),
    [
        ([], (0, "2024年至2026年没有培训或交流，计0分；满1次计2分", "同一年再有1次培训或交流可得2分")),
        (
            [{"name": "讲座", "year": 2023, "count": figure("9")}],
            (0, "2024年至2026年没有培训或交流，计0分；满1次计2分", "同一年再有1次培训或交流可得2分"),
        ),
        (
            [{"name": "讲座", "year": 2024, "count": None}, {"name": "沙龙", "year": 2025, "count": None}],
            (2, "2025年1次，计2分；满2次计5分", "同一年再有1次培训或交流可得5分"),
        ),
        (
            [
                {"name": "讲座", "year": 2024, "count": figure("51")},
                {"name": "沙龙", "year": 2026, "count": figure("8")},
            ],
            (5, "2024年51次，计5分", ""),
        ),
        (
            [
                {"name": "讲座", "year": None, "count": figure("51")},
                {"name": "沙龙", "year": 2026, "count": None},
            ],
            (2, "2026年1次，计2分；满2次计5分；另有51次没有写年份，不计", "同一年再有1次培训或交流可得5分"),
        ),
        (
            [{"name": "讲座", "year": 2025, "count": figure("2", "近")}],
            (2, "2025年近2次，按1次计，计2分；满2次计5分", "同一年再有1次培训或交流可得5分"),
        ),
    ],
)
def test_trainings_count_in_the_best_of_three_years(trainings, expected):
    assert mark(changed("functions.trainings", trainings), "functions.trainings") == expected


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        ([], (0, "2025年至2026年立项0项，计0分；满1项计8分", "再立项1项可得8分")),
        (
            [{"title": "甲", "registered": "2024-12"}],
            (0, "2025年至2026年立项0项，计0分；满1项计8分", "再立项1项可得8分"),
        ),
        ([{"title": "甲", "registered": "2025"}], (8, "2025年至2026年立项1项，计8分", "")),
        (
            [
                {"title": "甲", "registered": "2026-01-05", "count": figure("3")},
                {"title": "乙", "registered": "2025-03"},
            ],
            (8, "2025年至2026年立项4项，计8分", ""),
        ),
        (
            [{"title": "甲", "registered": ""}],
            (0, "2025年至2026年立项0项，计0分；满1项计8分；另有1项没有写年份，不计", "再立项1项可得8分"),
        ),
    ],
)
def test_a_topic_registered_this_year_or_last_earns_eight_points(topics, expected):
    assert mark(changed("topics.topics", topics), "topics.registered") == expected


@pytest.mark.parametrize(
    ("topics", "awards", "expected"),
    [
        ([], [], (0, "完成课题0项、获奖0项，共0项，计0分；满1项计3分", "再有1项成果可得3分")),
        (
            [{"title": "甲", "status": "open"}],
            [{"title": "QC成果奖"}],
            (3, "完成课题0项、获奖1项，共1项，计3分；满2项计6分", "再有1项成果可得6分"),
        ),
        (
            [{"title": "甲", "status": "done"}],
            [{"title": "QC成果奖"}],
            (6, "完成课题1项、获奖1项，共2项，计6分；满3项计10分", "再有1项成果可得10分"),
        ),
        (
            [{"title": "创新项目", "status": "done", "count": figure("15")}],
            [],
            (10, "完成课题15项、获奖0项，共15项，计10分", ""),
        ),
        (
            [],
            [{"title": "QC成果", "count": figure("10", "余")}],
            (10, "完成课题0项、获奖10余项，共10余项，按10项计，计10分", ""),
        ),
        (
            [],
            [{"title": "QC成果", "count": figure("3", "近")}],
            (6, "完成课题0项、获奖近3项，共近3项，按2项计，计6分；满3项计10分", "再有1项成果可得10分"),
        ),
    ],
)
def test_finished_topics_and_awards_are_results(topics, awards, expected):
    document = changed("topics.topics", topics)
    document["topics"]["awards"] = awards
    assert mark(document, "topics.results") == expected


def test_years_count_back_from_the_cycle_and_not_from_today():
    document = complete()
    document["cycle"] = "2031-city"
    assert mark(document, "topics.registered")[1] == "2030年至2031年立项0项，计0分；满1项计8分"


def test_a_cycle_without_a_year_is_refused():
    with pytest.raises(ValueError, match="the cycle 'first' names no year"):
        computed_marks(RUBRIC, changed("cycle", "first"))


def test_an_empty_draft_earns_nothing_and_breaks_nothing():
    assert {code: found.points for code, found in computed_marks(RUBRIC, draft()).items()} == {
        "leader.honour": 0,
        "leader.in_service": 0,
        "team.size": 0,
        "functions.trainings": 0,
        "topics.registered": 0,
        "topics.results": 0,
    }


def test_a_document_with_parts_not_there_is_read_as_empty():
    assert computed_marks(RUBRIC, {"cycle": "2026"})["team.size"].points == 0


# Self-assessment


def test_the_self_assessment_adds_up_what_the_form_earns_good_by_good():
    assessment = self_assess(RUBRIC, complete(), on=ON)
    assert [(entry.good.code, entry.earned, entry.computable) for entry in assessment.goods] == [
        ("leader", 12, 12),
        ("team", 4, 5),
        ("functions", 5, 5),
        ("topics", 18, 18),
        ("mechanism", 0, 0),
    ]
    assert (assessment.earned, assessment.computable, assessment.gates_passed) == (39, 40, True)


def test_the_self_assessment_names_what_reviewers_will_judge():
    leader = self_assess(RUBRIC, complete(), on=ON).goods[0]
    assert [(str(entry.indicator.title), entry.note) for entry in leader.judged] == [
        ("技能等级或职称", "由评审专家评定，至多4分"),
        ("本人成果", "由评审专家评定，至多4分"),
    ]


def test_a_failing_gate_shows_in_the_self_assessment():
    assert self_assess(RUBRIC, changed("namings", []), on=ON).gates_passed is False


# Cards


def test_a_card_adds_computed_and_judged_marks_good_by_good():
    card = total(RUBRIC, complete(), HALF)
    assert [(entry.good.code, entry.points, entry.line, entry.reached) for entry in card.goods] == [
        ("leader", 16, 12, True),
        ("team", 9, 9, True),
        ("functions", 10, 9, True),
        ("topics", 24, 18, True),
        ("mechanism", 10, 12, False),
    ]
    assert (card.total, card.complete) == (69, True)
    assert [good.character for good in card.below_line] == ["制"]


def test_a_card_in_progress_counts_what_is_there():
    card = total(RUBRIC, complete(), {"leader.skill": Decimal("3.5"), "leader.results": None})
    assert (card.good("leader").points, card.total, card.complete) == (
        Decimal("15.5"),
        Decimal("42.5"),
        False,
    )


def test_a_computed_mark_cannot_be_overruled_by_a_card():
    assert total(RUBRIC, complete(), {**FULL, "team.size": Decimal(0)}).total == 99


def test_a_full_card_is_ready():
    assert validate_card(RUBRIC, FULL, {}) == []


def test_a_card_of_halves_needs_no_comment():
    assert validate_card(RUBRIC, HALF, {}) == []


def test_an_empty_card_lists_every_mark_to_give():
    assert [problem.code for problem in validate_card(RUBRIC, {}, {})] == [one.code for one in RUBRIC.judged]


@pytest.mark.parametrize(
    ("points", "comment", "message"),
    [
        (None, "", "评定“师带徒”，0至5分"),
        (Decimal("-0.5"), "", "“师带徒”须在0至5分之间"),
        (Decimal("5.5"), "", "“师带徒”须在0至5分之间"),
        (Decimal("NaN"), "", "“师带徒”须在0至5分之间"),
        (Decimal("3.25"), "", "“师带徒”以0.5分为一档"),
        (Decimal("2"), "", "“师带徒”低于2.5分，写明评语"),
        (Decimal("2"), "  ", "“师带徒”低于2.5分，写明评语"),
        (Decimal("0"), "", "“师带徒”低于2.5分，写明评语"),
    ],
)
def test_a_mark_that_cannot_stand_is_named(points, comment, message):
    problems = validate_card(RUBRIC, {**FULL, "team.pairs": points}, {"team.pairs": comment})
    assert problems == [CardProblem("team.pairs", message)]


def test_a_low_mark_with_a_comment_stands():
    assert validate_card(RUBRIC, {**FULL, "team.pairs": Decimal(0)}, {"team.pairs": "没有协议"}) == []


def test_a_mark_for_what_is_not_judged_is_refused():
    assert validate_card(RUBRIC, {**FULL, "team.size": Decimal(5)}, {}) == [
        CardProblem("team.size", "这一项不由评审人评定")
    ]


@pytest.mark.parametrize(("points", "needed"), [("2.5", False), ("2", True), ("0", True), ("5", False)])
def test_a_comment_is_needed_below_half(points, needed):
    assert needs_comment(RUBRIC, "team.pairs", Decimal(points)) is needed


# The panel


def card(*points: str, rubric: Rubric = RUBRIC) -> CardTotal:
    goods = zip(rubric.goods, points, strict=True)
    return CardTotal(
        tuple(GoodTotal(good, Decimal(p), rubric.good_line(good)) for good, p in goods), complete=True
    )


def simple(total_points: str) -> CardTotal:
    """A card of that total which loses all its points in topics."""
    return card("20", "15", "15", str(Decimal(total_points) - 70), "20")


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        (["80"], ("80.00", False, "0")),
        (["80", "90"], ("85.00", False, "10")),
        (["70", "80", "90"], ("80.00", False, "20")),
        (["70", "80", "90", "100"], ("85.00", False, "30")),
        (["70", "80", "81", "85", "100"], ("82.00", True, "30")),
        (["100", "81", "70", "85", "80"], ("82.00", True, "30")),
        (["70", "80", "80.5", "81", "90", "100"], ("82.88", True, "30")),
        (["80", "80", "81"], ("80.33", False, "1")),
        (["80.5", "80", "80", "80"], ("80.13", False, "0.5")),
    ],
)
def test_the_panel_gives_the_mean_and_from_five_cards_on_the_trimmed_mean(totals, expected):
    result = panel_result(RUBRIC, [simple(points) for points in totals])
    assert (str(result.total), result.trimmed, str(result.spread)) == expected
    assert result.cards == len(totals)


def test_the_means_of_the_goods_are_those_of_the_cards_that_count():
    cards = [
        card("10", "9", "9", "18", "12"),
        card("15", "11", "12", "24", "16"),
        card("16", "12", "12", "25", "17"),
        card("16", "12.5", "12", "26", "17"),
        card("20", "15", "15", "30", "20"),
    ]
    result = panel_result(RUBRIC, cards)
    assert [str(entry.points) for entry in result.goods] == ["15.67", "11.83", "12.00", "25.00", "16.67"]


def test_equal_totals_are_trimmed_alike_in_whatever_order_the_cards_came():
    cards = [
        card("20", "15", "15", "20", "10"),
        card("10", "15", "15", "30", "10"),
        card("15", "15", "15", "25", "10"),
        card("12", "15", "15", "28", "10"),
        card("18", "15", "15", "22", "10"),
    ]
    assert panel_result(RUBRIC, cards) == panel_result(RUBRIC, cards[::-1])


def test_a_panel_without_cards_has_no_result():
    with pytest.raises(ValueError, match="a panel result needs at least one card"):
        panel_result(RUBRIC, [])


@pytest.mark.parametrize(
    ("points", "level", "reasons"),
    [
        (("18", "13", "13", "26", "16"), "city", []),
        (("18", "13", "13", "26", "16"), "demonstration", ["总分86.00，未达90分"]),
        (("18", "12", "12", "22.5", "14"), "city", ["总分78.50，未达80分"]),
        (("18", "13", "8.5", "26", "16"), "city", ["职8.5，未达9分"]),
        (("12", "9", "9", "18", "11.5"), "district", ["总分59.50，未达60分", "制11.5，未达12分"]),
        (("12", "9", "9", "18", "12"), "district", []),
    ],
)
def test_a_panel_result_passes_or_says_which_lines_it_misses(points, level, reasons):
    result = panel_result(RUBRIC, [card(*points)])
    assert (result.passes(level), result.reasons(level)) == (not reasons, reasons)


def test_the_published_hundredths_are_held_against_the_line():
    cards = [card("16", "12", "12", "24", points) for points in ("16", "16", "16", "15.98")]
    result = panel_result(RUBRIC, cards)
    assert (str(result.total), result.passes("city")) == ("80.00", True)
