"""The files of an export of events: CSV, a workbook, and JSON Lines with proofs. None is ever whole in memory."""

import json
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from accreditation.queries.event_export import COLUMNS, events, table
from accreditation.services.event_export import Export
from accreditation.views import spreadsheets
from workflows.ledger.proofs import FORMAT, proven


def csv_lines(export: Export) -> Iterator[bytes]:
    """Yield the result as CSV."""
    return spreadsheets.csv_lines(COLUMNS, table(export.found))


def workbook(export: Export) -> IO[bytes]:
    """Return the result as a workbook in a temporary file."""
    return spreadsheets.workbook(_("操作记录"), COLUMNS, table(export.found))


def proof_lines(export: Export) -> Iterator[bytes]:
    """Yield the result as JSON Lines that `verify/verify.py` reads: what signs it, then each event with its proof."""
    assert export.checkpoint is not None
    yield _json({"format": FORMAT, "checkpoint": export.checkpoint.note, "keys": list(export.keys)})
    for record in proven(events(export.found), export.checkpoint):
        yield _json(record)


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n".encode()
