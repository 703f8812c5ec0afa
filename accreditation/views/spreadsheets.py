"""Tables for spreadsheets, as CSV and as a workbook. None is ever whole in memory."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from django.utils import translation
from django.utils.functional import Promise

Cell = str | int | date | datetime | None
Column = tuple[str | Promise, int]
"""The heading of a column, and its width in letters."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet that opens a CSV file takes for the beginning of a formula."""
LONGEST_CELL = 32_767


class _Line:
    """A file that gives each line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield a table as CSV in UTF-8, marked as such, so that every spreadsheet reads it; formulas are defused."""
    writer: Any = csv.writer(_Line())
    yield BOM.encode()
    yield writer.writerow([str(heading) for heading, _width in columns]).encode()
    for row in rows:
        yield writer.writerow([_plain(cell) for cell in row]).encode()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    text = cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def workbook(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    properties: dict[str, str] | None = None,
) -> IO[bytes]:
    """Return a table as a workbook in a temporary file, which goes when it is closed. Nothing in it is a formula.

    `properties` are those of the document: title, company, comments.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties(properties or {})
        sheet, bold = book.add_worksheet(title), book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        for place, (heading, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, str(heading), bold)
        for number, row in enumerate(rows, start=1):
            _write(sheet, number, row, day, moment)
    file.seek(0)
    return file


def _write(sheet: Any, number: int, row: Sequence[Cell], day: Any, moment: Any) -> None:
    for place, cell in enumerate(row):
        if isinstance(cell, date):
            sheet.write_datetime(number, place, cell, moment if isinstance(cell, datetime) else day)
        elif isinstance(cell, int):
            sheet.write_number(number, place, cell)
        elif cell:
            sheet.write_string(number, place, cell[:LONGEST_CELL])


def in_language(language: str, lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines in the language of the reader: they are written after the request has been answered."""
    with translation.override(language):
        yield from lines
