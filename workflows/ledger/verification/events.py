"""One event: its hash, its place in the chain, the columns that repeat its body, and its personal text."""

import json
from collections.abc import Set
from dataclasses import replace
from hashlib import sha256
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from workflows.ledger.chain import kept_fields
from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.ledger.verification.chains import Chains
from workflows.ledger.verification.erasures import Erased
from workflows.ledger.verification.reading import COLUMN_NAMES, COLUMNS, Row
from workflows.models import EventPayload

PERSON = "user/"
NOTHING: Set[str] = frozenset()
_said = itemgetter(*COLUMNS)
_read = json.JSONDecoder().raw_decode


def check(row: Row, chains: Chains, erased: Erased, not_before: str = "") -> bytes:
    """Return the content of the event's leaf. Raises Broken where the event is not as it was written.

    `chains` have followed the events before it. `not_before` is a moment, as in a body: an event that says it happened
    before it came too late to the log.
    """
    try:
        content = row.body.encode()
        if sha256(content).hexdigest() != row.hash:
            raise Broken(row.place, Fault.HASH, _("正文与旁边记的摘要不符，两者之一被改过"))
        body, end = _read(row.body)
        if end != len(row.body):
            raise ValueError("there is something after the body")
        if _said(body) != row[2:11]:
            raise _differing(row, body)
        _check_people(row, body)
        chains.follow(row)
        _check_personal(row, body["personal"], erased)
        if row.at < not_before:
            raise _backdated(row)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Broken(row.place, Fault.UNREADABLE, _("正文不是本来的样子，读不出来")) from error
    return content


def _differing(row: Row, body: dict[str, Any]) -> Broken:
    names = [
        name
        for name, said, column in zip(COLUMN_NAMES, _said(body), row.columns, strict=True)
        if said != column
    ]
    return _column(row, *names)


def _column(row: Row, *names: str) -> Broken:
    said = {"columns": ", ".join(names)}
    return Broken(row.place, Fault.COLUMN, _("这些列与正文不符：%(columns)s") % said)


def _check_people(row: Row, body: dict[str, Any]) -> None:
    if not _is_person(row.actor, body["actor"]):
        raise _column(row, "actor")
    if not _is_person(row.principal, body["facts"].get("for", "")):
        raise _column(row, "principal")


def _is_person(column: str | None, said: str) -> bool:
    """Return whether the column holds who the body names; machines have no row."""
    if column == "":
        return not said.startswith(PERSON)
    return column == said.replace("-", "")


def _check_personal(row: Row, hashes: Any, erased: Erased) -> None:
    gone = erased[row.stream].get(row.sequence, NOTHING) if row.stream in erased else NOTHING
    if row.content is None:
        _check_missing(row, hashes, gone)
        return
    kept = kept_fields(hashes, row.salt or "", row.content)
    if kept is None:
        raise Broken(_payload(row), Fault.PERSONAL, _("个人信息与正文里的摘要不符，被改过"))
    if isinstance(hashes, dict) and len(kept) < len(hashes) and not gone >= hashes.keys() - kept:
        fields = ", ".join(sorted(hashes.keys() - kept - gone))
        what = _("个人信息少了%(fields)s，没有删除个人信息的记录说明") % {"fields": fields}
        raise Broken(_payload(row), Fault.PERSONAL, what)
    if gone and not kept.isdisjoint(gone):
        fields = ", ".join(sorted(kept & gone))
        what = _("个人信息%(fields)s有删除的记录，却还在") % {"fields": fields}
        raise Broken(_payload(row), Fault.PERSONAL, what)


def _check_missing(row: Row, hashes: Any, gone: Set[str]) -> None:
    """Without its row every field must have been erased; of schema 1, which has one hash for all, any is enough."""
    if not gone or (isinstance(hashes, dict) and not hashes.keys() <= gone):
        raise Broken(_payload(row), Fault.PERSONAL, _("个人信息不见了，没有删除个人信息的记录说明"))


def _payload(row: Row) -> Place:
    return replace(row.place, table=EventPayload._meta.db_table)


def _backdated(row: Row) -> Broken:
    if row.leaf is None:
        what = _("它说发生在%(at)s，那以后签署的检查点里却没有它：是后来补进去的，或者漏了编号")
    else:
        what = _("它说发生在%(at)s，却在那以后签署的检查点之后才编号：是倒填日期补进去的")
    return Broken(row.place, Fault.BACKDATED, what % {"at": row.at})
