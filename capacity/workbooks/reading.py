"""Finds the table in a workbook, whatever its sheet and row, and reads its lines."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import IO, Any, Final, cast
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from capacity.workbooks import cells
from capacity.workbooks.checks import check
from capacity.workbooks.words import ENGLAND, Line, Month, Remark

NEEDED: Final = frozenset({"code", "name", "capacity", "population", "patients"})
LARGEST_BYTES: Final = 10 * 1024 * 1024
LARGEST_UNPACKED: Final = 20 * LARGEST_BYTES
_ICB_CODE: Final = re.compile(r"Q[0-9A-Z]{2}")
_ABOVE_THE_TABLE: Final = 60


class NotAWorkbook(Exception):  # noqa: N818 — an answer to a person, not a fault
    """The file cannot be read at all, and why."""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet, the row of its headings, and the column of each known heading."""

    sheet: Worksheet
    row: int
    columns: dict[str, int]

    def cell(self, row: int, heading: str) -> Cell:
        found = self.sheet.cell(row, self.columns[heading])
        # A merged one has a value (none) and a coordinate too, and no more is asked of it.
        return cast("Cell", found)


def read(path: Path) -> Month:
    """As `read_file`; raises NotAWorkbook also where it cannot be opened."""
    try:
        with path.open("rb") as file:
            return read_file(file, path.name)
    except OSError as error:
        raise NotAWorkbook(f"The file cannot be opened: {error.strerror or error}.") from error


def read_file(file: IO[bytes], name: str) -> Month:
    """Everything that can be read; raises NotAWorkbook where there is no table or no month."""
    table = _find_table(_sheets(file))
    month = _find_month(table, Path(name).stem)
    base = "16+" if _counts_from_sixteen(table) else "all"
    found = Month(month=month, population_base=base)
    for row in range(table.row + 1, table.sheet.max_row + 1):
        _read_row(table, row, found)
    if not found.lines and not found.unread:
        raise NotAWorkbook("There is no line of an ICB below the headings.")
    check(found, _printed(table))
    return found


def _sheets(file: IO[bytes]) -> list[Worksheet]:
    try:
        _check_size(file)
        book = load_workbook(file, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise NotAWorkbook("This is not an Excel workbook (.xlsx).") from error
    return list(book.worksheets)


def _check_size(file: IO[bytes]) -> None:
    """Before anything is unpacked, also of what it says that it will be."""
    if file.seek(0, SEEK_END) > LARGEST_BYTES:
        raise NotAWorkbook("The file is larger than any such workbook.")
    file.seek(0)
    with ZipFile(file) as parts:
        if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
            raise NotAWorkbook("The file is larger, unpacked, than any such workbook.")
    file.seek(0)


def _find_table(sheets: list[Worksheet]) -> Table:
    for sheet in sheets:
        for row in sheet.iter_rows(max_row=_ABOVE_THE_TABLE):
            columns = _columns(row)
            if columns.keys() >= NEEDED:
                return Table(sheet, row[0].row or 1, columns)
    wanted = "ICB code, name, capacity, population and patients"
    raise NotAWorkbook(f"No sheet has a row of headings with {wanted}.")


def _columns(row: tuple[Any, ...]) -> dict[str, int]:
    """The first column of each heading wins."""
    columns: dict[str, int] = {}
    for cell in row:
        name = cells.heading(cell.value) if cell.value is not None else ""
        if name:
            columns.setdefault(name, cell.column)
    return columns


def _find_month(table: Table, stem: str) -> dt.date:
    """Beside its own label, else in the file's name, else in a title; never the day it came out."""
    lines = [[cell.value for cell in row] for row in table.sheet.iter_rows(max_row=table.row - 1)]
    labelled = [line for line in lines if _label(line).startswith(("month", "period", "report"))]
    titles = [line for line in lines if not _label(line).startswith(("publish", "revis", "date"))]
    for told in (_flat(labelled), [stem], _flat(titles)):
        month = next(filter(None, map(cells.month, told)), None)
        if month:
            return month
    raise NotAWorkbook("Neither the sheet nor the file's name says which month this is.")


def _label(line: list[Any]) -> str:
    return next((cells.text(value).lower() for value in line if value), "")


def _flat(lines: list[list[Any]]) -> list[Any]:
    return [value for line in lines for value in line if value is not None]


def _counts_from_sixteen(table: Table) -> bool:
    return any(
        cells.tells_sixteen(table.cell(table.row, name).value)
        for name in ("population", "per_100k")
        if name in table.columns
    )


def _read_row(table: Table, row: int, found: Month) -> None:
    code = _code(table, row)
    if code is None:
        _remark_on_a_stranger(table, row, found)
    elif any(line.icb_code == code for line in found.lines):
        found.unread.append(Remark(_at(table, row, "code"), f"{code} stands here a second time."))
    else:
        _read_line(table, row, code, found)


def _code(table: Table, row: int) -> str | None:
    """England is told by its name: its code is a dash in one month and empty in another."""
    if cells.plain_name(table.cell(row, "name").value).upper() == ENGLAND:
        return ENGLAND
    code = cells.plain_name(table.cell(row, "code").value).upper()
    return code if _ICB_CODE.fullmatch(code) else None


def _remark_on_a_stranger(table: Table, row: int, found: Month) -> None:
    """Notes below the table are no lines; a line with counts and a strange code is one."""
    counts = (cells.whole(table.cell(row, name).value) for name in ("capacity", "population"))
    if all(count is None for count in counts):
        return
    code = cells.text(table.cell(row, "code").value)
    name = cells.plain_name(table.cell(row, "name").value)
    if name and (code or "Integrated Care" in name):
        found.unread.append(Remark(_at(table, row, "code"), f"“{code}” is not an ICB’s code."))


def _read_line(table: Table, row: int, code: str, found: Month) -> None:
    counts = {name: cells.whole(table.cell(row, name).value) for name in ("capacity", "population")}
    patients = table.cell(row, "patients")
    unread = [name for name, count in counts.items() if count is None]
    if counts["population"] == 0:
        unread.append("population")
    if cells.whole(patients.value) is None and not cells.is_mark(patients.value):
        unread.append("patients")
    for name in unread:
        said = cells.text(table.cell(row, name).value) or "empty"
        words = f"{code}: “{said}” is not a count of {_MEANT[name]}."
        found.unread.append(Remark(_at(table, row, name), words))
    if not unread:
        found.lines.append(_line(table, row, code, counts))


_MEANT: Final = {"capacity": "beds", "population": "people", "patients": "patients"}


def _line(table: Table, row: int, code: str, counts: dict[str, int | None]) -> Line:
    name = cells.plain_name(table.cell(row, "name").value)
    region = table.cell(row, "region_code").value if "region_code" in table.columns else ""
    return Line(
        icb_code=code,
        name="England" if code == ENGLAND else name,
        region_code="" if code == ENGLAND else cells.plain_name(region).upper(),
        capacity=counts["capacity"] or 0,
        population=counts["population"] or 0,
        patients=cells.whole(table.cell(row, "patients").value),
    )


def _printed(table: Table) -> Iterator[tuple[str, str, str, float]]:
    """(code, heading, cell, figure) of each rate and share that is printed as a figure."""
    for row in range(table.row + 1, table.sheet.max_row + 1):
        code = _code(table, row)
        for name in ("per_100k", "occupancy"):
            if code is not None and name in table.columns:
                figure = cells.ratio(table.cell(row, name).value)
                if figure is not None:
                    yield code, name, _at(table, row, name), figure


def _at(table: Table, row: int, heading: str) -> str:
    return str(table.cell(row, heading).coordinate)
