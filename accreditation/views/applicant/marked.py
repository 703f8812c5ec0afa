"""What the reviewers who returned an application say of its fields, put beside them until it is submitted again."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accreditation.document_changes import row_title, rows_of
from accreditation.facts import Document
from accreditation.form_fields import EVIDENCE, Mark
from accreditation.forms.applicant.files import FilesForm
from accreditation.forms.applicant.rows import RowFormSet
from accreditation.forms.applicant.steps import StepForm
from accreditation.models import Application
from accreditation.queries.returns import returns_of, waiting_return
from accreditation.queries.review import documents_of
from accreditation.states import RETURNED
from accreditation.views.review_changes import mark_label

LONGEST = 120
"""More of a reason than this stands only on top of the page."""


def put_marks(
    application: Application, step: str, form: StepForm, tables: Mapping[str, RowFormSet], files: FilesForm
) -> dict[str, Any]:
    """Tell the forms of a step what is said of their fields; return what the page says of the step as a whole."""
    returned = waiting_return(application, returns_of(application)) if application.state in RETURNED else None
    if returned is None:
        return {}
    document = documents_of(application, [returned.revision])[returned.revision]
    marks = [mark for mark in returned.marks if mark.step == step]
    reason = Truncator(returned.reason).chars(LONGEST)
    text = _("%(office)s要求补正：%(reason)s") % {"office": returned.office, "reason": reason}
    _put(form, dict.fromkeys(_marked_fields(form, marks), text))
    kinds = (mark.name.removeprefix(EVIDENCE) for mark in marks if mark.name.startswith(EVIDENCE))
    _put(files, dict.fromkeys(kinds, text))
    for name, table in tables.items():
        _put_table(table, [mark for mark in marks if mark.name == name], document, text)
    shown = [{"label": mark_label(mark, document, with_step=False), "anchor": mark.anchor} for mark in marks]
    return {"returned": returned, "step_marks": shown}


def _put(form: Any, marked: Mapping[str, str]) -> None:
    form.field_marks = marked


def _marked_fields(form: StepForm, marks: Iterable[Mark]) -> list[str]:
    anchors = {mark.anchor for mark in marks}
    fields: Mapping[str, forms.Field] = form.fields
    return [name for name, field in fields.items() if field.widget.attrs.get("id", f"id_{name}") in anchors]


def _put_table(table: Any, marks: Iterable[Mark], document: Document, text: str) -> None:
    """A marked row is found by what it is about: rows may have been moved since. What is not found is told above."""
    told = []
    for mark in marks:
        form = _form_of(table, mark, document) if mark.row else None
        if form is not None:
            form.marked_row = text
        label = mark_label(mark, document, with_step=False)
        told.append(_("%(mark)s：%(text)s") % {"mark": label, "text": text} if mark.row else text)
    table.marked = told


def _form_of(table: RowFormSet, mark: Mark, document: Document) -> Any:
    rows = rows_of(document, mark.step, mark.name)
    title = row_title(mark.name, rows[mark.row - 1]) if mark.row <= len(rows) else ""
    return next((form for form in table.forms if title and _title(mark, form) == title), None)


def _title(mark: Mark, form: forms.BaseForm) -> str:
    return row_title(mark.name, {bound.name: bound.value() for bound in form.visible_fields()})
