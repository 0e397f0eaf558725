"""Each published month to its printed decimal: a workbook, the import, the API and the pages.

`data/printed.csv` was written from NHS England's Virtual Ward statistics (DAPB4068), July to
December 2023 and April 2024, as their workbooks show each cell: rates and shares to one decimal,
marks and labels as they stand.
"""

import csv
import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from capacity.actions.reference import load_reference_data
from capacity.models import PublishedFigure
from tests.capacity import workbooks
from tests.capacity.tables import table

PRINTED = Path(__file__).parent / "data" / "printed.csv"


def lines():
    with PRINTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MONTHS = {month: list(rows) for month, rows in groupby(lines(), key=lambda row: row["month"])}
Months = pytest.mark.parametrize("month", MONTHS)


def code_of(line):
    return "ENGLAND" if line["icb_code"] == "-" else line["icb_code"]


def has_returned(line):
    return line["patients"] != "0"


def is_above_full(line):
    return int(line["patients"]) > int(line["capacity"])


def figure(text):
    """A cell as the publication holds it: a number, a share of one, or a mark."""
    if text.endswith("%"):
        return float(Decimal(text[:-1]) / 100)
    return text if "*" in text else float(text)


def cells(line):
    names = ("region", "region_code", "icb_code", "name")
    numbers = ("capacity", "per_100k", "population", "patients", "occupancy")
    counts = [int(line[n]) if line[n].isdecimal() else figure(line[n]) for n in numbers]
    return [*(line[name] for name in names), *counts]


def workbook(folder, month):
    """As NHS England publishes it: notes first, the table from the second column on."""
    printed = MONTHS[month]
    base = printed[0]["population_base"]
    return workbooks.write(
        folder,
        [cells(line) for line in printed],
        headings=workbooks.OF_2023 if base == "16+" else workbooks.OF_2024,
        month=f"{dt.date.fromisoformat(f'{month}-01'):%B %Y}",
        name=f"VW{month.replace('-', '')}.xlsx",
    )


def decimal(value, places="0.1"):
    return str(Decimal(repr(value)).quantize(Decimal(places), rounding=ROUND_HALF_UP))


@pytest.fixture
def boards(db):
    """Names and regions are known, and of the published months none."""
    load_reference_data()
    PublishedFigure.objects.all().delete()


@pytest.fixture
def imported(boards, tmp_path, capsys):
    """Every month through the command; nothing in any of them is doubted."""
    call_command("import_published", *(workbook(tmp_path, month) for month in MONTHS))
    assert capsys.readouterr().err == ""


def test_the_figures_are_of_seven_months_england_and_each_of_42_boards():
    assert [len(printed) for printed in MONTHS.values()] == [43] * 7
    assert all(len({code_of(line) for line in month}) == 43 for month in MONTHS.values())


def test_a_share_is_marked_where_it_is_above_full_and_only_there():
    marked = [line for line in lines() if "*" in line["occupancy"]]
    assert len(marked) == 15
    assert marked == [line for line in lines() if is_above_full(line)]


@Months
def test_the_api_answers_to_the_printed_decimal(month, imported, icb_manager, signed_in):
    answer = signed_in(icb_manager).get("/api/v1/capacity/published/", {"month": month})
    told = {line["icb_code"]: line for line in answer.json()}
    assert len(told) == 43
    for line in MONTHS[month]:
        got = told[code_of(line)]
        assert got["population_base"] == line["population_base"]
        for name in ("capacity", "population", "patients"):
            assert got[name] == int(line[name])
        assert decimal(got["per_100k"]) == line["per_100k"], code_of(line)
        assert got["returned"] == has_returned(line)
        assert_occupancy(got["occupancy"], line)


def assert_occupancy(got, line):
    """A mark tells no figure: there the true one stands, unrounded and uncapped."""
    if not has_returned(line):
        assert (got, line["occupancy"]) == (None, "0.0%")
    elif is_above_full(line):
        assert got == int(line["patients"]) / int(line["capacity"]) > 1
    else:
        assert f"{decimal(got * 100)}%" == line["occupancy"], code_of(line)


def shown(line):
    """How the page says it: the publication's marks for above full differ from month to month."""
    if not has_returned(line):
        return "not returned"
    return "100%*" if is_above_full(line) else line["occupancy"]


@Months
def test_englands_page_shows_the_printed_decimal(month, imported, icb_manager, signed_in):
    response = signed_in(icb_manager).get(reverse("capacity:england-detail"), {"month": month})
    html = response.content.decode()
    league = table(html, "ICBs ranked")
    assert len(league.rows) == 42
    for line in MONTHS[month]:
        if code_of(line) == "ENGLAND":
            whole = table(html, "Regions").row("England")
            beds, patients = (f"{int(line[name]):,}" for name in ("capacity", "patients"))
            assert whole == [
                *("England", "42", beds, line["per_100k"], patients, line["occupancy"])
            ]
        else:
            row = dict(zip(league.headings, league.row(line["icb_code"]), strict=True))
            assert row["Beds"] == line["capacity"]
            assert row["Per 100,000"] == line["per_100k"]
            assert row["Patients"] == (line["patients"] if has_returned(line) else "–")
            assert row["Taken"] == shown(line)
            if is_above_full(line):
                true = 100 * int(line["patients"]) / int(line["capacity"])
                assert f"{line['icb_code']} {decimal(true)}% (" in html


def test_each_boards_path_shows_the_printed_decimal(imported, icb_manager, signed_in):
    client = signed_in(icb_manager)
    for code in {code_of(line) for line in lines()} - {"ENGLAND"}:
        html = client.get(reverse("capacity:published-icb", args=[code])).content.decode()
        months = table(html, "Month by month")
        for line in lines():
            if line["icb_code"] == code:
                name = f"{dt.date.fromisoformat(line['month'] + '-01'):%B %Y}"
                row = dict(zip(months.headings, months.row(name), strict=True))
                assert row["Beds"] == line["capacity"]
                assert row["Per 100,000"].split()[0] == line["per_100k"]
                assert row["Taken"] == of_path(line)


def of_path(line):
    """The path tells the true share, where England's page marks it and tells it in a note."""
    if not is_above_full(line):
        return shown(line)
    return f"{decimal(100 * int(line['patients']) / int(line['capacity']))}%"


def test_the_files_that_the_service_begins_with_are_the_same_months(boards, tmp_path, capsys):
    load_reference_data()
    before = list(PublishedFigure.objects.values_list("icb_code", "capacity", "patients"))
    call_command("import_published", *(workbook(tmp_path, month) for month in MONTHS))
    assert capsys.readouterr().out.count("0 new") == 7
    after = list(PublishedFigure.objects.values_list("icb_code", "capacity", "patients"))
    assert after == before
