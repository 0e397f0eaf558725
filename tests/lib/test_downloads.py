"""Files for a spreadsheet run nothing, and hold what they were given."""

import csv
import io

import pytest
from openpyxl import load_workbook

from lib.downloads import csv_lines, csv_response, harmless, workbook, xlsx_response


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\x00=1", "'=1"),
        ("a=1", "a=1"),
        ("", ""),
        (-2, -2),
        (0.5, 0.5),
        (None, None),
    ],
)
def test_what_would_run_is_text(cell, safe):
    assert harmless(cell) == safe


def test_csv_begins_with_a_mark_and_holds_every_cell():
    text = "".join(csv_lines([("Ward", "Beds"), ('Soar "V", Valley', 3), ("=x", None)]))
    assert text[0] == "\ufeff"
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows == [["Ward", "Beds"], ['Soar "V", Valley', "3"], ["'=x", ""]]


def test_a_workbook_holds_numbers_as_numbers_and_no_formula():
    with workbook({"One": [("Beds", 3), ("=HYPERLINK(1)", 0.5)], "Two": [("x",)]}) as kept:
        book = load_workbook(kept)
    assert [list(row) for row in book["One"].values] == [["Beds", 3], ["'=HYPERLINK(1)", 0.5]]
    assert all(cell.data_type != "f" for row in book["One"].rows for cell in row)
    assert book.sheetnames == ["One", "Two"]


def test_files_are_named_for_what_they_hold():
    answers = csv_response("beds", [("a",)]), xlsx_response("beds", {"a": [("a",)]})
    assert [answer["Content-Disposition"] for answer in answers] == [
        'attachment; filename="beds.csv"',
        'attachment; filename="beds.xlsx"',
    ]
    assert all(answer.getvalue() for answer in answers)
