"""A period in the geography of its time or restated to another, labelled; never by a guess."""

import csv
import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from accounts.models import AuditEvent
from capacity.actions.reference import load_reference_data
from capacity.actions.successions import Part, state_succession
from capacity.geography import Became, CannotRestate, Counted, Geography, restate
from capacity.models import IntegratedCareBoard, Succession
from capacity.occupancy import Count
from capacity.reports import published
from capacity.reports.geography import geography, restated

THEN, NOW = dt.date(2024, 1, 1), dt.date(2026, 4, 1)
HALF = Fraction(1, 2)


def known(*stated, **ended):
    return Geography(stated, ended)


def line(code, beds, patients, *, returned=True):
    return Counted(code, Count(beds, patients), 1000 * beds, returned)


def test_a_merger_adds_counts_and_the_ratio_comes_last():
    merged = known(Became("A", "C", NOW), Became("B", "C", NOW))
    found = restate([line("A", 100, 50), line("B", 50, 60), line("D", 5, 5)], merged, THEN, NOW)
    assert found["C"].count == Count(150, 110)
    assert (found["C"].population, found["C"].made_of) == (150_000, ("A", "B"))
    assert found["D"].made_of == ("D",)


def test_the_geography_of_its_time_changes_nothing():
    merged = known(Became("A", "C", NOW))
    for since, until in ((THEN, THEN), (NOW, NOW), (THEN, NOW - dt.timedelta(days=1))):
        assert merged.shares("A", since, until) == {"A": 1}
    assert merged.shares("A", NOW - dt.timedelta(days=1), NOW) == {"C": 1}


def test_a_split_passes_on_its_shares_and_loses_nobody():
    split = known(Became("A", "B", NOW, Fraction(3, 10)), Became("A", "C", NOW, Fraction(7, 10)))
    found = restate([line("A", 100, 50)], split, THEN, NOW)
    assert {code: one.count for code, one in found.items()} == {
        "B": Count(30, 15),
        "C": Count(70, 35),
    }


def test_parts_are_added_before_they_are_rounded():
    halves = [Became(code, "C", NOW, HALF) for code in "AB"]
    others = [Became(code, code, NOW, HALF) for code in "AB"]
    found = restate([line("A", 1, 1), line("B", 1, 1)], known(*halves, *others), THEN, NOW)
    assert found["C"].count == Count(1, 1)


def test_what_became_of_a_successor_is_followed():
    later = dt.date(2027, 4, 1)
    chain = known(
        Became("A", "B", NOW), Became("B", "C", later, HALF), Became("B", "D", later, HALF)
    )
    assert chain.shares("A", THEN, later) == {"C": HALF, "D": HALF}
    assert chain.shares("A", THEN, NOW) == {"B": 1}


def test_shares_that_do_not_add_up_and_unexplained_ends_are_refused():
    with pytest.raises(CannotRestate, match="do not add up to one"):
        known(Became("A", "B", NOW, HALF)).shares("A", THEN, NOW)
    with pytest.raises(CannotRestate, match="nobody has stated"):
        known(A=NOW).shares("A", THEN, NOW)
    assert known(A=NOW).shares("A", THEN, THEN) == {"A": 1}


def test_what_one_part_did_not_return_the_whole_did_not():
    merged = known(Became("A", "C", NOW), Became("B", "C", NOW))
    found = restate([line("A", 10, 5), line("B", 10, 0, returned=False)], merged, THEN, NOW)
    assert (found["C"].count.beds, found["C"].returned) == (20, False)


def test_what_was_counted_on_newer_boundaries_is_not_told_on_older_ones():
    merged, later = known(Became("A", "C", NOW)), NOW + dt.timedelta(days=30)
    assert set(restate([line("C", 20, 5)], merged, NOW, later)) == {"C"}
    with pytest.raises(CannotRestate, match="counted on the boundaries of April 2026"):
        restate([line("C", 20, 5)], merged, later, THEN)


@pytest.fixture
def boards(db):
    load_reference_data()


def merge(*before, after="QXX"):
    for code in before:
        part = Part(after, name="NHS Merged Integrated Care Board", region="Y60")
        state_succession(before=code, on=NOW, parts=[part], source="written for a test")


def test_stated_with_its_source_it_ends_the_one_and_begins_the_other(boards):
    merge("QK1", "QPM")
    assert IntegratedCareBoard.objects.get(code="QK1").ends == NOW
    assert IntegratedCareBoard.objects.get(code="QXX").starts == NOW
    assert AuditEvent.objects.filter(verb="succession-stated").count() == 2
    merge("QK1")
    assert Succession.objects.filter(predecessor_code="QK1").count() == 1


@pytest.mark.parametrize(
    ("parts", "source", "why"),
    [
        ([], "x", "Say what became of QK1"),
        ([Part("QPM"), Part("QH8", Decimal("0.5"))], "x", "state each part’s share"),
        ([Part("QPM", Decimal("0.5")), Part("QH8", Decimal("0.4"))], "x", "add up to 0.9"),
        ([Part("QPM", Decimal("0.8"))], "x", "add up to 0.8"),
        ([Part("QPM", Decimal(0))], "x", "add up to 0"),
        ([Part("QPM")], " ", "where this is stated"),
        ([Part("QYY")], "x", "its name and the code of its region"),
    ],
)
def test_what_is_not_wholly_stated_is_refused(parts, source, why, boards):
    with pytest.raises(ValidationError, match=why):
        state_succession(before="QK1", on=NOW, parts=parts, source=source)
    assert not Succession.objects.exists()
    assert IntegratedCareBoard.objects.get(code="QK1").ends is None


def test_every_month_keeps_its_sum_whatever_the_boundaries(boards):
    merge("QK1", "QPM")
    before = published.leagues()
    for old, new in zip(before, restated(before, geography(), NOW), strict=True):
        assert len(new.icbs) == len(old.icbs) - 1
        for name in ("capacity", "population"):
            assert sum(getattr(one, name) for one in new.icbs) == sum(
                getattr(one, name) for one in old.icbs
            )


def path(client, code, query=""):
    return client.get(reverse("capacity:published-icb", args=[code]) + query)


def test_the_page_says_whose_boundaries_it_shows_and_follows_the_merged(
    boards, icb_manager, signed_in
):
    merge("QK1", "QPM")
    client = signed_in(icb_manager)
    assert "in the boundaries of its time" in path(client, "QK1").content.decode()
    shown = path(client, "QK1", f"?map={NOW}").context["shown"]
    assert shown.code == "QXX"
    assert shown.sentence.startswith("QXX had ")
    assert "restated to the boundaries of April 2026." in shown.sentence
    assert "of 41;" in shown.sentence
    address = reverse("capacity:published-icb-table", args=["QXX"]) + f"?map={NOW}"
    rows = list(csv.DictReader(client.get(address).content.decode("utf-8-sig").splitlines()))
    assert {row["Boundaries"] for row in rows} == {"restated to the boundaries of April 2026"}


def test_what_cannot_be_restated_says_why_and_shows_what_was_published(
    boards, icb_manager, signed_in
):
    merge("QPM")
    IntegratedCareBoard.objects.filter(code="QH8").update(ends=NOW)
    response = path(signed_in(icb_manager), "QK1", f"?map={NOW}")
    assert "QH8 ended and nobody has stated what became of it." in response.content.decode()
    assert response.context["shown"].boundaries.words == "in the boundaries of its time"


def test_a_file_of_successions_is_all_stated_or_nothing(boards, tmp_path, capsys):
    head = "before,on,after,share,name,region,source\n"
    good = "QK1,2026-04-01,QXX,,NHS New ICB,Y60,a test\n"
    wrong = "QH8,2026-04-01,QXX,0.4,,,a test\nQH8,2026-04-01,QPM,0.5,,,a test\n"
    file = tmp_path / "what.csv"
    file.write_text(head + good + wrong)
    with pytest.raises(CommandError, match=r"add up to 0\.9"):
        call_command("import_successions", str(file))
    assert not Succession.objects.exists()
    file.write_text(head + good + wrong.replace("0.4", "0.5"))
    call_command("import_successions", str(file))
    assert Succession.objects.count() == 3
    file.write_text("nothing\nof,this\n")
    with pytest.raises(CommandError, match="no column 'before'"):
        call_command("import_successions", str(file))
    file.write_text(head + "QH8,2026-04-01,QXX,half,,,a test\n")
    with pytest.raises(CommandError, match="QH8 to QXX: the share half is no number"):
        call_command("import_successions", str(file))
