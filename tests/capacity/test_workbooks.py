"""The published workbook, in each manner met so far, and what is said of what can't be read."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from capacity.models import PublishedFigure
from capacity.workbooks import NotAWorkbook, cells, read
from tests.capacity.workbooks import ENGLAND, LINES, OF_2024, PLAIN, QJG, QK1, write

DECEMBER = dt.date(2023, 12, 1)


def changed(line, **values):
    """A line with other values, by the place of its column."""
    places = {"code": 2, "name": 3, "capacity": 4, "population": 6, "patients": 7, "occupancy": 8}
    new = list(line)
    for name, value in values.items():
        new[places[name]] = value
    return tuple(new)


def line_of(month, code):
    return next(line for line in month.lines if line.icb_code == code)


def test_counts_are_read_and_labels_are_brought_to_one_spelling(tmp_path):
    month = read(write(tmp_path))
    assert (month.month, month.population_base) == (DECEMBER, "16+")
    assert [line.icb_code for line in month.lines] == ["ENGLAND", "QK1", "QJG"]
    assert line_of(month, "ENGLAND").name == "England"
    assert line_of(month, "QJG").name == "NHS Suffolk and North East Essex Integrated Care Board"
    assert line_of(month, "QJG").patients == 372
    assert (month.unread, month.doubts) == ([], [])


def test_the_base_is_told_by_the_headings(tmp_path):
    assert read(write(tmp_path, headings=OF_2024)).population_base == "all"


@pytest.mark.parametrize(
    "said",
    [
        "December 2023",
        "Dec-23",
        "dec 2023",
        dt.datetime(2023, 12, 1),
        "1st December 2023",
        "2023-12",
    ],
)
def test_the_month_is_read_in_every_manner(tmp_path, said):
    assert read(write(tmp_path, month=said)).month == DECEMBER


def test_the_month_comes_from_the_files_name_when_the_sheet_does_not_say(tmp_path):
    assert read(write(tmp_path, month=None, name="VW202312.xlsx")).month == DECEMBER


def test_the_table_is_found_on_any_sheet_and_row(tmp_path):
    path = write(tmp_path, sheet="Sheet9", down=25, left=1, notes_first=False)
    assert len(read(path).lines) == 3


@pytest.mark.parametrize("england", ["ENGLAND*", "England", " England ", "ENGLAND **"])
def test_england_is_told_by_its_name(tmp_path, england):
    lines = (changed(ENGLAND, name=england, code=None), QK1, QJG)
    assert line_of(read(write(tmp_path, lines)), "ENGLAND").capacity == 316


@pytest.mark.parametrize("mark", ["*", "**", "-", None, "n/a"])
def test_a_mark_for_patients_is_a_missing_return(tmp_path, mark):
    month = read(write(tmp_path, (QK1, changed(QJG, patients=mark))))
    assert (line_of(month, "QJG").patients, line_of(month, "QJG").returned) == (None, False)


def test_no_patients_beside_some_beds_is_a_missing_return(tmp_path):
    month = read(write(tmp_path, (changed(QJG, patients=0, occupancy=0),)))
    assert (line_of(month, "QJG").patients, line_of(month, "QJG").returned) == (0, False)


@pytest.mark.parametrize("count", ["1,234", "1234*", 1234.0, " 1 234 "])
def test_counts_written_as_text_are_counts(count):
    assert cells.whole(count) == 1234


@pytest.mark.parametrize("count", [True, -1, 1.5, "many", "100%", None, float("nan")])
def test_what_is_no_count_is_none(count):
    assert cells.whole(count) is None


def test_a_cell_that_cannot_be_read_is_named_and_its_line_left_out(tmp_path):
    month = read(write(tmp_path, (QK1, changed(QJG, capacity="see note 7"))))
    assert [line.icb_code for line in month.lines] == ["QK1"]
    assert [str(remark) for remark in month.unread] == [
        "F18: QJG: “see note 7” is not a count of beds."
    ]


def test_a_code_that_stands_twice_and_a_strange_one_are_named(tmp_path):
    month = read(write(tmp_path, (QK1, QK1, changed(QJG, code="XYZ1"))))
    assert [remark.cell for remark in month.unread] == ["D18", "D19"]


def test_notes_below_the_table_are_no_lines(tmp_path):
    lines = (*LINES, (), ("* Two organisations did not return in 2023.",))
    assert read(write(tmp_path, lines)).unread == []


def test_a_line_that_disagrees_with_what_is_printed_is_doubted_and_kept(tmp_path):
    month = read(write(tmp_path, (ENGLAND, changed(QK1, patients=21), QJG)))
    words = " ".join(str(remark) for remark in month.doubts)
    assert "J18: QK1: 0.787 is printed" in words
    assert "England has 494 patients, its 2 ICBs 393" in words
    assert line_of(month, "QK1").patients == 21


def test_a_workbook_without_the_table_says_so(tmp_path):
    with pytest.raises(NotAWorkbook, match="row of headings"):
        read(write(tmp_path, headings=PLAIN))


def test_what_is_no_workbook_says_so(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"not a zip")
    with pytest.raises(NotAWorkbook, match="not an Excel workbook"):
        read(path)
    with pytest.raises(NotAWorkbook, match="cannot be opened"):
        read(tmp_path / "nowhere.xlsx")


def test_importing_twice_changes_nothing(tmp_path, db, capsys):
    path = write(tmp_path)
    call_command("import_published", path)
    first = list(PublishedFigure.objects.values_list("pk", "imported_at"))
    call_command("import_published", path)
    assert list(PublishedFigure.objects.values_list("pk", "imported_at")) == first
    assert "0 new, 0 changed, 3 as they were" in capsys.readouterr().out


def test_a_revision_replaces_what_it_revises(tmp_path, db, capsys):
    call_command("import_published", write(tmp_path))
    call_command("import_published", write(tmp_path, (ENGLAND, changed(QK1, patients=120), QJG)))
    assert PublishedFigure.objects.get(icb_code="QK1").patients == 120
    assert "1 changed, 2 as they were" in capsys.readouterr().out


def test_one_bad_cell_does_not_cost_the_other_lines(tmp_path, db, capsys):
    path = write(tmp_path, (ENGLAND, QK1, changed(QJG, patients="many")))
    with pytest.raises(CommandError, match="1 could not be read"):
        call_command("import_published", path)
    assert PublishedFigure.objects.count() == 2
    assert "I19" in capsys.readouterr().err


def test_a_file_that_unpacks_to_more_than_any_workbook_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("capacity.workbooks.reading.LARGEST_UNPACKED", 1000)
    with pytest.raises(NotAWorkbook, match="unpacked"):
        read(write(tmp_path))
