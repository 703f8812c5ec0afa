"""The page of a step: its fields, tables and files, as stored, as posted, or as typed so far."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accreditation.completeness import EVIDENCE_KINDS, STEPS, missing, progress, step_title
from accreditation.face.answers import file_item
from accreditation.form_fields import TABLES
from accreditation.form_steps import STEP_CONTENTS
from accreditation.forms.applicant.files import FilesForm
from accreditation.forms.applicant.rows import RowFormSet, posted_rows, table_of
from accreditation.forms.applicant.steps import FORMS, StepForm
from accreditation.models import Application
from accreditation.queries.documents import document_of
from accreditation.queries.evidence import current_evidence_of
from accreditation.queries.rubrics import rubric_of_application
from accreditation.scoring import GoodAssessment, self_assess
from accreditation.services.draft import Content
from accreditation.templatetags.wuhao_forms import Problem, problems_of
from accreditation.views.applicant.marked import put_marks

BLANK_ROWS = {"members": 3, "honours": 1, "trainings": 1, "topics": 1, "rules": 1}
"""Rows that a table begins with: as many as it must at least have."""


@dataclass
class StepPage:
    """One step of one application on one day."""

    application: Application
    step: str
    today: date
    form: StepForm
    tables: dict[str, RowFormSet]
    files: FilesForm
    edits: int = field(init=False)

    def __post_init__(self) -> None:
        self.edits = self.application.edits

    @classmethod
    def stored(cls, application: Application, step: str, today: date) -> "StepPage":
        """Return the step as it was saved last."""
        tables = {name: _stored_rows(application, name) for name in TABLES[step]}
        return cls._shown(application, step, today, {}, tables)

    @classmethod
    def posted(cls, application: Application, step: str, today: date, request: HttpRequest) -> "StepPage":
        """Return the step as it was posted, to be saved."""
        form = FORMS[step](request.POST, instance=copy.copy(application), today=today)
        tables = {name: table_of(name, today=today, data=request.POST) for name in TABLES[step]}
        return cls(application, step, today, form, tables, FilesForm(step, request.POST, request.FILES))

    @classmethod
    def typed(
        cls, application: Application, step: str, today: date, request: HttpRequest, adding: str = ""
    ) -> "StepPage":
        """Return the step as it was typed so far, unread, with an empty row added to the table `adding`."""
        rows = {name: posted_rows(name, request.POST) for name in TABLES[step]}
        if adding in rows:
            rows[adding].append({})
        values = {name: request.POST.get(name, "") for name in FORMS[step].base_fields}
        page = cls._shown(application, step, today, values, rows)
        if adding in rows:
            page.tables[adding].forms[-1].visible_fields()[0].field.widget.attrs["autofocus"] = True
        return page

    @classmethod
    def _shown(
        cls,
        application: Application,
        step: str,
        today: date,
        values: dict[str, Any],
        rows: dict[str, list[dict[str, Any]]],
    ) -> "StepPage":
        form = FORMS[step](instance=copy.copy(application), initial=values, today=today)
        tables = {name: table_of(name, today=today, initial=rows[name]) for name in TABLES[step]}
        return cls(application, step, today, form, tables, FilesForm(step))

    @property
    def parts(self) -> list[forms.BaseForm | RowFormSet]:
        """The forms of the page in its order."""
        return [self.form, *self.tables.values(), self.files]

    def content(self) -> Content | None:
        """Return what is to be saved, or None where something cannot be read."""
        if not all([self.form.is_valid(), *(table.is_valid() for table in self.tables.values())]):
            return None
        return self.form.content({name: table.rows() for name, table in self.tables.items()})

    def problems(self) -> list[Problem]:
        """Return everything that is to be mended, in the order of the page."""
        return [problem for part in self.parts if part.is_bound for problem in problems_of(part)]

    def words(self) -> str:
        """Return what was typed as text, to be kept where it cannot be saved."""
        return "\n".join(
            _words([self.form, *(form for table in self.tables.values() for form in table.forms)])
        )

    def context(self, *, show_gaps: bool = False) -> dict[str, Any]:
        """Return what the template shows."""
        self.form.mark_needed()
        marked = put_marks(self.application, self.step, self.form, self.tables, self.files)
        document, rubric = document_of(self.application), rubric_of_application(self.application)
        assessed = {one.good.code: one for one in self_assess(rubric, document, on=self.today).goods}
        begun = progress(rubric, document)[self.step].status != "todo"
        place = STEPS.index(self.step)
        return {
            "application": self.application,
            "step": self.step,
            "title": step_title(self.step),
            "contents": STEP_CONTENTS[self.step],
            "number": place + 1,
            "count": len(STEPS),
            "before": STEPS[place - 1] if place else "",
            "is_last": place == len(STEPS) - 1,
            "is_good": self.step in EVIDENCE_KINDS,
            "fields_template": f"applicant/steps/{self.step}.html",
            "form": self.form,
            "tables": self.tables,
            "evidence": self._evidence(),
            "edits": self.edits,
            "largest": settings.MAX_EVIDENCE_BYTES,
            "problems": self.problems(),
            "gaps": [gap for gap in missing(rubric, document) if gap.step == self.step]
            if show_gaps and begun
            else [],
            "assessed": assessed.get(self.step) and _aside(assessed[self.step]),
        } | marked

    def _evidence(self) -> list[dict[str, Any]]:
        """Return the kinds of evidence of the step, each with its chooser and what is attached."""
        if self.step not in EVIDENCE_KINDS:
            return []
        attached = current_evidence_of(self.application)
        wanted = {
            kind: need.any_of
            for need in rubric_of_application(self.application).requirements.evidence
            for kind in need.any_of
        }
        return [
            {
                "kind": kind,
                "field": self.files[kind],
                "is_wanted": kind in wanted,
                "marked": getattr(self.files, "field_marks", {}).get(kind, ""),
                "items": [
                    file_item(item, reverse("evidence", args=[item.public_id])) | {"code": item.public_id}
                    for item in attached.get(kind, [])
                ],
            }
            for kind in EVIDENCE_KINDS[self.step]
        ]


def _stored_rows(application: Application, name: str) -> list[dict[str, Any]]:
    rows = list(getattr(application, name).all().values())
    return [*rows, *({} for _row in range(BLANK_ROWS.get(name, 0) - len(rows)))]


def _words(shown: Iterable[forms.BaseForm]) -> Iterable[str]:
    for form in shown:
        said = [(bound.label, bound.value()) for bound in form.visible_fields()]
        line = "；".join(f"{label}：{value}" for label, value in said if value not in ("", None, False))
        if line:
            yield line


def _aside(assessed: GoodAssessment) -> dict[str, Any]:
    return {"good": assessed.good, "marks": assessed.marks, "judged": assessed.judged}
