"""Files for a spreadsheet: CSV a line at a time, and workbooks that no memory holds whole."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import TemporaryFile
from typing import IO, Final

from django.http import HttpResponse, StreamingHttpResponse
from openpyxl import Workbook

Value = str | int | float | None
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# XML 1.0 has no place for them, and a workbook is XML.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA: Final = frozenset("=+-@\t\r\n")


class _Echo:
    """What csv writes to: hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def harmless(cell: Value) -> Value:
    """A spreadsheet would run a text that begins like a formula; a number stays one."""
    if not isinstance(cell, str):
        return cell
    plain = _CONTROL.sub("", cell)
    return f"'{plain}" if plain[:1] in _FORMULA else plain


def csv_lines(rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """With a byte order mark, or Excel reads the words in another alphabet."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def workbook(sheets: Mapping[str, Iterable[Sequence[Value]]]) -> IO[bytes]:
    """An XLSX file, at its beginning; rows go to disk as they come."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([harmless(cell) for cell in row])
    kept = TemporaryFile()  # noqa: SIM115 — whoever sends it closes it
    book.save(kept)
    kept.seek(0)
    return kept


def csv_response(name: str, rows: Iterable[Sequence[Value]]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_response(name: str, sheets: Mapping[str, Iterable[Sequence[Value]]]) -> HttpResponse:
    """The file itself, compressed, is small; what it was made of never stood in memory at once."""
    with workbook(sheets) as kept:
        response = HttpResponse(kept.read(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
