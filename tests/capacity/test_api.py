"""The answers of capacity, for machines."""

import datetime as dt

import pytest
from django.test import Client

from capacity.actions.figures import refresh
from capacity.actions.reference import load_reference_data
from capacity.actions.successions import Part, state_succession
from capacity.models import IntegratedCareBoard
from capacity.serializers import Moment
from lib import london
from tests.capacity.factories import make_icb, make_stay

PUBLISHED = "/api/v1/capacity/published/"
OCCUPANCY = "/api/v1/capacity/icbs/QK1/occupancy/"


@pytest.fixture
def published(db):
    load_reference_data()


def by_code(answer):
    return {line["icb_code"]: line for line in answer.json()}


def test_a_month_is_an_array_of_england_and_its_icbs(published, icb_manager, signed_in):
    answer = signed_in(icb_manager).get(PUBLISHED, {"month": "2023-12"})
    lines = answer.json()
    assert (answer.status_code, len(lines), lines[0]["icb_code"]) == (200, 43, "ENGLAND")
    assert set(lines[0]) == {
        *("icb_code", "name", "capacity", "population", "population_base"),
        *("per_100k", "patients", "occupancy", "returned"),
    }


def test_ratios_are_fractions_from_the_counts_unrounded_and_uncapped(
    published, icb_manager, signed_in
):
    lines = by_code(signed_in(icb_manager).get(PUBLISHED, {"month": "2023-12"}))
    assert lines["ENGLAND"]["occupancy"] == 8586 / 11805
    assert lines["ENGLAND"]["per_100k"] == pytest.approx(11805 / 51396905 * 100_000, rel=1e-12)
    assert lines["QJG"]["occupancy"] == 372 / 161


def test_a_missing_return_has_no_occupancy_and_its_patients_as_printed(
    published, icb_manager, signed_in
):
    line = by_code(signed_in(icb_manager).get(PUBLISHED, {"month": "2023-10"}))["QT6"]
    assert (line["returned"], line["occupancy"], line["patients"]) == (False, None, 0)


def test_the_base_goes_with_the_month(published, icb_manager, signed_in):
    client = signed_in(icb_manager)
    assert by_code(client.get(PUBLISHED))["ENGLAND"]["population_base"] == "all"
    december = by_code(client.get(PUBLISHED, {"month": "2023-12"}))
    assert december["QK1"]["population_base"] == "16+"


def test_a_month_that_is_not_held_is_empty_and_a_wrong_one_is_refused(
    published, icb_manager, signed_in
):
    client = signed_in(icb_manager)
    assert client.get(PUBLISHED, {"month": "2024-01"}).json() == []
    refused = client.get(PUBLISHED, {"month": "last"})
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")


def merge(*before, after="QXX", on=dt.date(2026, 4, 1)):
    for code in before:
        part = Part(after, name="NHS Merged Integrated Care Board", region="Y60")
        state_succession(before=code, on=on, parts=[part], source="written for a test")


def test_a_month_is_restated_to_the_boundaries_that_are_asked_for_and_says_so(
    published, icb_manager, signed_in
):
    merge("QK1", "QPM")
    client = signed_in(icb_manager)
    before = by_code(client.get(PUBLISHED, {"month": "2023-12"}))
    answer = client.get(PUBLISHED, {"month": "2023-12", "map": "2026-04-01"})
    after = by_code(answer)
    assert (len(after), answer.json()[0]["icb_code"]) == (42, "ENGLAND")
    assert {line["boundaries"] for line in after.values()} == {"2026-04-01"}
    assert "boundaries" not in before["QK1"]
    for name in ("capacity", "patients", "population"):
        assert after["QXX"][name] == before["QK1"][name] + before["QPM"][name]
    assert after["QXX"]["occupancy"] == after["QXX"]["patients"] / after["QXX"]["capacity"]


def test_boundaries_of_no_such_day_and_a_split_without_shares_are_refused(
    published, icb_manager, signed_in
):
    def refused(day="2026-04-01"):
        answer = signed_in(icb_manager).get(PUBLISHED, {"month": "2023-12", "map": day})
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        return answer.json()["errors"]["map"]

    assert "on no day that is stated" in refused()
    merge("QPM")
    assert "on 2026-04-01" in refused("2026-05-01")
    assert "Written as" in refused("lately")
    IntegratedCareBoard.objects.filter(code="QH8").update(ends=dt.date(2026, 4, 1))
    assert "QH8 ended and nobody has stated" in refused()


@pytest.mark.parametrize("address", [PUBLISHED, OCCUPANCY])
def test_a_stranger_is_told_401_and_a_referrer_403(address, ward, referrer, signed_in):
    assert Client().get(address).status_code == 401
    assert signed_in(referrer).get(address).status_code == 403


@pytest.mark.parametrize("month", [7, 12])
def test_a_moment_is_told_in_utc_in_summer_as_in_winter(month):
    at = dt.datetime(2026, month, 1, 7, 30, tzinfo=dt.UTC)
    assert Moment().to_representation(at) == f"2026-{month:02}-01T07:30:00Z"


def test_an_icb_out_of_reach_is_not_found(icb_manager, signed_in):
    make_icb("QH8", name="NHS Mid and South Essex Integrated Care Board")
    client = signed_in(icb_manager)
    for code in ("QH8", "QXX"):
        answer = client.get(f"/api/v1/capacity/icbs/{code}/occupancy/")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_an_admission_moves_the_icbs_figure_by_exactly_one(ward, beds, icb_manager, signed_in):
    client = signed_in(icb_manager)
    before = client.get(OCCUPANCY).json()["now"]
    make_stay(ward, beds[0])
    after = client.get(OCCUPANCY).json()["now"]
    assert after["patients"] == before["patients"] + 1
    assert after["taken"] == before["taken"] + 1
    assert after["free"] == before["free"] - 1
    assert after["beds"] == before["beds"] == 3
    assert after["occupancy"] == 1 / 3


def test_the_days_are_those_asked_for(ward, beds, icb_manager, signed_in):
    first = dt.date(2026, 3, 1)
    make_stay(ward, beds[0], at=london.count_instant(first))
    days = [first + dt.timedelta(days=n) for n in range(5)]
    refresh(days=days, at=london.count_instant(days[-1]))
    answer = signed_in(icb_manager).get(OCCUPANCY, {"from": "2026-03-02", "to": "2026-03-04"})
    shown = [(day["day"], day["beds"], day["patients"]) for day in answer.json()["days"]]
    assert shown == [(f"2026-03-0{n}", 3, 1) for n in (2, 3, 4)]


@pytest.mark.parametrize(
    "span", [{"from": "x"}, {"to": "2026-02-30"}, {"from": "2026-03-02", "to": "2026-03-01"}]
)
def test_a_span_that_makes_no_sense_is_refused(span, ward, icb_manager, signed_in):
    assert signed_in(icb_manager).get(OCCUPANCY, span).status_code == 400
