"""One ICB's path through the published months, and a month brought in by hand."""

import csv
import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEvent
from capacity.actions.reference import load_reference_data
from capacity.models import PublishedFigure
from tests.capacity.tables import read
from tests.capacity.workbooks import LINES, QK1, write
from tests.cast import person, with_role

UPLOAD = "/capacity/published/new/"


@pytest.fixture
def planner(db):
    return with_role(person("national", "planner"), "icb_manager", "england", "")


def path(client, code="QK1", query=""):
    return client.get(reverse("capacity:published-icb", args=[code]) + query)


def test_a_path_is_told_on_its_newest_base_with_the_rank(db, icb_manager, signed_in):
    load_reference_data()
    shown = path(signed_in(icb_manager)).context["shown"]
    assert shown.sentence.startswith("QK1 had ")
    assert "of all ages" in shown.sentence
    assert " of 42; " in shown.sentence
    december = next(row for row in shown.table.rows if row[0] == "December 2023")
    assert december[1:6] == ("155", "15.6 (16+)", "122", "78.7%", "37th of 42")
    assert december[6:8] == ("23.0 (16+)", "72.7%")
    assert december[-1] == "luck could explain it"


def test_a_month_that_was_not_returned_is_a_gap(db, icb_manager, signed_in):
    load_reference_data()
    shown = path(signed_in(icb_manager), "QT6").context["shown"]
    october = next(row for row in shown.table.rows if row[0] == "October 2023")
    assert october[3:5] == ("–", "not returned")
    assert october[-1] == "–"
    assert ">0.0%<" not in shown.taken_chart


def test_the_file_holds_exactly_what_the_table_shows(db, icb_manager, signed_in):
    load_reference_data()
    client = signed_in(icb_manager)
    told = client.get(reverse("capacity:published-icb-table", args=["QK1"])).content.decode()
    rows = list(csv.reader(told.lstrip("\ufeff").splitlines()))
    assert rows == [list(row) for row in path(client).context["shown"].csv]


@pytest.mark.parametrize(
    "query", ["?from=2023-09-01&to=2023-11-30", "?from=01/09/2023&to=1/11/2023"]
)
def test_a_time_of_the_path_is_told_drawn_and_filed(query, db, icb_manager, signed_in):
    load_reference_data()
    client = signed_in(icb_manager)
    answer = path(client, query=query)
    shown = answer.context["shown"]
    months = ["November 2023", "October 2023", "September 2023"]
    assert [row[0] for row in shown.table.rows] == months
    assert shown.sentence.startswith("QK1 had 123 beds in November 2023")
    assert "than in September 2023." in shown.sentence
    assert "December" not in shown.rate_chart + shown.taken_chart
    link = next(one for one in read(answer.content.decode()).links if ".csv" in one)
    told = client.get(link).content.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(told.splitlines())][1:] == months


@pytest.mark.parametrize(
    "query", ["?from=nonsense", "?from=2023-12-02&to=2023-12-31", "?from=2024-04-01&to=2023-07-01"]
)
def test_a_time_without_a_month_is_told_and_all_are_shown(query, db, icb_manager, signed_in):
    load_reference_data()
    answer = path(signed_in(icb_manager), query=query)
    assert "No month is held that begins in that time." in answer.content.decode()
    assert len(answer.context["shown"].table.rows) == 7


def test_another_boards_path_is_open_and_leads_to_no_live_figures(db, icb_manager, signed_in):
    load_reference_data()
    answer = path(signed_in(icb_manager), "QUA")
    assert answer.status_code == 200
    assert "Now, from its own wards" not in answer.content.decode()


def test_a_code_that_was_never_published_is_not_found(db, icb_manager, signed_in):
    load_reference_data()
    assert path(signed_in(icb_manager), "QXX").status_code == 404
    assert path(signed_in(icb_manager), "ENGLAND").status_code == 404


def send(client, file, **typed):
    return client.post(
        UPLOAD, {"workbook": SimpleUploadedFile(file.name, file.read_bytes()), **typed}
    )


def test_a_month_is_imported_once_and_written_down(planner, signed_in, tmp_path):
    client, book = signed_in(planner), write(tmp_path)
    answer = send(client, book)
    assert answer["Location"] == "/capacity/england/?month=2023-12"
    assert PublishedFigure.objects.filter(month=dt.date(2023, 12, 1)).count() == len(LINES)
    send(client, book)
    assert PublishedFigure.objects.count() == len(LINES)
    assert AuditEvent.objects.filter(verb="published-imported", by=planner).count() == 1


def test_what_cannot_be_read_is_told_by_cell_and_nothing_is_stored(planner, signed_in, tmp_path):
    odd = (*QK1[:4], "many", *QK1[5:])
    client, book = signed_in(planner), write(tmp_path, (LINES[0], odd, LINES[2]))
    answer = send(client, book)
    assert answer.status_code == 422
    assert "“many” is not a count of beds." in answer.content.decode()
    assert not PublishedFigure.objects.exists()
    assert send(client, book, without="on").status_code == 302
    assert PublishedFigure.objects.count() == len(LINES) - 1


def test_of_many_cells_that_cannot_be_read_the_first_are_told(planner, signed_in, tmp_path):
    lines = [(*QK1[:2], f"Q{n:02}", QK1[3], "many", *QK1[5:]) for n in range(20)]
    form = send(signed_in(planner), write(tmp_path, lines)).context["form"]
    assert len(form.errors["workbook"]) == 13
    assert form.errors["workbook"][-1] == "And 9 more."  # England no longer adds up


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "The file is empty."),
        (b"not a workbook", "This is not an Excel workbook (.xlsx)."),
    ],
)
def test_another_kind_of_file_is_refused_in_words(planner, signed_in, tmp_path, body, told):
    file = tmp_path / "report.xlsx"
    file.write_bytes(body)
    assert told in send(signed_in(planner), file).content.decode()


def test_no_file_is_asked_for(planner, signed_in):
    assert "Choose the workbook." in signed_in(planner).post(UPLOAD).content.decode()


def test_england_leads_to_the_import_only_who_may(planner, icb_manager, signed_in):
    assert UPLOAD in signed_in(planner).get("/capacity/england/").content.decode()
    assert UPLOAD not in signed_in(icb_manager).get("/capacity/england/").content.decode()
