"""The fields, tables and files of the application form by the names the document gives them, and marks on them.

A mark is what a reviewer who returns an application points at: "team" (the step as a whole), "studio.area" (a
field), "team.members" (a table), "team.members.3" (its third row), "leader.evidence-honour" (a kind of evidence).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.evidence_kinds import EVIDENCE_KINDS
from accreditation.form_steps import STEPS, step_title

ANSWERS: dict[str, dict[str, Promise]] = {
    "enterprise": {
        "name": gettext_lazy("单位名称"), "nature": gettext_lazy("单位性质"), "industry": gettext_lazy("所属行业"),
        "staff": gettext_lazy("职工人数"), "union": gettext_lazy("所属工会"),
    },
    "studio": {
        "name": gettext_lazy("工作室名称"), "founded": gettext_lazy("成立时间"), "address": gettext_lazy("地址"),
        "area": gettext_lazy("使用面积"), "equipment": gettext_lazy("主要设备"),
        "investment": gettext_lazy("累计投入"), "budget": gettext_lazy("年度经费"),
        "budget_sources": gettext_lazy("经费来源"),
    },
    "leader": {
        "name": gettext_lazy("姓名"), "post": gettext_lazy("岗位"), "title": gettext_lazy("职称"),
        "skill_grade": gettext_lazy("技能等级"), "in_service": gettext_lazy("是否在职"),
        "results": gettext_lazy("本人成果"), "narrative": gettext_lazy("事迹"),
    },
    "team": {"not_one_crew": gettext_lazy("声明")},
    "functions": {"statement": gettext_lazy("工作职能")},
    "topics": {},
    "mechanism": {"ledger": gettext_lazy("活动台账"), "plan": gettext_lazy("年度计划与总结")},
    "contact": {"name": gettext_lazy("联系人"), "phone": gettext_lazy("联系电话"), "email": gettext_lazy("电子邮箱")},
}  # fmt: skip
"""The single answers of each step."""
TABLES: dict[str, tuple[str, ...]] = {
    "enterprise": (),
    "studio": ("namings",),
    "leader": ("honours",),
    "team": ("members", "pairs"),
    "functions": ("trainings", "promotions"),
    "topics": ("topics", "patents", "awards", "conversions"),
    "mechanism": ("rules",),
    "contact": (),
}
"""The tables of each step."""
TABLE_TITLES: dict[str, Promise] = {
    "namings": gettext_lazy("历次命名"),
    "honours": gettext_lazy("荣誉"),
    "members": gettext_lazy("成员"),
    "pairs": gettext_lazy("师带徒"),
    "trainings": gettext_lazy("培训与交流"),
    "promotions": gettext_lazy("技能晋升"),
    "topics": gettext_lazy("课题"),
    "patents": gettext_lazy("专利"),
    "awards": gettext_lazy("获奖"),
    "conversions": gettext_lazy("成果转化与效益"),
    "rules": gettext_lazy("制度"),
}
ROW_TITLES = {
    "namings": "title", "honours": "title", "members": "name", "pairs": "master", "trainings": "name",
    "promotions": "grade", "topics": "title", "patents": "name", "awards": "title", "conversions": "title",
    "rules": "title",
}  # fmt: skip
"""The column of each table that says what a row is about."""
ROW_NAMES: dict[str, Promise] = {
    "namings": gettext_lazy("第%(number)d次命名"),
    "honours": gettext_lazy("第%(number)d项荣誉"),
    "members": gettext_lazy("第%(number)d名成员"),
    "pairs": gettext_lazy("第%(number)d对师徒"),
    "trainings": gettext_lazy("第%(number)d项培训或交流"),
    "promotions": gettext_lazy("第%(number)d项晋升"),
    "topics": gettext_lazy("第%(number)d项课题"),
    "patents": gettext_lazy("第%(number)d项专利"),
    "awards": gettext_lazy("第%(number)d项获奖"),
    "conversions": gettext_lazy("第%(number)d项转化"),
    "rules": gettext_lazy("第%(number)d项制度"),
}
EVIDENCE = "evidence-"
SETTLED = {"enterprise": ("name", "union"), "studio": ("name",)}
"""Answers that the form does not ask for: they follow from the register and from the leader's name."""


@dataclass(frozen=True)
class Mark:
    """What a reviewer points at: a step, something in it (`name`), a row of a table (`row`, from 1; 0 for none)."""

    step: str
    name: str = ""
    row: int = 0

    @property
    def code(self) -> str:
        """How it stands in the record."""
        return ".".join(str(part) for part in (self.step, self.name, self.row) if part)

    @property
    def anchor(self) -> str:
        """The id of its place on the page of its step ("" for the step as a whole)."""
        if not self.name or self.name.startswith(EVIDENCE) or self.name in TABLES[self.step]:
            return self.name
        return f"id_{self.name}"

    @property
    def label(self) -> str:
        """What it is called: "使用面积", "第3名成员"; the title of the step where it is the whole step."""
        if not self.name:
            return step_title(self.step)
        if self.row:
            return str(ROW_NAMES[self.name]) % {"number": self.row}
        if self.name.startswith(EVIDENCE):
            return str(EVIDENCE_KINDS[self.step][self.name.removeprefix(EVIDENCE)])
        return str(
            TABLE_TITLES[self.name] if self.name in TABLES[self.step] else ANSWERS[self.step][self.name]
        )

    @property
    def full_label(self) -> str:
        """What it is called, with its step: "工作室概况：使用面积"."""
        if not self.name:
            return self.label
        return _("%(step)s：%(detail)s") % {"step": step_title(self.step), "detail": self.label}


def parse(code: str) -> Mark:
    """Return the mark that a record names. Raises ValueError for one that the form does not have."""
    step, _sep, rest = code.partition(".")
    name, _sep, row = rest.partition(".")
    known = step in STEPS and (not name or name in {mark.name for mark in of_step(step)})
    counted = row.isascii() and row.isdecimal() and 0 < int(row) < 1000 and name in TABLES.get(step, ())
    if not known or (row and not counted):
        raise ValueError(f"the form has no {code!r}")
    return Mark(step, name, int(row or 0))


def of_step(step: str) -> Iterator[Mark]:
    """Yield what can be marked in a step, in the order of the form: answers, tables, kinds of evidence."""
    yield from (Mark(step, name) for name in ANSWERS[step] if name not in SETTLED.get(step, ()))
    yield from (Mark(step, name) for name in TABLES[step])
    yield from (Mark(step, EVIDENCE + kind) for kind in EVIDENCE_KINDS.get(step, ()))


def marks(steps: Iterable[str], fields: Iterable[str]) -> list[Mark]:
    """Return what a record marks, in the order of the form; a step stands for itself only if nothing in it is marked.

    A code that the form no longer has is left out: the record is older than the form.
    """
    found = [mark for code in (*steps, *fields) if (mark := _known(code))]
    within = {mark.step for mark in found if mark.name}
    kept = {mark for mark in found if mark.name or mark.step not in within}
    return sorted(kept, key=_place)


def steps_of(fields: Iterable[str]) -> list[str]:
    """Return the steps that marks lie in, in the order of the form. Raises ValueError for unknown marks."""
    found = {parse(code).step for code in fields}
    return [step for step in STEPS if step in found]


def marked(steps: Collection[str], fields: Collection[str]) -> dict[str, list[str]]:
    """Return what a return marks, as it is recorded. Raises ValueError for what the form does not have."""
    within = {*steps, *steps_of(fields)}
    return {"steps": [step for step in STEPS if step in within], "fields": list(fields)}


def _known(code: str) -> Mark | None:
    try:
        return parse(code)
    except ValueError:
        return None


def _place(mark: Mark) -> tuple[int, int, int]:
    names = [one.name for one in of_step(mark.step)]
    return STEPS.index(mark.step), names.index(mark.name) if mark.name else -1, mark.row
