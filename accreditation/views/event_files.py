"""The files of an export of events: CSV, a workbook, and JSON Lines with proofs. None is ever whole in memory."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from accreditation.queries.event_export import COLUMNS, Cell, events, table
from accreditation.services.event_export import Export
from workflows.ledger.proofs import FORMAT, proven

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet that opens a CSV file takes for the beginning of a formula."""
LONGEST_CELL = 32_767


class _Line:
    """A file that gives each line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(export: Export) -> Iterator[bytes]:
    """Yield the result as CSV in UTF-8, marked as such, so that every spreadsheet reads it; formulas are defused."""
    writer: Any = csv.writer(_Line())
    yield BOM.encode()
    yield writer.writerow([str(name) for name, _width in COLUMNS]).encode()
    for row in table(export.found):
        yield writer.writerow([_plain(cell) for cell in row]).encode()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    text = cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def workbook(export: Export) -> IO[bytes]:
    """Return the result as a workbook in a temporary file, which goes when it is closed. Nothing in it is a formula."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        sheet, bold = book.add_worksheet(_("操作记录")), book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        for place, (name, width) in enumerate(COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, str(name), bold)
        for number, row in enumerate(table(export.found), start=1):
            _write(sheet, number, row, moment)
    file.seek(0)
    return file


def _write(sheet: Any, number: int, row: Iterable[Cell], moment: Any) -> None:
    for place, cell in enumerate(row):
        if isinstance(cell, datetime):
            sheet.write_datetime(number, place, cell, moment)
        elif isinstance(cell, int):
            sheet.write_number(number, place, cell)
        elif cell:
            sheet.write_string(number, place, cell[:LONGEST_CELL])


def proof_lines(export: Export) -> Iterator[bytes]:
    """Yield the result as JSON Lines that `verify/verify.py` reads: what signs it, then each event with its proof."""
    assert export.checkpoint is not None
    yield _json({"format": FORMAT, "checkpoint": export.checkpoint.note, "keys": list(export.keys)})
    for record in proven(events(export.found), export.checkpoint):
        yield _json(record)


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n".encode()
