"""An application document as people read it: every answer of every step, in the order of the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accreditation.completeness import EVIDENCE_KINDS, STEPS, evidence_label, step_title
from accreditation.document_changes import answer_of, rows_of
from accreditation.face import dates, numbers
from accreditation.facts import Document, filled
from accreditation.form_fields import ANSWERS, TABLE_TITLES, TABLES
from accreditation.forms.applicant.rows import HEADS, MODELS
from accreditation.models import Application
from accreditation.queries.documents import ROWS


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
                Answer(str(label), answer(key, answer_of(document, step, key)), f"id_{key}")
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


def answer(key: str, value: Any) -> str:
    """Return the value of a single answer as people read it ("" for nothing)."""
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
    columns = [(column.rstrip("*"), column.endswith("*")) for column in ROWS[name]]
    labels = {column: column_label(name, column) for column, _is_figure in columns}
    rows = [
        [(labels[column], cell(name, column, row.get(column)), is_figure) for column, is_figure in columns]
        for row in rows_of(document, step, name)
        if filled(row)
    ]
    return Table(
        name, str(TABLE_TITLES[name]), [(labels[column], is_figure) for column, is_figure in columns], rows
    )


def column_label(table: str, column: str) -> str:
    """Return what a column of a table is called."""
    return str(HEADS.get(table, {}).get(column) or MODELS[table]._meta.get_field(column).verbose_name)  # type: ignore[union-attr]


def cell(table: str, column: str, value: Any) -> str:
    """Return a cell of a table as people read it ("" for nothing)."""
    if isinstance(value, Mapping):
        return numbers.figure(value)
    if column in DATED:
        return dates.partial_date(str(value or ""))
    choices = dict(MODELS[table]._meta.get_field(column).choices or ())  # type: ignore[union-attr]
    return str(choices.get(value, value or ""))
