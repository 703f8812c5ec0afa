"""Verify the ledger: recompute it from its events, and hold the rows that they explain against it."""

import json
import os
import sys
import time
from argparse import ArgumentParser
from base64 import b64encode
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workflows.ledger.verification.broken import Broken, CannotVerify
from workflows.ledger.verification.one_stream import verify_stream
from workflows.ledger.verification.whole import LEAVES, Verified, verify
from workflows.management.progress import Bar

FAILED, UNKNOWN = 1, 2


class Command(BaseCommand):
    help = "Verify the ledger. Ends with 1 and names the first bad record, with 2 where nothing can be found out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--checkpoint", type=Path, metavar="FILE", help="a checkpoint you kept, which it must hold"
        )
        part = parser.add_mutually_exclusive_group()
        part.add_argument(
            "--since", type=Path, metavar="FILE", help="a checkpoint up to which the log is trusted"
        )
        part.add_argument("--stream", metavar="KEY", help="verify one stream only, as application/5f0c1d9e-…")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the result as JSON")

    def handle(self, *args: Any, as_json: bool, **options: Any) -> None:
        with translation.override(_language()):
            began = time.monotonic()
            try:
                found = self._verify(options["checkpoint"], options["since"], options["stream"])
            except Broken as error:
                self._write(_broken(error) if as_json else _in_words(error), as_json)
                sys.exit(FAILED)
            except CannotVerify as error:
                self._write({"holds": None, "what": str(error)} if as_json else [str(error)], as_json)
                sys.exit(UNKNOWN)
            seconds = time.monotonic() - began
            self._write(_verified(found, seconds) if as_json else _told(found, seconds), as_json)

    def _verify(self, checkpoint: Path | None, since: Path | None, stream: str | None) -> Verified:
        if stream:
            return verify_stream(stream, kept=checkpoint)
        bar = Bar(sys.stderr)
        doing = {LEAVES: _("核验操作记录"), "rows": _("核验数据")}
        try:
            return verify(
                kept=checkpoint,
                since=since,
                tell=lambda what, done, total: bar.draw(doing[what], done, total),
            )
        finally:
            bar.clear()

    def _write(self, said: Any, as_json: bool) -> None:
        self.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) if as_json else "\n".join(said))


def _language() -> str:
    """Return the language of the terminal, where it is one of ours; else the one that is active."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    try:
        return translation.get_supported_language_variant(named.partition(".")[0].replace("_", "-").lower())
    except LookupError:
        return translation.get_language()


def _told(found: Verified, seconds: float) -> list[str]:
    counts = found.counts
    said = {
        "events": found.events, "rows": found.rows, "seconds": f"{seconds:.1f}", "start": found.start,
        "size": found.size, "root": b64encode(found.root).decode(), "fresh": found.fresh,
        "checkpoints": counts.checkpoints, "cosignatures": counts.cosignatures, "unknown": counts.unknown_witnesses,
    }  # fmt: skip
    lines = [_("成立：核验了%(events)d条操作记录和%(rows)d行数据，用时%(seconds)s秒。") % said]
    if found.start:
        lines.append(_("序号0到%(last)d信任所给的检查点，没有重算。") % {"last": found.start - 1})
    lines.append(_("共%(size)d条记录，根%(root)s") % said)
    if counts.checkpoints:
        lines.append(_("检查点%(checkpoints)d个、见证%(cosignatures)d个，签名都成立。") % said)
    if counts.unknown_witnesses:
        lines.append(_("另有%(unknown)d个见证没有公钥，签名没有核对。") % said)
    if found.newest and found.newest.at:
        at = date_format(timezone.localtime(found.newest.at), "DATETIME_FORMAT")
        lines.append(
            _("对照的检查点：%(at)s签署，含%(size)d条记录。") % {"size": found.newest.size, "at": at}
        )
    if found.fresh:
        lines.append(_("最近%(fresh)d条还没有编入检查点。") % said)
    return lines


def _in_words(error: Broken) -> list[str]:
    place = error.place
    lines = [_("不成立。"), _("数据：%(table)s %(key)s") % {"table": place.table, "key": place.key}]
    if place.stream:
        number = "" if place.sequence is None else f"#{place.sequence}"
        lines.append(_("操作记录：%(event)s") % {"event": place.stream + number})
    if place.leaf is not None:
        lines.append(_("记录序号：%(leaf)d") % {"leaf": place.leaf})
    return [*lines, _("问题：%(what)s") % {"what": error.what}]


def _verified(found: Verified, seconds: float) -> dict[str, Any]:
    newest = found.newest
    return {
        "holds": True,
        "from": found.start,
        "size": found.size,
        "root": b64encode(found.root).decode(),
        "events": found.events,
        "fresh": found.fresh,
        "rows": found.rows,
        "checkpoints": found.counts.checkpoints,
        "cosignatures": found.counts.cosignatures,
        "unknown_witnesses": found.counts.unknown_witnesses,
        "checkpoint": newest and {"size": newest.size, "at": newest.at and newest.at.isoformat()},
        "seconds": round(seconds, 3),
    }


def _broken(error: Broken) -> dict[str, Any]:
    place = error.place
    return {
        "holds": False,
        "fault": error.fault,
        "what": error.what,
        "table": place.table,
        "key": place.key,
        "stream": place.stream,
        "sequence": place.sequence,
        "leaf": place.leaf,
    }
