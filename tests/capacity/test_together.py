"""Several ICBs together: sums first, both shortfalls, and only those within reach."""

import csv

import pytest
from django.urls import reverse

from tests.capacity.factories import make_beds, make_icb, make_region, make_stay, make_ward
from tests.cast import person, with_role

PEOPLE = 100_000


@pytest.fixture
def boards(db):
    """QAA has 30 beds of the 40 that it needs, QBB 60 of 40; 20 and 30 of them are taken."""
    north = make_region("Y62", "North West")
    for code, beds, taken in (("QAA", 30, 20), ("QBB", 60, 30)):
        name = f"NHS {code} Integrated Care Board"
        icb = make_icb(
            code, name=name, short_name=code, region=north, sixteen_plus=PEOPLE, all_ages=2 * PEOPLE
        )
        ward = make_ward(f"R{code}-ward", name=f"Ward of {code}", icb=icb)
        for bed in make_beds(ward, beds)[:taken]:
            make_stay(ward, bed)


@pytest.fixture
def planner(db):
    return with_role(person("national", "planner"), "icb_manager", "england", "")


def page(client, query=""):
    return client.get(reverse("capacity:together-detail") + query)


def test_england_is_the_sum_of_counts_and_tells_both_shortfalls(boards, planner, signed_in):
    told = page(signed_in(planner)).context["shown"].sentence
    assert told.startswith("England has <strong>90 beds</strong>, <strong>45.0 per ")
    assert "40 needs <strong>0 more</strong> net, <strong>10</strong> as the sum" in told
    assert "Now <strong>50 patients</strong>: <strong>55.6%</strong>" in told


def test_on_another_base_the_rate_is_another(boards, planner, signed_in):
    told = page(signed_in(planner), "?base=all").context["shown"].sentence
    assert "<strong>22.5 per 100,000</strong> of all ages" in told
    assert "40 needs <strong>70 more</strong>" in told


def test_a_region_and_a_footprint_are_parts_of_it(boards, planner, signed_in):
    make_icb("QCC", short_name="QCC", region=make_region("Y63", "South"))
    client = signed_in(planner)
    assert page(client, "?region=Y62").context["shown"].sentence.startswith("North West has ")
    shown = page(client, "?icb=QAA&icb=QCC").context["shown"]
    assert shown.sentence.startswith("QAA and QCC have <strong>30 beds</strong>")
    assert [line.label for line in shown.lines] == [
        *("North West", "QAA QAA", "South", "QCC QCC", "QAA and QCC, sum")
    ]


def test_a_missing_population_is_told_and_no_rate_is(boards, planner, signed_in):
    make_icb("QCC").populations.all().delete()
    shown = page(signed_in(planner)).context["shown"]
    assert "not all of their populations are held" in shown.sentence
    assert shown.lines[-1].rate_words == "–"


def test_a_board_without_a_ward_here_is_not_shown_as_having_no_beds(boards, planner, signed_in):
    make_icb("QCC", short_name="QCC")
    shown = page(signed_in(planner)).context["shown"]
    line = next(line for line in shown.lines if line.code == "QCC")
    assert line.cells[1:7] == ("no ward here", "–", "–", "–", "–", "–")
    assert shown.elsewhere_words.startswith("1 of the 3 has no ward in this service")


def test_the_file_holds_exactly_what_the_table_shows(boards, planner, signed_in):
    client = signed_in(planner)
    body = client.get(reverse("capacity:together-table")).content.decode().lstrip("\ufeff")
    rows = list(csv.reader(body.splitlines()))
    assert rows == [list(row) for row in page(client).context["shown"].csv]
    assert ["England, sum", "90", "45.0", "0", "50", "55.6%"] in [row[:6] for row in rows]


def test_nobody_adds_up_what_they_may_not_see(boards, icb_manager, signed_in):
    make_icb()
    client = signed_in(icb_manager)
    shown = page(client).context["shown"]
    assert [part.icb.code for part in shown.whole.parts] == ["QK1"]
    assert shown.name == "QK1"
    for query in ("?icb=QAA", "?icb=QK1&icb=QAA", "?region=Y62"):
        assert page(client, query).status_code == 404


def test_the_page_asks_a_fixed_number_of_questions(
    boards, planner, signed_in, django_assert_max_num_queries
):
    client = signed_in(planner)
    page(client)
    with django_assert_max_num_queries(12):
        page(client)
