"""What changed between two revisions, answer by answer, row by row, file by file, and what became of the marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.completeness import step_title
from accreditation.document_changes import Difference, Piece, differences, pieces, row_title, rows_of
from accreditation.evidence_kinds import EVIDENCE_KINDS
from accreditation.face.answers import answer, cell, column_label
from accreditation.facts import Document
from accreditation.form_fields import Mark
from accreditation.queries.documents import ROWS
from accreditation.queries.returns import Return

NAMED = 6
"""So many of the changes are named where there is little room."""
FileKey = tuple[str, str, str, str]
"""The good, kind, name and hash of a file."""


@dataclass(frozen=True)
class FileSide:
    """A file on one side of a change. Without `address` the file itself is no longer there."""

    name: str
    size: int
    sha256: str
    address: str


@dataclass(frozen=True)
class Change:
    """Something that reads differently: the lines that are gone and those that are new; of a file also which."""

    label: str
    removed: Sequence[str]
    added: Sequence[str]
    is_marked: bool = False
    old_file: FileSide | None = None
    new_file: FileSide | None = None

    @property
    def how(self) -> str:
        """Return how it changed: added, removed, replaced (a file) or changed."""
        if not self.removed or not self.added:
            return "added" if self.added else "removed"
        return "replaced" if self.new_file else "changed"

    @cached_property
    def sides(self) -> tuple[Sequence[Sequence[Piece]], Sequence[Sequence[Piece]]]:
        """Return the lines of both sides in pieces; lines that answer each other are compared word by word."""
        if self.new_file or len(self.removed) != len(self.added):
            return _whole(self.removed), _whole(self.added)
        both = [pieces(old, new) for old, new in zip(self.removed, self.added, strict=True)]
        return [old for old, _new in both], [new for _old, new in both]


@dataclass(frozen=True)
class StepChanges:
    """The changes within one step of the form."""

    step: str
    title: str
    is_good: bool
    changes: Sequence[Change]


@dataclass(frozen=True)
class Marked:
    """Something that the return had marked, and whether it was changed."""

    label: str
    is_changed: bool


@dataclass(frozen=True)
class Comparison:
    """Two revisions beside each other. `returned` is the return in between, with what became of its `marked`."""

    before: int
    after: int
    steps: Sequence[StepChanges]
    returned: Return | None
    marked: Sequence[Marked]

    @property
    def count(self) -> int:
        """Return how much changed."""
        return sum(len(step.changes) for step in self.steps)

    @property
    def named(self) -> str:
        """Name what changed, the first few of it."""
        labels = list(dict.fromkeys(change.label for step in self.steps for change in step.changes))
        said = _("、").join(labels[:NAMED])
        return _("%(names)s等") % {"names": said} if len(labels) > NAMED else said

    @property
    def unchanged(self) -> list[Marked]:
        """Return what was marked and stayed as it was."""
        return [one for one in self.marked if not one.is_changed]

    @property
    def told(self) -> str:
        """Say how much of what was marked has changed ("" where nothing was marked)."""
        if not self.marked:
            return ""
        count, changed = len(self.marked), len(self.marked) - len(self.unchanged)
        said = {"count": count, "changed": changed}
        if changed == count:
            return ngettext("标明的%(count)d处已改。", "标明的%(count)d处都已改。", count) % said
        if not changed:
            return ngettext("标明的%(count)d处没有改。", "标明的%(count)d处都没有改。", count) % said
        return _("标明的%(count)d处中，%(changed)d处已改。") % said


def compared(
    numbers: tuple[int, int],
    before: Document,
    after: Document,
    returned: Return | None,
    addresses: Mapping[FileKey, str] | None = None,
) -> Comparison:
    """Return the comparison of two documents, the revisions `numbers`; `addresses` are those of files."""
    found = differences(before, after)
    marks = list(returned.marks) if returned else []
    return Comparison(
        before=numbers[0],
        after=numbers[1],
        steps=[
            StepChanges(
                step,
                step_title(step),
                step in EVIDENCE_KINDS,
                [_change(one, marks, addresses or {}) for one in part],
            )
            for step, part in groupby(found, key=lambda one: one.step)
        ],
        returned=returned,
        marked=[Marked(mark_label(mark, before), any(one.answers(mark) for one in found)) for mark in marks],
    )


def mark_label(mark: Mark, document: Document, *, with_step: bool = True) -> str:
    """Return what a mark is called, its step first, and for a row also whom or what it is about."""
    label = mark.full_label if with_step else mark.label
    rows = rows_of(document, mark.step, mark.name) if mark.row else []
    title = row_title(mark.name, rows[mark.row - 1]) if 0 < mark.row <= len(rows) else ""
    return _("%(mark)s：%(title)s") % {"mark": label, "title": title} if title else label


def file_key(said: Mapping[str, Any]) -> FileKey:
    """Return what a file of a document is known by."""
    return said["good"], said["kind"], said["name"], said["sha256"]


def _change(found: Difference, marks: Iterable[Mark], addresses: Mapping[FileKey, str]) -> Change:
    label, removed, added = TOLD[found.kind](found)
    files = (found.before, found.after) if found.kind == "file" else (None, None)
    old_file, new_file = (_side(said, addresses) for said in files)
    is_marked = any(found.answers(mark) for mark in marks)
    return Change(label, removed, added, is_marked, old_file, new_file)


def _side(said: Mapping[str, Any] | None, addresses: Mapping[FileKey, str]) -> FileSide | None:
    if said is None:
        return None
    return FileSide(said["name"], said["size"], said["sha256"], addresses.get(file_key(said), ""))


def _whole(lines: Sequence[str]) -> list[list[Piece]]:
    return [[Piece(line, True)] for line in lines]


def _answer(found: Difference) -> tuple[str, list[str], list[str]]:
    label = Mark(found.step, found.name).label
    return label, _lines(answer(found.name, found.before)), _lines(answer(found.name, found.after))


def _row(found: Difference) -> tuple[str, list[str], list[str]]:
    """A row that is new or gone is told whole; of one that differs, the cells that do."""
    whole = found.before if found.after is None else found.after
    said = {"table": Mark(found.step, found.name).label, "row": row_title(found.name, found.before or whole)}
    label = _("%(table)s：%(row)s") % said if said["row"] else said["table"]
    if found.before is None or found.after is None:
        return label, _cells(found.name, found.before or {}), _cells(found.name, found.after or {})
    both = [name for name in found.after if found.before.get(name) != found.after.get(name)]
    gone, come = ({name: row.get(name) for name in both} for row in (found.before, found.after))
    return label, _cells(found.name, gone), _cells(found.name, come)


def _cells(table: str, row: Mapping[str, Any]) -> list[str]:
    columns = [column.rstrip("*") for column in ROWS[table]]
    shown = [(column_label(table, name), cell(table, name, row[name])) for name in columns if name in row]
    return [_("%(label)s：%(value)s") % {"label": label, "value": value} for label, value in shown if value]


def _file(found: Difference) -> tuple[str, list[str], list[str]]:
    return Mark(found.step, found.name).label, _named(found.before), _named(found.after)


def _named(said: Mapping[str, Any] | None) -> list[str]:
    if said is None:
        return []
    return [_("%(name)s（摘要%(sha256)s）") % {"name": said["name"], "sha256": said["sha256"][:8]}]


def _lines(text: str) -> list[str]:
    return [text] if text else []


TOLD = {"answer": _answer, "row": _row, "file": _file}
