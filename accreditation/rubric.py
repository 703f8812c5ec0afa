"""The rubric: gates, the five goods with their indicators, pass lines. One versioned JSON document.

An application is judged to its end by the version that it was submitted under, so a document is never edited:
a change is a new version. Texts in it are data and stand in Chinese and English side by side.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import rfc8785
from django.utils.translation import gettext as _

from accreditation.rubric_checks import problems_of
from accreditation.rubric_reader import Reader
from accreditation.rubric_types import (
    COUNTED_KINDS,
    GATE_KINDS,
    GATE_LADDERS,
    GOODS,
    HONOUR_LEVELS,
    LEVELS,
    NAMING_LEVELS,
    RULES,
    RULES_OVER_YEARS,
    Computed,
    EvidenceNeed,
    Gate,
    Good,
    Indicator,
    Requirements,
    Rubric,
    Step,
    Text,
)

__all__ = [
    "GOODS",
    "HONOUR_LEVELS",
    "LEVELS",
    "NAMING_LEVELS",
    "Computed",
    "EvidenceNeed",
    "Gate",
    "Good",
    "Indicator",
    "InvalidRubric",
    "Requirements",
    "Rubric",
    "Step",
    "Text",
    "load",
    "shipped",
]

SCHEMA = 1
KEYS = ("schema", "version", "title", "notes", "pass_lines", "judging", "requirements", "gates", "goods")
FOLDER = Path(__file__).parent / "rubrics"


class InvalidRubric(ValueError):
    """The document is no rubric; `problems` lists all that is wrong with it, in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def shipped(version: str = "2026-1") -> dict[str, Any]:
    """The document of a rubric that comes with the software. Raises FileNotFoundError if there is none."""
    document: dict[str, Any] = json.loads((FOLDER / f"{version}.json").read_text(encoding="utf-8"))
    return document


def load(document: Mapping[str, Any]) -> Rubric:
    """Read and check a rubric document. Raises InvalidRubric with everything that is wrong with it."""
    root = Reader(document)
    rubric = _read(root)
    problems = root.problems or list(problems_of(rubric))
    if problems:
        raise InvalidRubric(problems)
    return rubric


def _read(root: Reader) -> Rubric:
    root.only(*KEYS)
    if root.value("schema") != SCHEMA:
        root.problem(_("只认得第%(schema)d式的文档") % {"schema": SCHEMA}, "schema")
    lines, judging = root.child("pass_lines"), root.child("judging")
    totals = lines.child("total")
    lines.only("good_percent", "total")
    totals.only(*LEVELS)
    judging.only("mark_step", "comment_below_percent", "trim_from_cards")
    return Rubric(
        version=root.text("version"),
        title=_text(root, "title"),
        notes=_text(root, "notes"),
        good_percent=lines.number("good_percent"),
        total_lines={level: totals.number(level) for level in LEVELS if totals.value(level) is not None},
        mark_step=judging.number("mark_step"),
        comment_percent=judging.number("comment_below_percent"),
        trim_from=judging.whole("trim_from_cards"),
        requirements=_requirements(root.child("requirements")),
        gates=tuple(_gate(row) for row in root.rows("gates")),
        goods=tuple(_good(row) for row in root.rows("goods")),
        sha256="" if root.problems else hashlib.sha256(rfc8785.dumps(root.node)).hexdigest(),
    )


def _text(reader: Reader, key: str) -> Text:
    both = reader.child(key)
    both.only("zh", "en")
    return Text(both.text("zh"), both.text("en"))


def _requirements(reader: Reader) -> Requirements:
    reader.only("members", "topics", "rules", "studio_suffixes", "evidence")
    return Requirements(
        members=reader.whole("members"),
        topics=reader.whole("topics"),
        rules=reader.whole("rules"),
        studio_suffixes=reader.words("studio_suffixes"),
        evidence=tuple(
            EvidenceNeed(row.text("good"), row.words("any_of")) for row in reader.rows("evidence")
        ),
    )


def _gate(reader: Reader) -> Gate:
    reader.only("code", "kind", "levels", "need", "text")
    kind, need = reader.text("kind"), reader.value("need")
    if kind not in GATE_KINDS:
        reader.problem(_("没有这种条件：%(kind)s") % {"kind": kind}, "kind")
    elif kind in GATE_LADDERS and need not in GATE_LADDERS[kind]:
        reader.problem(_("应为其中之一：%(names)s") % {"names": "、".join(GATE_LADDERS[kind])}, "need")
    elif kind in COUNTED_KINDS:
        need = reader.whole("need")
    return Gate(reader.text("code"), kind, reader.words("levels"), need, _text(reader, "text"))


def _good(reader: Reader) -> Good:
    reader.only("code", "character", "title", "points", "indicators")
    return Good(
        code=reader.text("code"),
        character=reader.text("character"),
        title=_text(reader, "title"),
        points=reader.number("points"),
        indicators=tuple(_indicator(row) for row in reader.rows("indicators")),
    )


def _indicator(reader: Reader) -> Indicator:
    reader.only("code", "title", "points", "hint", "computed")
    computed = None if reader.value("computed") is None else _computed(reader.child("computed"))
    return Indicator(
        reader.text("code"), _text(reader, "title"), reader.number("points"), _text(reader, "hint"), computed
    )


def _computed(reader: Reader) -> Computed:
    reader.only("rule", "steps", "years")
    rule = reader.text("rule")
    if rule not in RULES:
        reader.problem(_("没有这条规则：%(rule)s") % {"rule": rule}, "rule")
    over_years = rule in RULES_OVER_YEARS
    if not over_years and reader.value("years") is not None:
        reader.problem(_("这条规则不分年份"), "years")
    years = reader.whole("years") if over_years else 0
    return Computed(rule, tuple(_step(row, rule) for row in reader.rows("steps")), years)


def _step(reader: Reader, rule: str) -> Step:
    reader.only("at", "points")
    if rule != "honour":
        return Step(reader.whole("at"), reader.number("points"))
    name = reader.text("at")
    if name not in HONOUR_LEVELS:
        reader.problem(_("应为其中之一：%(names)s") % {"names": "、".join(HONOUR_LEVELS)}, "at")
        return Step(0, reader.number("points"), name)
    return Step(HONOUR_LEVELS.index(name) + 1, reader.number("points"), name)
