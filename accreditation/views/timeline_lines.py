"""The lines of a timeline: entries and folded readings, each with the mark of its proof and what it changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Revision
from accreditation.queries.as_it_stood import AsItStood
from accreditation.queries.event_facts import UNFIT
from accreditation.queries.record import Fold
from accreditation.queries.timeline import Entry
from accreditation.views.review_changes import Comparison, compared
from workflows.ledger.standing import Mark
from workflows.ledger.verification.broken import Fault

FAULTS = {
    Fault.HASH: gettext_lazy("正文与摘要不符"),
    Fault.COLUMN: gettext_lazy("正文与旁边的各栏不符"),
    Fault.PERSONAL: gettext_lazy("姓名或理由与摘要不符"),
    Fault.LEAF: gettext_lazy("不在检查点签署的记录之中"),
    Fault.CHAIN: gettext_lazy("与前一条接不上"),
}
FOLDED = 30
"""So many readings of a fold are listed; the rest are found among the readings alone."""


@dataclass(frozen=True)
class Told:
    """An entry with the mark of its proof."""

    entry: Entry
    mark: Mark | None

    @property
    def fault(self) -> str:
        """Say what is wrong with it ("" for nothing)."""
        if self.mark is None or self.mark.fault is None:
            return ""
        if self.mark.fault == Fault.PERSONAL and self.entry.erased and self.entry.erasure is None:
            return _("文字被删去，没有删除记录")
        return str(FAULTS.get(self.mark.fault, self.mark.fault))


@dataclass(frozen=True)
class Line:
    """A line of the page. `folded` are readings drawn as one, `more` how many of them are not listed.

    `is_after` is later than the moment that is looked at, and `opens`: that moment lies right before this line.
    `is_named`: the address names it, or one of its readings.
    """

    told: Told
    folded: Sequence[Told] = ()
    more: int = 0
    names: Sequence[str] = ()
    comparison: Comparison | None = None
    is_after: bool = False
    opens: bool = False
    is_named: bool = False

    @property
    def count(self) -> int:
        """Return how many readings it stands for."""
        return len(self.folded) + self.more


def lines(
    items: Iterable[Entry | Fold],
    marks: Mapping[int, Mark],
    documents: Mapping[int, Mapping[str, Any]],
    *,
    then: AsItStood | None = None,
    named: str = "",
) -> list[Line]:
    """Return the lines of a page; `documents` are those of the revisions by number, `named` is an entry's anchor."""
    found: list[Line] = []
    for item in items:
        later = then is not None and is_after(item, then)
        line = replace(
            _line(item, marks, documents),
            is_after=later,
            opens=bool(found) and later != found[-1].is_after,
            is_named=named in anchors(item),
        )
        found.append(line)
    return found


def _line(item: Entry | Fold, marks: Mapping[int, Mark], documents: Mapping[int, Mapping[str, Any]]) -> Line:
    if isinstance(item, Entry):
        return Line(Told(item, marks.get(item.key)), comparison=_changed(item, documents))
    listed = [Told(entry, marks.get(entry.key)) for entry in item.entries[:FOLDED]]
    return Line(listed[0], listed, len(item.entries) - len(listed), item.names)


def is_after(item: Entry | Fold, then: AsItStood) -> bool:
    """Whether an item came after a moment: an event of the application by its number, others by their time."""
    if isinstance(item, Entry) and item.stream == then.application.stream:
        return item.sequence > then.now.sequence
    return item.at > then.at


def anchors(item: Entry | Fold) -> set[str]:
    """Return the ids of the places of an item."""
    return {entry.anchor for entry in (item.entries if isinstance(item, Fold) else [item])}


def shown(items: Iterable[Entry | Fold]) -> set[int]:
    """Return the keys of the events that the lines show."""
    return {
        entry.key for item in items for entry in (item.entries[:FOLDED] if isinstance(item, Fold) else [item])
    }


def documents_of(revisions: Iterable[Revision]) -> dict[int, Mapping[str, Any]]:
    """Return the documents of revisions by number; one that cannot be read any more is left out."""
    found = {}
    for revision in revisions:
        try:
            found[revision.number] = json.loads(revision.document)
        except ValueError:
            continue
    return found


def _changed(entry: Entry, documents: Mapping[int, Mapping[str, Any]]) -> Comparison | None:
    """Return what a resubmission changed."""
    number = entry.revision or 0
    if entry.action != "resubmit" or not {number - 1, number} <= documents.keys():
        return None
    try:
        return compared((number - 1, number), documents[number - 1], documents[number], None)
    except UNFIT:  # the documents are not what was submitted
        return None
