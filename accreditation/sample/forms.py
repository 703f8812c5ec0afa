"""The sample's forms as the steps of the application form take them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from accreditation.figures import parse
from accreditation.form_fields import TABLES
from accreditation.sample.days import Days
from accreditation.services.draft import FIELDS, Content

STUDIOS = Path(__file__).resolve().parent / "studios"
UNITS = {"area": "㎡", "investment": "万元", "budget": "万元", "benefit": "万元", "staff": "人"}
FIGURES = frozenset({*UNITS, "count", "person_times"})


@dataclass(frozen=True)
class Paper:
    """A file to attach: the kind of evidence, its name, and what it says."""

    kind: str
    name: str
    says: str


@dataclass(frozen=True)
class Form:
    """What is typed into each step, in the order of the form, and the files for each good."""

    steps: dict[str, Content]
    papers: tuple[Paper, ...]


def form(name: str, days: Days, part: str = "") -> Form:
    """Return a sample form, or the `part` of it that is filled in later ("mended")."""
    document = days.dated(_document(name))
    document = document[part] if part else document
    return Form(
        {step: _content(step, document[step]) for step in FIELDS if step in document},
        tuple(Paper(**paper) for paper in document["files"]),
    )


@cache
def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((STUDIOS / f"{name}.json").read_text())
    return document


def _content(step: str, typed: dict[str, Any]) -> Content:
    tables = {name: [_columns(row) for row in typed[name]] for name in TABLES[step] if name in typed}
    fields = _columns({name: value for name, value in typed.items() if name not in tables})
    return Content(fields, tables)


def _columns(typed: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a row; a figure such as "60余万元" becomes its number and its qualifier."""
    columns: dict[str, Any] = {}
    for name, value in typed.items():
        if name in FIGURES:
            figure = parse(value, UNITS.get(name, ""))
            columns |= {name: figure.number, f"{name}_qualifier": figure.qualifier}
        else:
            columns[name] = int(value) if name == "year" and value is not None else value
    return columns
