"""Today's counts on the boundaries of another day: joined, shared out, and nothing lost by it."""

import csv
import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from capacity.actions.successions import Part, state_succession
from capacity.models import IntegratedCareBoard, Succession
from capacity.reports import restating
from lib import london
from tests.capacity.factories import (
    make_beds,
    make_icb,
    make_population,
    make_region,
    make_stay,
    make_ward,
)
from tests.cast import person, with_role

TODAY = london.day_of(timezone.now())
COMING = TODAY + dt.timedelta(days=100)
PAST = TODAY - dt.timedelta(days=100)
PEOPLE = 100_000


def make_board(code, beds, taken=0, *, people=PEOPLE, region=("Y62", "North West")):
    icb = make_icb(
        code,
        name=f"NHS {code} Integrated Care Board",
        short_name=code,
        region=make_region(*region),
        sixteen_plus=people,
        all_ages=2 * people,
    )
    ward = make_ward(f"R{code}-ward", name=f"Ward of {code}", icb=icb)
    for bed in make_beds(ward, beds)[:taken]:
        make_stay(ward, bed)
    return icb


@pytest.fixture
def boards(db):
    """QAA has 30 beds, QBB 61, QCC 9; 20, 30 and none of them are taken."""
    return [make_board("QAA", 30, 20), make_board("QBB", 61, 30), make_board("QCC", 9)]


@pytest.fixture
def planner(db):
    return with_role(person("national", "planner"), "icb_manager", "england", "")


def became(*before, on, after="QXX", parts=None):
    for code in before:
        made = parts or [Part(after, name=f"NHS {after} ICB", region="Y62")]
        state_succession(before=code, on=on, parts=made, source="written for a test")


def page(client, on=None, query=""):
    asked = f"&map={on}" if on else ""
    return client.get(reverse("capacity:together-detail") + f"?{query}{asked}")


def told(client, on=None, query=""):
    return page(client, on, query).context["shown"]


def of(shown):
    """Beds, patients and rate by label."""
    return {line.label: (line.beds, line.patients, line.rate_words) for line in shown.lines}


def test_boards_that_will_merge_are_joined_and_the_sum_stays(boards, planner, signed_in):
    became("QAA", "QBB", on=COMING)
    client = signed_in(planner)
    assert told(client).boundaries.words == "in today’s boundaries"
    shown = told(client, COMING)
    assert of(shown) == {
        "QCC QCC": ("9", "0", "9.0"),
        "QXX NHS QXX ICB, of QAA and QBB": ("91", "50", "45.5"),
        "England, sum": ("100", "50", "33.3"),
    }
    body = page(client, COMING).content.decode()
    assert f"restated to the boundaries of {COMING:%B %Y}" in body
    # It has no page of its own yet.
    assert reverse("capacity:icb-detail", args=["QXX"]) not in body


def test_a_split_is_shared_out_as_stated_and_adds_up_to_whole_beds(boards, planner, signed_in):
    parts = [Part("QCC", Decimal("0.5")), Part("QXX", Decimal("0.5"), "NHS QXX ICB", "Y62")]
    became("QBB", on=COMING, parts=parts)
    shown = told(signed_in(planner), COMING)
    lines = of(shown)
    # 30.5 and 39.5: the half that one gains the other has not.
    assert lines["QXX NHS QXX ICB, of QBB"] == ("30", "15", "60.0")
    assert lines["QCC QCC, of QBB and QCC"] == ("40", "15", "26.7")
    assert lines["England, sum"][0] == "100"
    assert lines["England, sum"][2] == "33.3"
    assert (
        "a reckoning, not a count of its beds" in page(signed_in(planner), COMING).content.decode()
    )


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ([Decimal("0.5"), Decimal("0.4")], "QBB was split, and its parts’ shares do not add up"),
        ([None, None], "QBB was split, and its parts’ shares do not add up"),
    ],
)
def test_a_split_without_stated_shares_is_refused_in_words(shares, why, boards, planner, signed_in):
    """No action states it so: it stands in the database from elsewhere."""
    for code, share in zip(("QAA", "QCC"), shares, strict=True):
        kind = "merged" if share is None else "split"
        Succession.objects.create(
            predecessor_code="QBB", successor_code=code, on=COMING, kind=kind, share=share
        )
    response = page(signed_in(planner), COMING)
    assert response.status_code == 200
    assert why in response.content.decode()
    assert "Not restated." in response.content.decode()
    assert response.context["shown"].boundaries.words == "in today’s boundaries"
    assert list(of(response.context["shown"]))[:3] == ["QAA QAA", "QBB QBB", "QCC QCC"]


def test_a_successor_that_nobody_knows_is_refused_in_words(boards, planner, signed_in):
    Succession.objects.create(
        predecessor_code="QBB", successor_code="QZZ", on=COMING, kind="merged"
    )
    body = page(signed_in(planner), COMING).content.decode()
    assert "QZZ is no board that is known here." in body


def test_a_board_that_ended_without_a_word_is_refused_in_words(boards, planner, signed_in):
    became("QAA", on=PAST)
    IntegratedCareBoard.objects.filter(code="QCC").update(ends=TODAY)
    body = page(signed_in(planner), PAST).content.decode()
    assert "QCC ended and nobody has stated what became of it." in body


def test_beds_still_in_the_name_of_a_board_that_ended_come_in_with_its_successor(
    boards, planner, signed_in
):
    became("QAA", "QBB", on=PAST)
    client = signed_in(planner)
    assert of(told(client))["England, sum"][0] == "9"
    lines = of(told(client, PAST))
    assert lines["QXX NHS QXX ICB, of QAA, QBB and QXX"] == ("91", "50", "45.5")
    assert lines["England, sum"][0] == "100"


def test_a_population_counted_since_the_merger_is_not_added_to_those_before(
    boards, planner, signed_in
):
    became("QAA", "QBB", on=PAST)
    merged = IntegratedCareBoard.objects.get(code="QXX")
    make_population(merged, "16+", PAST - dt.timedelta(days=1), 5)  # before: not of this board
    client = signed_in(planner)
    assert of(told(client, PAST))["QXX NHS QXX ICB, of QAA, QBB and QXX"][2] == "45.5"
    make_population(merged, "16+", PAST, 182_000)
    assert of(told(client, PAST))["QXX NHS QXX ICB, of QAA, QBB and QXX"][2] == "50.0"


def test_who_sees_a_part_only_is_told_that_it_is_a_part(boards, planner, signed_in):
    became("QAA", "QBB", on=COMING)
    shown = told(signed_in(planner), COMING, "icb=QAA")
    assert of(shown) == {
        "part of QXX NHS QXX ICB, of QAA": ("30", "20", "30.0"),
        "part of QXX, sum": ("30", "20", "30.0"),
    }
    assert shown.sentence.startswith("part of QXX has <strong>30 beds</strong>")


def test_boundaries_that_were_changed_again_are_not_gone_back_to():
    earlier, days = PAST - dt.timedelta(days=900), dt.timedelta(days=30)
    assert restating.offered([earlier, PAST, COMING, COMING + days], TODAY) == [
        *(PAST, COMING, COMING + days)
    ]


def test_links_and_the_file_keep_the_boundaries(boards, planner, signed_in):
    became("QAA", "QBB", on=COMING)
    client = signed_in(planner)
    shown = told(client, COMING, "base=all")
    assert [switch.label for switch in shown.map_switches] == [
        *("Today’s boundaries", f"Boundaries of {COMING:%B %Y}")
    ]
    assert [switch.chosen for switch in shown.map_switches] == [False, True]
    assert all(f"map={COMING}" in one.query for one in (*shown.scopes, *shown.bases))
    address = reverse("capacity:together-table") + f"?{shown.query}"
    rows = list(csv.reader(client.get(address).content.decode("utf-8-sig").splitlines()))
    assert rows[0] == [f"Boards, {shown.boundaries.words}"]
    assert {row[1] for row in rows[2:5]} == {"9", "91", "100"}
    paper = client.get(reverse("capacity:together-paper") + f"?{shown.query}").content.decode()
    assert shown.boundaries.words in paper
    assert "QXX NHS QXX ICB, of QAA and QBB" in paper


def test_nothing_is_offered_where_no_boundary_ever_changed(boards, planner, signed_in):
    assert told(signed_in(planner)).map_switches == []
    assert told(signed_in(planner), COMING).boundaries.map_of is None


def test_restating_asks_a_fixed_number_of_questions(
    boards, planner, signed_in, django_assert_max_num_queries
):
    became("QAA", "QBB", on=COMING)
    client = signed_in(planner)
    page(client, COMING)
    with django_assert_max_num_queries(18):
        page(client, COMING)
