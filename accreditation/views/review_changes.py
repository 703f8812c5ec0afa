"""What changed between two revisions, fact by fact, in the words of the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accreditation.face.signs import GOOD_NAMES
from accreditation.views.review_material import OF_GOOD, Document, Fact, overview


@dataclass(frozen=True)
class Change:
    """A fact that reads differently: the lines that are gone and those that are new."""

    label: str
    removed: Sequence[str]
    added: Sequence[str]


def changes(before: Document, after: Document) -> list[Change]:
    """Return every fact and every file that differs, in the order of the form."""
    found = _changed(overview(before), overview(after))
    for good, facts in OF_GOOD.items():
        found += _changed(facts(before), facts(after))
        label = _("附件（%(good)s）") % {"good": GOOD_NAMES[good]}
        found += _change(label, _files(before, good), _files(after, good))
    return found


def _changed(before: Sequence[Fact], after: Sequence[Fact]) -> list[Change]:
    was = {fact.label: _lines(fact) for fact in before}
    return [change for fact in after for change in _change(fact.label, was.get(fact.label, []), _lines(fact))]


def _change(label: str, before: Sequence[str], after: Sequence[str]) -> list[Change]:
    removed = [line for line in before if line not in after]
    added = [line for line in after if line not in before]
    return [Change(label, removed, added)] if removed or added else []


def _lines(fact: Fact) -> list[str]:
    return [fact.prose] if fact.prose else [_("，").join(line) for line in fact.lines]


def _files(document: Mapping[str, Any], good: str) -> list[str]:
    """Files by name and content: a file replaced under the same name is a change."""
    return [
        _("%(name)s（摘要%(sha256)s）") % {"name": file["name"], "sha256": file["sha256"][:8]}
        for file in document["evidence"]
        if file["good"] == good
    ]
