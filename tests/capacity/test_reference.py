"""What every installation begins with: 42 ICBs, both bases, seven published months."""

import datetime as dt

import pytest

from capacity.actions.reference import load_reference_data
from capacity.models import IntegratedCareBoard, Population, PublishedFigure, Region


@pytest.fixture
def loaded(db):
    load_reference_data()


def test_the_map_of_2024_has_42_icbs_in_seven_regions_with_both_bases(loaded):
    assert IntegratedCareBoard.objects.count() == 42
    assert Region.objects.count() == 7
    assert Population.objects.filter(base="16+", as_of=dt.date(2023, 4, 1)).count() == 42
    assert Population.objects.filter(base="all", as_of=dt.date(2024, 4, 1)).count() == 42


def test_each_published_month_adds_up_to_its_england(loaded):
    for month in PublishedFigure.objects.values_list("month", flat=True).distinct():
        rows = {row.icb_code: row for row in PublishedFigure.objects.filter(month=month)}
        england = rows.pop("ENGLAND")
        assert len(rows) == 42
        for field in ("capacity", "patients", "population"):
            assert getattr(england, field) == sum(getattr(row, field) for row in rows.values())


def test_published_populations_are_those_of_the_icbs(loaded):
    known = {
        (row.icb.code, row.base): row.value for row in Population.objects.select_related("icb")
    }
    for row in PublishedFigure.objects.exclude(icb_code="ENGLAND"):
        assert known[row.icb_code, row.population_base] == row.population


def test_the_one_missing_return_is_told_as_missing(loaded):
    [row] = PublishedFigure.objects.filter(returned=False)
    assert (row.icb_code, row.month, row.patients) == ("QT6", dt.date(2023, 10, 1), 0)


def test_loading_again_changes_nothing_and_keeps_what_was_imported_since(loaded):
    PublishedFigure.objects.filter(icb_code="QK1", month=dt.date(2023, 12, 1)).update(patients=99)
    load_reference_data()
    assert PublishedFigure.objects.count() == 7 * 43
    assert PublishedFigure.objects.get(icb_code="QK1", month=dt.date(2023, 12, 1)).patients == 99
