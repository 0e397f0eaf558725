"""Small workbooks in the manners in which the published ones vary."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

PLAIN = ("Region", "Region Code", "ICB code", "Name")
OF_2023 = (
    *PLAIN,
    "Virtual Ward Capacity \n(see note 1) ",
    "Virtual Ward Capacity per 100,000 GP registered population\naged 16 years and over",
    "GP registered population aged 16 and over\n(see note 3) ",
    "Patients in a Virtual Ward\n(see notes 1 and 4) ",
    "Occupancy %\n(see note 5) ",
)
OF_2024 = (
    *PLAIN,
    "Virtual Ward Capacity \n(see note 1) ",
    "Virtual Ward Capacity per 100,000 GP registered population\n(see note 2) ",
    "GP registered population\n(see note 3) ",
    "Patients in a Virtual Ward\n(see notes 1 and 4) ",
    "Occupancy %\n(see note 5) ",
)
ENGLAND = ("-", "-", "-", "ENGLAND", 316, 16.3, 1_938_210, 494, "100%*")
QK1 = (
    "Midlands",
    "Y60",
    "QK1",
    "NHS Leicester, Leicestershire and Rutland Integrated Care Board ",
    155,
    15.6,
    990_432,
    122,
    0.787,
)
QJG = (
    "East of England",
    "Y61",
    "QJG",
    "NHS Suffolk and North East Essex Integrated Care Board*",
    161,
    17,
    947_778,
    372,
    "100%*",
)
LINES = (ENGLAND, QK1, QJG)


def write(
    folder: Path,
    lines: Sequence[Sequence[Any]] = LINES,
    *,
    headings: Sequence[str] = OF_2023,
    month: str | dt.datetime | None = "December 2023",
    name: str = "book.xlsx",
    sheet: str = "Virtual Ward Data",
    notes_first: bool = True,
    down: int = 16,
    left: int = 2,
) -> Path:
    """One sheet of notes and one with the table, whose headings begin at row `down`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    if notes_first:
        page = book.create_sheet("Notes")
        page["B2"] = "Title:"
        page["C2"] = "Virtual Ward Capacity and Occupancy monthly statistics in England"
    page = book.create_sheet(sheet)
    if month is not None:
        page.cell(down - 10, left, "Month:")
        page.cell(down - 10, left + 1, month)
    page.cell(down - 5, left, "Published:")
    page.cell(down - 5, left + 1, "11th January 2024")
    for number, line in enumerate((headings, *lines)):
        for column, value in enumerate(line):
            page.cell(down + number, left + column, value)
    path = folder / name
    book.save(path)
    return path
