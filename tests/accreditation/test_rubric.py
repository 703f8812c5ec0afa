"""The shipped rubric says what the domain says; a wrong one is refused with all that is wrong."""

import copy
from decimal import Decimal

import pytest
from django.utils.translation import override

from accreditation.rubric import InvalidRubric, Text, load, shipped


@pytest.fixture(autouse=True)
def _chinese():
    with override("zh-hans"):
        yield


@pytest.fixture
def document():
    return copy.deepcopy(shipped("2026-1"))


def problems_of(document) -> list[str]:
    with pytest.raises(InvalidRubric) as refused:
        load(document)
    return refused.value.problems


def indicator(document, code: str) -> dict:
    return next(one for good in document["goods"] for one in good["indicators"] if one["code"] == code)


def test_the_shipped_rubric_weighs_the_five_goods_as_the_domain_does(document):
    assert [(good.code, good.character, str(good.title), good.points) for good in load(document).goods] == [
        ("leader", "人", "选好领军人物", 20),
        ("team", "队", "配好创新团队", 15),
        ("functions", "职", "设好工作职能", 15),
        ("topics", "题", "定好创新课题", 30),
        ("mechanism", "制", "建好工作机制", 20),
    ]


def test_the_shipped_rubric_has_the_indicators_of_the_domain(document):
    assert {one.code: (one.points, one.computed is not None) for one in load(document).indicators} == {
        "leader.honour": (10, True),
        "leader.skill": (4, False),
        "leader.results": (4, False),
        "leader.in_service": (2, True),
        "team.size": (5, True),
        "team.mix": (5, False),
        "team.pairs": (5, False),
        "functions.written": (5, False),
        "functions.site": (5, False),
        "functions.trainings": (5, True),
        "topics.registered": (8, True),
        "topics.results": (10, True),
        "topics.patents": (6, False),
        "topics.benefit": (6, False),
        "mechanism.rules": (6, False),
        "mechanism.budget": (6, False),
        "mechanism.ledger": (4, False),
        "mechanism.plan": (4, False),
    }


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("leader.honour", [(1, 3, "lower"), (2, 6, "city"), (3, 8, "provincial"), (4, 10, "national")]),
        ("leader.in_service", [(1, 2, "")]),
        ("team.size", [(3, 3, ""), (5, 4, ""), (10, 5, "")]),
        ("functions.trainings", [(1, 2, ""), (2, 5, "")]),
        ("topics.registered", [(1, 8, "")]),
        ("topics.results", [(1, 3, ""), (2, 6, ""), (3, 10, "")]),
    ],
)
def test_the_shipped_rubric_scores_by_the_steps_of_the_domain(document, code, steps):
    computed = load(document).indicator(code).computed
    assert computed is not None
    assert [(step.at, step.points, step.name) for step in computed.steps] == steps


@pytest.mark.parametrize(("level", "line"), [("district", 60), ("city", 80), ("demonstration", 90)])
def test_each_level_has_its_total_line(document, level, line):
    assert load(document).total_line(level) == line


def test_every_good_must_reach_sixty_per_cent(document):
    rubric = load(document)
    assert {good.code: rubric.good_line(good) for good in rubric.goods} == {
        "leader": 12,
        "team": 9,
        "functions": 9,
        "topics": 18,
        "mechanism": 12,
    }


@pytest.mark.parametrize(
    ("level", "gates"),
    [
        (
            "district",
            [
                ("leader", "honour", "lower"),
                ("team", "team", 3),
                ("running", "running", 1),
                ("site", "site", None),
                ("funds", "funds", None),
                ("naming", "naming", "enterprise"),
            ],
        ),
        (
            "city",
            [
                ("leader", "honour", "city"),
                ("team", "team", 3),
                ("running", "running", 3),
                ("site", "site", None),
                ("funds", "funds", None),
                ("naming", "naming", "district"),
            ],
        ),
        (
            "demonstration",
            [
                ("leader", "honour", "provincial"),
                ("team", "team", 3),
                ("running", "running", 3),
                ("site", "site", None),
                ("funds", "funds", None),
                ("naming", "naming", "city"),
            ],
        ),
    ],
)
def test_each_level_has_its_six_gates(document, level, gates):
    found = load(document).gates_for(level)
    assert sorted((gate.code, gate.kind, gate.need) for gate in found) == sorted(gates)


def test_a_level_that_the_rubric_does_not_judge_has_no_gates(document):
    with pytest.raises(KeyError):
        load(document).gates_for("enterprise")


def test_judging_goes_by_halves_and_asks_for_a_comment_below_half(document):
    rubric = load(document)
    assert (rubric.mark_step, rubric.comment_percent, rubric.trim_from) == (Decimal("0.5"), 50, 5)


def test_an_indicator_is_found_by_its_code(document):
    assert str(load(document).indicator("team.size").title) == "团队规模"


def test_a_good_is_found_by_its_code(document):
    assert load(document).good("team").points == 15


def test_a_text_speaks_the_language_of_its_reader():
    text = Text("选好领军人物", "A good leader")
    with override("en"):
        assert text.local() == "A good leader"
    assert str(text) == "选好领军人物"


def test_the_hash_names_the_content_and_not_its_layout(document):
    before = load(document).sha256
    assert load(dict(reversed(document.items()))).sha256 == before
    document["title"]["zh"] = "另一个标准"
    assert load(document).sha256 != before


def set_points(document, code, points):
    indicator(document, code)["points"] = points


@pytest.mark.parametrize(
    ("spoil", "problems"),
    [
        (
            lambda d: set_points(d, "leader.skill", 5),
            ["leader：各指标合计21分，应为20分"],
        ),
        (
            lambda d: d["goods"][1].update(points=16),
            ["team：各指标合计15分，应为16分", "goods：五好合计101分，应为100分"],
        ),
        (
            lambda d: indicator(d, "team.mix").update(code="team.size"),
            ["team.size：指标代码重复"],
        ),
        (
            lambda d: indicator(d, "team.mix").update(code="mix"),
            ["mix：代码应以team.开头"],
        ),
        (
            lambda d: d["goods"].reverse(),
            ["goods：五好依次为leader 人、team 队、functions 职、topics 题、mechanism 制"],
        ),
        (
            lambda d: indicator(d, "team.size")["computed"]["steps"].reverse(),
            ["team.size：各档须由低到高", "team.size：各档须由低到高", "team.size：最高一档须等于满分5分"],
        ),
        (
            lambda d: indicator(d, "team.size")["computed"]["steps"][-1].update(points=6),
            ["team.size：最高一档须等于满分5分"],
        ),
        (
            lambda d: indicator(d, "topics.registered")["computed"]["steps"][0].update(at=0),
            ["topics.registered：第一档须大于零"],
        ),
        (
            lambda d: indicator(d, "topics.registered")["computed"].update(years=0),
            ["topics.registered：至少看1年"],
        ),
        (
            lambda d: d["pass_lines"].update(good_percent=101),
            ["pass_lines.good_percent：及格线须在0与100之间"],
        ),
        (
            lambda d: d["pass_lines"]["total"].update(city=120),
            ["pass_lines.total.city：及格线须在0与100之间"],
        ),
        (
            lambda d: d["judging"].update(mark_step="0", comment_below_percent=101, trim_from_cards=2),
            [
                "judging.mark_step：评分间隔须大于零",
                "judging.comment_below_percent：须在0与100之间",
                "judging.trim_from_cards：去掉最高分和最低分至少要有3张评分卡",
            ],
        ),
        (
            lambda d: d["gates"].append(copy.deepcopy(d["gates"][0])),
            ["gates：级别city有2个leader"],
        ),
        (
            lambda d: d["gates"][0].update(levels=["national"]),
            ["gates：leader的级别national没有总分及格线"],
        ),
        (
            lambda d: d["requirements"]["evidence"][0].update(good="luck"),
            ["requirements.evidence：luck没有附件honour"],
        ),
        (
            lambda d: d["requirements"]["evidence"][0].update(any_of=["honour", "letter"]),
            ["requirements.evidence：leader没有附件letter"],
        ),
    ],
)
def test_a_rubric_whose_parts_do_not_agree_is_refused(document, spoil, problems):
    spoil(document)
    assert problems_of(document) == problems


@pytest.mark.parametrize(
    ("spoil", "problems"),
    [
        (lambda d: d.update(schema=2), ["schema：只认得第1式的文档"]),
        (lambda d: d.update(remarks=""), ["remarks：没有这个键"]),
        (lambda d: d.pop("title"), ["title：缺少这一部分"]),
        (lambda d: d["title"].pop("en"), ["title.en：填写文字"]),
        (lambda d: d["judging"].update(mark_step=0.5), ["judging.mark_step：填写不小于零的数字，小数加引号"]),
        (
            lambda d: d["judging"].update(mark_step="半"),
            ["judging.mark_step：填写不小于零的数字，小数加引号"],
        ),
        (lambda d: d["judging"].update(trim_from_cards="5.5"), ["judging.trim_from_cards：填写整数"]),
        (
            lambda d: d["requirements"].update(studio_suffixes="工作室"),
            ["requirements.studio_suffixes：填写文字的列表"],
        ),
        (lambda d: d["gates"][0].update(kind="luck"), ["gates[0].kind：没有这种条件：luck"]),
        (
            lambda d: d["gates"][0].update(need="town"),
            ["gates[0].need：应为其中之一：lower、city、provincial、national"],
        ),
        (
            lambda d: d["goods"][1]["indicators"][0]["computed"].update(rule="luck"),
            ["goods[1].indicators[0].computed.rule：没有这条规则：luck"],
        ),
        (
            lambda d: d["goods"][1]["indicators"][0]["computed"].update(years=3),
            ["goods[1].indicators[0].computed.years：这条规则不分年份"],
        ),
        (
            lambda d: d["goods"][0]["indicators"][0]["computed"]["steps"][0].update(at="town"),
            [
                "goods[0].indicators[0].computed.steps[0].at：应为其中之一：lower、city、provincial、national",
            ],
        ),
        (lambda d: d.update(goods=[]), ["goods：填写至少一项"]),
        (lambda d: d["gates"][0].update(levels=[]), ["gates[0].levels：填写文字的列表"]),
        (lambda d: d["pass_lines"].update(good=60), ["pass_lines.good：没有这个键"]),
        (lambda d: d["judging"].update(quorum=3), ["judging.quorum：没有这个键"]),
    ],
)
def test_a_rubric_that_cannot_be_read_is_refused_with_the_place(document, spoil, problems):
    spoil(document)
    assert problems_of(document) == problems


def test_all_problems_are_told_at_once(document):
    document["title"]["en"] = ""
    document["gates"][0]["kind"] = "luck"
    assert problems_of(document) == ["title.en：填写文字", "gates[0].kind：没有这种条件：luck"]


def test_something_that_is_no_rubric_at_all_is_refused():
    assert problems_of({}) == [
        "schema：只认得第1式的文档",
        "pass_lines：缺少这一部分",
        "judging：缺少这一部分",
        "version：填写文字",
        "title：缺少这一部分",
        "notes：缺少这一部分",
        "requirements：缺少这一部分",
        "gates：填写至少一项",
        "goods：填写至少一项",
    ]
