"""What the pages of capacity say, to whom, and that an unchanged one costs a 304."""

import csv
import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Look
from capacity.actions.figures import refresh
from capacity.actions.reference import load_reference_data
from capacity.actions.stays import end_spell
from capacity.models import PublishedFigure
from lib.london import day_of
from tests.capacity.factories import make_beds, make_icb, make_stay
from tests.cast import person, with_role

POLL = {"HX-Request": "true", "X-Poll": "1"}


@pytest.fixture
def admitted(ward, beds):
    """Two of three beds taken, one of them for a fortnight, and one patient gone home."""
    now = timezone.now()
    make_stay(ward, beds[0], at=now - dt.timedelta(days=14))
    gone = make_stay(ward, beds[2], at=now - dt.timedelta(days=10), pathway="copd")
    end_spell(spell=gone.spell, destination="home", by=None, at=now - dt.timedelta(days=3))
    stay = make_stay(ward, beds[1], at=now - dt.timedelta(hours=2), route="step_down")
    refresh(days=[(now - dt.timedelta(days=n)).date() for n in range(1, 20)])
    return stay


def page(client, name, query="", **kwargs):
    return client.get(reverse(name, kwargs=kwargs) + query)


def test_the_dashboard_begins_with_a_sentence(admitted, icb_manager, signed_in):
    body = page(signed_in(icb_manager), "capacity:icb-detail", code="QK1").content.decode()
    assert "QK1 has <strong>3 beds</strong>, <strong>0.3 per 100,000</strong> aged 16" in body
    assert "40 needs <strong>394 more</strong>" in body
    assert "Now <strong>2 patients</strong>: <strong>66.7%</strong>, under the 80% wanted" in body


def test_the_base_is_named_and_changing_it_changes_all(admitted, icb_manager, signed_in):
    client = signed_in(icb_manager)
    body = page(client, "capacity:icb-detail", "?base=all", code="QK1").content.decode()
    assert "0.2 per 100,000</strong> of all ages; 40 needs <strong>489 more" in body
    assert "Base: 1,227,698 registered of all ages, April 2024." in body


def test_a_bed_taken_moves_the_figure_at_once(admitted, ward, beds, icb_manager, signed_in):
    client = signed_in(icb_manager)
    before = page(client, "capacity:icb-detail", code="QK1")
    make_stay(ward, beds[2])
    after = page(client, "capacity:icb-detail", code="QK1")
    assert before.context["shown"].count.patients + 1 == after.context["shown"].count.patients
    assert "Soar Valley is full." in after.content.decode()


def test_a_poll_costs_a_304_until_something_moves(admitted, ward, beds, icb_manager, signed_in):
    client, address = signed_in(icb_manager), reverse("capacity:icb-detail", args=["QK1"])
    first = client.get(address, headers=POLL)
    again = client.get(address, headers=POLL | {"If-None-Match": first["ETag"]})
    make_stay(ward, beds[2])
    moved = client.get(address, headers=POLL | {"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, moved.status_code) == (200, 304, 200)
    assert first.content.decode().lstrip().startswith('<div id="icb-figures" data-live')


def test_the_poll_gets_the_very_fragment_that_the_page_includes(admitted, icb_manager, signed_in):
    client, address = signed_in(icb_manager), reverse("capacity:icb-detail", args=["QK1"])
    names = [template.name for template in client.get(address, headers=POLL).templates]
    assert "capacity/_icb_figures.html" in names
    assert "base.html" not in names


def test_the_dashboard_asks_a_fixed_number_of_questions(
    admitted, ward, icb_manager, signed_in, django_assert_max_num_queries
):
    client = signed_in(icb_manager)
    page(client, "capacity:icb-detail", code="QK1")
    for bed in make_beds(ward, 6):
        make_stay(ward, bed)
    with django_assert_max_num_queries(14):
        page(client, "capacity:icb-detail", code="QK1")


@pytest.mark.parametrize("by", ["ward", "pathway", "route"])
def test_each_way_of_cutting_adds_up_to_the_same_sum(by, admitted, icb_manager, signed_in):
    response = page(signed_in(icb_manager), "capacity:icb-detail", f"?by={by}", code="QK1")
    *rows, total = response.context["shown"].rows
    parts = [row for row in rows if row.kind in {"within", "plain"}]
    assert sum(row.counted.patients for row in parts) == total.counted.patients == 2
    assert sum(row.flow.out for row in parts) == total.flow.out == 1
    assert sum(row.flow.into for row in parts) == total.flow.into


def test_the_sum_of_the_table_is_of_the_visits_in_the_pictures(admitted, icb_manager, signed_in):
    shown = page(signed_in(icb_manager), "capacity:icb-detail", code="QK1").context["shown"]
    whole, moved = shown.rows[-1], shown.movements
    assert moved.visits is shown.sources.visits
    assert sum(week.out for week in moved.weeks) == whole.flow.out == len(moved.lengths) == 1
    assert sum(week.into for week in moved.weeks) == whole.flow.into > 0
    assert moved.lengths_words == f"median {whole.median_words} nights"


def test_the_download_holds_exactly_what_is_shown(admitted, icb_manager, signed_in):
    client = signed_in(icb_manager)
    shown = page(client, "capacity:icb-detail", "?by=pathway", code="QK1").context["shown"]
    got = page(client, "capacity:icb-table", "?by=pathway", code="QK1").content.decode("utf-8-sig")
    _, *lines = csv.reader(got.splitlines())
    assert lines == [list(row.cells) for row in shown.rows]


def test_an_icb_without_wards_says_so(icb_manager, signed_in):
    make_icb()
    body = page(signed_in(icb_manager), "capacity:icb-detail", code="QK1").content.decode()
    assert "No wards here yet" in body
    assert "QK1 has no ward in this service: nothing is counted here." in body
    assert "0.0 per 100,000" not in body
    assert "No published month is held for this board." in body


def test_another_icbs_dashboard_is_not_found(icb_manager, signed_in):
    make_icb("QH8", name="NHS Mid and South Essex Integrated Care Board")
    response = page(signed_in(icb_manager), "capacity:icb-detail", code="QH8")
    assert response.status_code == 404


def test_the_wards_own_staff_see_the_stays_behind_the_figure(admitted, ward_nurse, signed_in):
    body = page(signed_in(ward_nurse), "capacity:ward-detail", code="RT5-soar-valley")
    rows = [(row.bed, row.pathway, row.stay.day) for row in body.context["stays"]]
    day = (day_of(timezone.now()) - day_of(admitted.starts)).days + 1
    assert rows == [("1", "Frailty", 15), ("2", "Frailty", day)]
    assert Look.objects.filter(user=ward_nurse, page="capacity:ward-detail").count() == 1


def test_an_icb_manager_gets_the_breakdown_and_no_stay(admitted, icb_manager, signed_in):
    response = page(signed_in(icb_manager), "capacity:ward-detail", code="RT5-soar-valley")
    assert response.context["stays"] is None
    assert "open for the ward’s own staff" in response.content.decode()


@pytest.fixture
def published(db):
    load_reference_data()


def test_england_says_its_month_in_words(published, icb_manager, signed_in):
    response = page(signed_in(icb_manager), "capacity:england-detail", "?month=2023-12")
    words = response.context["shown"].sentence
    for part in ("11,805 beds", "23.0 per 100,000", "8,754 more", "72.7%", "17 of 42", "4 of 42"):
        assert part in words
    assert "QK1 is 37th by beds per 100,000." in words


def test_one_board_has_and_several_have(published, icb_manager, signed_in):
    client = signed_in(icb_manager)
    told = page(client, "capacity:england-detail", "?month=2024-04").context["shown"].sentence
    assert "<strong>1 of 42</strong> ICBs has 40 or more per 100,000" in told
    assert "<strong>11 of 42</strong> are at 80% or fuller" in told


def test_the_national_arithmetic_stands_with_its_source(published, icb_manager, signed_in):
    body = page(signed_in(icb_manager), "capacity:england-detail").content.decode()
    for part in ("340", "7,653", "24,000", "16,347", "HSJ roundtable"):
        assert part in body


def test_ranks_follow_the_unrounded_figure_and_the_chosen_order(published, icb_manager, signed_in):
    client = signed_in(icb_manager)
    for order, first in (("rate", "QUA"), ("occupancy", "QJG"), ("short", "QHM")):
        query = f"?month=2023-12&by={order}"
        places = page(client, "capacity:england-detail", query).context["shown"].places
        assert (places[0].line.code, places[0].rank, len(places)) == (first, 1, 42)


def test_above_full_is_shown_as_published_with_its_true_figure(published, icb_manager, signed_in):
    shown = page(signed_in(icb_manager), "capacity:england-detail", "?month=2023-12").context[
        "shown"
    ]
    taken = {place.line.code: place.taken for place in shown.places}
    assert taken["QJG"] == "100%*"
    assert "QJG 231.1% (372 in 161)" in shown.above_note


def test_a_missing_return_is_told_and_stands_last_by_occupancy(published, icb_manager, signed_in):
    query = "?month=2023-10&by=occupancy"
    shown = page(signed_in(icb_manager), "capacity:england-detail", query).context["shown"]
    assert (shown.places[-1].line.code, shown.places[-1].taken) == ("QT6", "not returned")
    assert shown.league.england.capacity == 10_737


def test_regions_are_sums_of_counts_and_never_means_of_shares(published, icb_manager, signed_in):
    shown = page(signed_in(icb_manager), "capacity:england-detail", "?month=2023-12").context[
        "shown"
    ]
    rows = {row[0]: row[1:] for row in shown.region_rows}
    assert rows["East"] == ("6", "1,632", "27.8", "1,623", "99.4%")
    assert rows["England"] == ("42", "11,805", "23.0", "8,586", "72.7%")


def test_a_region_that_one_icb_outweighs_says_so(published, icb_manager, signed_in):
    client = signed_in(icb_manager)
    december = page(client, "capacity:england-detail", "?month=2023-12").context["shown"]
    assert "East is 85.0% without QJG." in december.region_note


@pytest.mark.parametrize("month", ["2024-01", "december", "2023-13"])
def test_a_month_that_is_not_held_is_not_found(month, published, icb_manager, signed_in):
    response = page(signed_in(icb_manager), "capacity:england-detail", f"?month={month}")
    assert response.status_code == 404


def test_england_without_any_month_says_what_to_do(icb_manager, signed_in):
    response = page(signed_in(icb_manager), "capacity:england-detail")
    assert "No published month yet" in response.content.decode()
    assert PublishedFigure.objects.count() == 0


def test_who_lies_outside_what_luck_explains_is_named(published, icb_manager, signed_in):
    shown = page(signed_in(icb_manager), "capacity:england-detail", "?month=2023-12").context[
        "shown"
    ]
    assert shown.funnel.sentence == (
        "QJG stands far outside what boards differ by. 12 are fuller and 13 emptier than luck "
        "explains. The order of the other 16 boards may be luck."
    )
    assert "QK1" in shown.funnel.chart  # the reader's own is named wherever it lies


def test_an_england_wide_manager_sees_every_icb(published, signed_in):
    national = with_role(person("national", "planner"), "icb_manager", "england", "")
    response = page(signed_in(national), "capacity:icb-list")
    assert len(response.context["icbs"]) == 42
