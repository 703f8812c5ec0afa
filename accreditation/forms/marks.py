"""What a return marks: ticks for each step of the form, its answers, tables, rows and kinds of evidence."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.document_changes import row_title, rows_of
from accreditation.evidence_kinds import EVIDENCE_KINDS
from accreditation.facts import Document
from accreditation.form_fields import TABLES, Mark, of_step, parse
from accreditation.form_steps import STEPS, step_title

MOST_ROWS = 40
"""Longer tables are marked as a whole."""


@dataclass(frozen=True)
class Tick:
    """A box to tick: a mark, what it is called, and for a table its rows. `name` is the field it is sent as."""

    name: str
    mark: Mark
    label: str
    is_ticked: bool
    rows: Sequence["Tick"] = ()

    @property
    def shows_rows(self) -> bool:
        """Whether a row is ticked, so that the rows must be in sight."""
        return any(row.is_ticked for row in self.rows)


@dataclass(frozen=True)
class StepTicks:
    """The boxes of one step of the form."""

    step: str
    title: str
    is_good: bool
    whole: Tick
    parts: Sequence[Tick]

    @property
    def count(self) -> int:
        """Return how many are ticked."""
        parts = [*self.parts, *(row for part in self.parts for row in part.rows), self.whole]
        return sum(tick.is_ticked for tick in parts)


class MarksField(forms.Field):
    """Codes of marks on fields, tables, rows and files; the page draws the boxes itself."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid": gettext_lazy("重新打开这一页，再标明涉及的内容")}

    def to_python(self, value: Any) -> list[str]:
        """Read the codes, each once. Raises ValidationError for what the form does not have."""
        try:
            return list(dict.fromkeys(self._code(str(one)) for one in value or ()))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def _code(self, value: str) -> str:
        mark = parse(value)
        if not mark.name:
            raise ValueError("a whole step is sent as a step")
        return mark.code


def ticks(document: Document, steps: Collection[str], fields: Collection[str]) -> list[StepTicks]:
    """Return the boxes for a document; `steps` and `fields` are those that are ticked."""
    return [
        StepTicks(
            step=step,
            title=step_title(step),
            is_good=step in EVIDENCE_KINDS,
            whole=Tick("steps", Mark(step), _("整个部分"), step in steps),
            parts=[_tick(mark, fields, list(_rows(mark, document, fields))) for mark in of_step(step)],
        )
        for step in STEPS
    ]


def _tick(mark: Mark, fields: Collection[str], rows: Sequence[Tick], title: str = "") -> Tick:
    said = {"row": mark.label, "title": title}
    label = _("%(row)s：%(title)s") % said if title else mark.label
    return Tick("marked_fields", mark, label, mark.code in fields, rows)


def _rows(mark: Mark, document: Document, fields: Collection[str]) -> Iterator[Tick]:
    if mark.name not in TABLES[mark.step]:
        return
    rows = rows_of(document, mark.step, mark.name)
    for number, row in enumerate(rows if len(rows) <= MOST_ROWS else (), start=1):
        yield _tick(Mark(mark.step, mark.name, number), fields, (), row_title(mark.name, row))
