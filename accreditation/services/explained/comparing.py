"""Rows against what the events say they must be."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext as _

from workflows.ledger.chain import digest
from workflows.ledger.verification.broken import Broken, Fault, Place


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


def hold_document(place: Place, document: str, sha256: str, said: str) -> None:
    """Raise Broken unless a document has the hash that its event says, and that stands beside it."""
    if digest(document) != said:
        raise Broken(place, Fault.HASH, _("内容与操作记录里的摘要不符，被改过"))
    if sha256 != said:
        raise Broken(place, Fault.DIFFERS, _("旁边的摘要与操作记录里的不符，被改过"))


def missing(place: Place) -> Broken:
    """Return what is said of a row that the events speak of and that is not there."""
    return Broken(place, Fault.MISSING, _("操作记录说明有这一行，它不见了"))


def stray(model: type[Model], key: Any) -> Broken:
    """Return what is said of a row that no event speaks of."""
    return Broken(place_of(model, key), Fault.STRAY, _("没有操作记录说明这一行从何而来"))
