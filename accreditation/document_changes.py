"""What differs between two application documents: every answer, every row of every table, every file, every word."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from accreditation.facts import Document, section
from accreditation.form_fields import ANSWERS, EVIDENCE, ROW_TITLES, TABLES, Mark
from accreditation.form_steps import STEPS

Row = Mapping[str, Any]
SENTENCE = re.compile(r"[^。！？；!?;\n]*(?:[。！？；!?;]+|\n+|$)")  # untranslated: how sentences end
WORD = re.compile(r"[^\W\d_一-鿿]+|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)  # untranslated: what 汉字 are
"""A word of letters, a number, a blank, or any one sign: in Chinese each character."""
MOST = 250_000
"""Texts whose lengths multiply to more are not compared piece by piece: that takes a time nobody waits."""
ALIKE = 0.4
"""Less alike than this, two sentences are told one after the other: marks in them would hide both."""


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `before` or `after` is None where there is nothing on that side.

    `kind` is "answer" (the values), "row" (of a table; `row` is its number in the earlier document, 0 for a new
    one) or "file" (what the document says of it). `name` is that of the answer, table or kind of evidence.
    """

    step: str
    name: str
    kind: str
    before: Any
    after: Any
    row: int = 0

    def answers(self, mark: Mark) -> bool:
        """Whether it changes what the mark points at."""
        return (
            mark.step == self.step and mark.name in ("", self.name) and (not mark.row or mark.row == self.row)
        )


@dataclass(frozen=True)
class Piece:
    """Part of a text: whether the other text does not have it."""

    text: str
    is_changed: bool


def differences(before: Document, after: Document) -> list[Difference]:
    """Return everything that differs, in the order of the form. The order of rows is no difference."""
    return [
        found
        for step in STEPS
        for part in (_answers(step, before, after), _tables(step, before, after), _files(step, before, after))
        for found in part
    ]


def answer_of(document: Document, step: str, name: str) -> Any:
    """Return a single answer as it stands in the document; None if it is not there."""
    return (document if name == "narrative" else section(document, step)).get(name)


def rows_of(document: Document, step: str, table: str) -> list[Row]:
    """Return the rows of a table as they stand in the document."""
    return list((document if table == "namings" else section(document, step)).get(table) or [])


def row_title(table: str, row: Row) -> str:
    """Return what a row of a table is about: a name, a title ("" where none is given)."""
    return str(row.get(ROW_TITLES[table]) or "").strip()


def _answers(step: str, before: Document, after: Document) -> Iterator[Difference]:
    for name in ANSWERS[step]:
        was, now = answer_of(before, step, name), answer_of(after, step, name)
        if (was or None) != (now or None) or (was is False) != (now is False):
            yield Difference(step, name, "answer", was, now)


def _tables(step: str, before: Document, after: Document) -> Iterator[Difference]:
    for table in TABLES[step]:
        for number, was, now in _paired(table, rows_of(before, step, table), rows_of(after, step, table)):
            if was != now:
                yield Difference(step, table, "row", was, now, number)


def _paired(table: str, before: list[Row], after: list[Row]) -> list[tuple[int, Row | None, Row | None]]:
    """Pair rows that are the same, then those about the same thing, then those alike at the same place."""
    left, right = dict(enumerate(before, start=1)), dict(enumerate(after, start=1))
    pairs: list[tuple[int, Row | None, Row | None]] = []

    def same_title(one: Row, other: Row) -> bool:
        return bool(row_title(table, one)) and row_title(table, one) == row_title(table, other)

    for alike in (_equal, same_title, _mostly_equal):
        for number, was in list(left.items()):
            places: Iterable[int] = [number] if alike is _mostly_equal else right
            place = next((one for one in places if one in right and alike(was, right[one])), None)
            if place is not None:
                pairs.append((number, left.pop(number), right.pop(place)))
    pairs += [(number, was, None) for number, was in left.items()]
    return sorted(pairs, key=lambda pair: pair[0]) + [(0, None, now) for now in right.values()]


def _equal(one: Row, other: Row) -> bool:
    return one == other


def _mostly_equal(one: Row, other: Row) -> bool:
    shared = [one.get(column) == other.get(column) for column in one.keys() | other.keys()]
    return sum(shared) * 2 >= len(shared)


def _files(step: str, before: Document, after: Document) -> Iterator[Difference]:
    """Files by kind, name and content: one replaced under the same name differs."""
    was, now = _files_of(step, before), _files_of(step, after)
    gone = {key: said for key, said in was.items() if key not in now}
    come = {key: said for key, said in now.items() if key not in was}
    for key, said in gone.items():
        twin = next((other for other in come if other[:2] == key[:2]), None)
        yield Difference(step, EVIDENCE + key[0], "file", said, come.pop(twin) if twin else None)
    for key, said in come.items():
        yield Difference(step, EVIDENCE + key[0], "file", None, said)


def _files_of(step: str, document: Document) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    files = [said for said in document.get("evidence") or [] if said["good"] == step]
    return {(said["kind"], said["name"], said["sha256"]): said for said in files}


def pieces(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Return two texts in pieces: sentence by sentence, and word by word within those that are alike."""
    old, new = SENTENCE.findall(before), SENTENCE.findall(after)
    left, right = [], []
    for kind, was, now in _matched(old, new):
        if kind == "replace":
            within = _words("".join(was), "".join(now))
            left += within[0]
            right += within[1]
        else:
            left += [Piece("".join(was), kind != "equal")]
            right += [Piece("".join(now), kind != "equal")]
    return _joined(left), _joined(right)


def _words(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    old, new = WORD.findall(before), WORD.findall(after)
    found = list(_matched(old, new))
    same = sum(len(was) for kind, was, _now in found if kind == "equal")
    if same * 2 < ALIKE * (len(old) + len(new)):
        return [Piece(before, True)], [Piece(after, True)]
    last = len(found) - 1
    left, right = [], []
    for place, (kind, was, now) in enumerate(found):
        is_changed = kind != "equal" or (
            len(was) < 2 and 0 < place < last
        )  # one sign alike between two that differ
        left.append(Piece("".join(was), is_changed))
        right.append(Piece("".join(now), is_changed))
    return left, right


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    if len(old) * len(new) > MOST:
        yield "replace" if old != new else "equal", old, new
        return
    for kind, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield kind, old[start:end], new[begin:stop]


def _joined(found: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with those side by side that are both changed, or both not, as one."""
    kept = [piece for piece in found if piece.text]
    return [
        Piece("".join(piece.text for piece in group), is_changed)
        for is_changed, group in groupby(kept, key=lambda piece: piece.is_changed)
    ]
