"""What can be wrong with a rubric whose every piece can be read: sums, order, doubles, lines out of range."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from accreditation.evidence_kinds import EVIDENCE_KINDS
from accreditation.rubric_types import CHARACTERS, RULES_OVER_YEARS, Computed, Indicator, Rubric

FULL_MARKS = Decimal(100)


def problems_of(rubric: Rubric) -> Iterator[str]:
    """Every problem of the rubric, in words."""
    yield from _problems_of_lines(rubric)
    yield from _problems_of_gates(rubric)
    yield from _problems_of_goods(rubric)
    yield from _problems_of_evidence(rubric)
    for indicator in rubric.indicators:
        if indicator.computed:
            yield from _problems_of_steps(indicator, indicator.computed)


def _problems_of_lines(rubric: Rubric) -> Iterator[str]:
    lines = {"good_percent": rubric.good_percent, **{f"total.{k}": v for k, v in rubric.total_lines.items()}}
    for key, line in lines.items():
        if not 0 <= line <= FULL_MARKS:
            yield _("pass_lines.%(key)s：及格线须在0与100之间") % {"key": key}
    if not rubric.total_lines:
        yield _("pass_lines.total：填写至少一个级别的总分及格线")
    if rubric.mark_step == 0:
        yield _("judging.mark_step：评分间隔须大于零")
    if rubric.comment_percent > FULL_MARKS:
        yield _("judging.comment_below_percent：须在0与100之间")
    if rubric.trim_from < 3:
        yield _("judging.trim_from_cards：去掉最高分和最低分至少要有3张评分卡")


def _problems_of_gates(rubric: Rubric) -> Iterator[str]:
    pairs = Counter((gate.code, level) for gate in rubric.gates for level in gate.levels)
    for (code, level), times in pairs.items():
        if level not in rubric.total_lines:
            yield _("gates：%(code)s的级别%(level)s没有总分及格线") % {"code": code, "level": level}
        if times > 1:
            yield _("gates：级别%(level)s有%(times)d个%(code)s") % {
                "code": code,
                "level": level,
                "times": times,
            }


def _problems_of_goods(rubric: Rubric) -> Iterator[str]:
    signs = [(good.code, good.character) for good in rubric.goods]
    if signs != list(CHARACTERS.items()):
        yield _("goods：五好依次为%(goods)s") % {
            "goods": "、".join(f"{c} {s}" for c, s in CHARACTERS.items())
        }
    for code, times in Counter(indicator.code for indicator in rubric.indicators).items():
        if times > 1:
            yield _("%(code)s：指标代码重复") % {"code": code}
    for good in rubric.goods:
        for indicator in good.indicators:
            if not indicator.code.startswith(f"{good.code}."):
                yield _("%(code)s：代码应以%(good)s.开头") % {"code": indicator.code, "good": good.code}
        added = sum(indicator.points for indicator in good.indicators)
        if added != good.points:
            yield _("%(good)s：各指标合计%(sum)s分，应为%(points)s分") % {
                "good": good.code,
                "sum": added,
                "points": good.points,
            }
    added = sum(good.points for good in rubric.goods)
    if added != FULL_MARKS:
        yield _("goods：五好合计%(sum)s分，应为100分") % {"sum": added}


def _problems_of_evidence(rubric: Rubric) -> Iterator[str]:
    for need in rubric.requirements.evidence:
        for kind in need.any_of:
            if kind not in EVIDENCE_KINDS.get(need.good, {}):
                yield _("requirements.evidence：%(good)s没有附件%(kind)s") % {"good": need.good, "kind": kind}


def _problems_of_steps(indicator: Indicator, computed: Computed) -> Iterator[str]:
    code = {"code": indicator.code}
    for lower, upper in pairwise(computed.steps):
        if not (lower.at < upper.at and lower.points < upper.points):
            yield _("%(code)s：各档须由低到高") % code
    if computed.steps[0].at < 1:
        yield _("%(code)s：第一档须大于零") % code
    if computed.steps[-1].points != indicator.points:
        yield _("%(code)s：最高一档须等于满分%(points)s分") % {**code, "points": indicator.points}
    if computed.rule in RULES_OVER_YEARS and computed.years < 1:
        yield _("%(code)s：至少看1年") % code
