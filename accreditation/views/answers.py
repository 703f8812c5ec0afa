"""An application document as people read it: every answer of every step, in the order of the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.completeness import EVIDENCE_KINDS, STEPS, evidence_label, step_title
from accreditation.face import dates, numbers
from accreditation.facts import Document, filled, section
from accreditation.forms.applicant.rows import HEADS, MODELS
from accreditation.forms.applicant.steps import LABELS
from accreditation.models import Application
from accreditation.queries.documents import ROWS
from accreditation.services.draft import TABLES


@dataclass(frozen=True)
class Answer:
    """A field: its label, what was answered ("" for nothing) and the id of its control."""

    label: str
    value: str
    field: str


@dataclass(frozen=True)
class Table:
    """A table: its title, the labels of its columns, its rows; each cell is (label, text, is a figure)."""

    code: str
    title: str
    columns: list[tuple[str, bool]]
    rows: list[list[tuple[str, str, bool]]]


@dataclass(frozen=True)
class Section:
    """A step of the form as it was filled in."""

    step: str
    title: str
    is_good: bool
    answers: list[Answer]
    tables: list[Table]
    files: list[dict[str, Any]]


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
ANSWERS: dict[str, dict[str, Promise]] = {
    "enterprise": {
        "name": gettext_lazy("单位名称"), "nature": gettext_lazy("单位性质"), "industry": gettext_lazy("所属行业"),
        "staff": LABELS["staff"], "union": gettext_lazy("所属工会"),
    },
    "studio": {
        "name": gettext_lazy("工作室名称"), "founded": gettext_lazy("成立时间"), "address": gettext_lazy("地址"),
        "area": LABELS["area"], "equipment": gettext_lazy("主要设备"), "investment": LABELS["investment"],
        "budget": LABELS["budget"], "budget_sources": gettext_lazy("经费来源"),
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
MEASURED = {
    "staff": "人",  # untranslated: a unit
    "area": "㎡",
    "investment": "万元",  # untranslated: a unit
    "budget": "万元",  # untranslated: a unit
}
DATED = frozenset({"founded", "registered", "issued", "date"})


def sections(document: Document, files: Mapping[str, list[dict[str, Any]]]) -> list[Section]:
    """Return the whole document step by step; `files` are those of each good for `components/evidence.html`."""
    return [
        Section(
            step=step,
            title=step_title(step),
            is_good=step in EVIDENCE_KINDS,
            answers=[
                Answer(str(label), _answer(document, step, key), f"id_{key}")
                for key, label in ANSWERS[step].items()
            ],
            tables=[_table(document, step, name) for name in TABLES[step]],
            files=files.get(step, []),
        )
        for step in STEPS
    ]


def file_item(item: Any, address: str) -> dict[str, Any]:
    """Return a piece of evidence as `components/evidence.html` shows it."""
    return {
        "address": address,
        "name": item.name,
        "kind": evidence_label(item.kind),
        "size": item.stored.size,
        "media_type": item.stored.media_type,
    }


def _answer(document: Document, step: str, key: str) -> str:
    part = document if key == "narrative" else section(document, step)
    value = part.get(key)
    if key in MEASURED:
        return numbers.figure(value, MEASURED[key]) if value else ""
    if key == "nature":
        return str(dict(Application.Nature.choices).get(str(value), value or ""))
    if key == "in_service":
        return "" if value is None else _("在职") if value else _("已退休或离岗")
    if key == "not_one_crew":
        return _("团队不是整建制的研发部门或单一班组") if value else ""
    return dates.partial_date(str(value or "")) if key in DATED else str(value or "")


def _table(document: Document, step: str, name: str) -> Table:
    part = document if name == "namings" else section(document, step)
    columns = [(column.rstrip("*"), column.endswith("*")) for column in ROWS[name]]
    labels = {column: _label(name, column) for column, _is_figure in columns}
    rows = [
        [(labels[column], _cell(name, column, row.get(column)), is_figure) for column, is_figure in columns]
        for row in part.get(name) or []
        if filled(row)
    ]
    return Table(
        name, str(TABLE_TITLES[name]), [(labels[column], is_figure) for column, is_figure in columns], rows
    )


def _label(table: str, column: str) -> str:
    return str(HEADS.get(table, {}).get(column) or MODELS[table]._meta.get_field(column).verbose_name)  # type: ignore[union-attr]


def _cell(table: str, column: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return numbers.figure(value)
    if column in DATED:
        return dates.partial_date(str(value or ""))
    choices = dict(MODELS[table]._meta.get_field(column).choices or ())  # type: ignore[union-attr]
    return str(choices.get(value, value or ""))
