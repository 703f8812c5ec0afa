"""Rows against what the events say they must be."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext as _

from workflows.ledger.chain import digest
from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.models import EventPayload

Key = tuple[Any, ...]
"""What a row is known by, to the events and to its table alike."""


class Claim(NamedTuple):
    """What events say of a row: its columns, and the event that said so last."""

    stream: str
    sequence: int | None
    columns: dict[str, Any]


class Kept(NamedTuple):
    """A row as its table has it."""

    pk: int
    columns: Mapping[str, Any]


Claims = Mapping[Key, Sequence[Claim]]
Rows = Mapping[Key, Sequence[Kept]]


def place_of(model: type[Model], key: Any, stream: str = "", sequence: int | None = None) -> Place:
    """Return which row it is, and the event that explains it."""
    return Place(model._meta.db_table, str(key), stream, sequence)


def code_of(row: Model, column: str, code: str = "public_id") -> str:
    """Return the code of the row that a column names: "" where it names none, its key where that row is not there."""
    try:
        named = getattr(row, column)
    except ObjectDoesNotExist:
        named = None
    return str(getattr(named, code, getattr(row, f"{column}_id") or ""))


def hold(place: Place, said: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Raise Broken unless each column is what the events say."""
    for column, value in said.items():
        if found[column] != value:
            words = {"column": column, "found": found[column], "said": value}
            what = _("%(column)s现在是“%(found)s”，操作记录说明应是“%(said)s”") % words
            raise Broken(place, Fault.DIFFERS, what)


def hold_rows(model: type[Model], said: Claims, found: Rows) -> int:
    """Hold rows against what is said of them, those of one key in their order; return how many. Raises Broken."""
    for key, claims in said.items():
        for claim, row in zip_longest(claims, found.get(key, ())):
            if claim is None:
                raise stray(model, row.pk)
            place = place_of(model, row.pk if row else " ".join(map(str, key)), claim.stream, claim.sequence)
            if row is None:
                raise missing(place)
            hold(place, claim.columns, row.columns)
    for key, rows in found.items():
        if key not in said:
            raise stray(model, rows[0].pk)
    return sum(len(rows) for rows in found.values())


def hold_document(place: Place, document: str, sha256: str, said: str) -> None:
    """Raise Broken unless a document has the hash that its event says, and that stands beside it."""
    if digest(document) != said:
        raise Broken(place, Fault.HASH, _("内容与操作记录里的摘要不符，被改过"))
    if sha256 != said:
        raise Broken(place, Fault.DIFFERS, _("旁边的摘要与操作记录里的不符，被改过"))


def texts_of(events: Collection[int]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield by event the personal text that was kept, where there is any. One query; none without events."""
    rows = EventPayload.objects.filter(pk__in=events).iterator() if events else ()
    yield from ((row.pk, row.texts) for row in rows)


def missing(place: Place) -> Broken:
    """Return what is said of a row that the events speak of and that is not there."""
    return Broken(place, Fault.MISSING, _("操作记录说明有这一行，它不见了"))


def stray(model: type[Model], key: Any) -> Broken:
    """Return what is said of a row that no event speaks of."""
    return Broken(place_of(model, key), Fault.STRAY, _("没有操作记录说明这一行从何而来"))
