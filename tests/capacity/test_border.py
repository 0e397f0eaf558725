"""Patients across a border: both ways add up, and what is not known is nobody's."""

import csv
import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from capacity.actions.beds import reallocate_bed
from capacity.actions.persons import say_home
from capacity.actions.stays import end_spell
from capacity.models import WardExclusion
from capacity.presenters.border import BorderPresenter, Earlier
from capacity.reports.border import border, borders
from capacity.reports.now import icb_now
from lib import london
from tests.capacity.factories import LONG_AGO, make_beds, make_icb, make_provider, make_stay
from tests.capacity.factories import make_ward as make_one
from tests.capacity.tables import tables_of

DAY = dt.timedelta(days=1)


@pytest.fixture
def neighbours(ward):
    """QK1 looks after two of its own, one of QPM's and one of whom nobody knows; QPM one of QK1's.
    A bed of QPM's stands on QK1's ward, reported by RWE, and one of QK1's own lies in it."""
    qpm = make_icb("QPM", name="NHS Northamptonshire ICB", short_name="Northamptonshire")
    theirs = make_one("RP1-north", name="North", icb=qpm)
    own, foreign = ward.icb.pk, qpm.pk
    beds, [far] = make_beds(ward, 5), make_beds(theirs, 1)
    for bed, home in zip(beds[:4], (own, own, foreign, None), strict=True):
        make_stay(ward, bed, home_icb_id=home)
    make_stay(theirs, far, home_icb_id=own)
    acute = make_provider("RWE", name="University Hospitals of Leicester", kind="acute")
    reallocate_bed(
        bed=beds[4], provider=acute, icb=qpm, starts=LONG_AGO.replace(year=2021), by=None
    )
    make_stay(ward, beds[4], home_icb_id=own)
    return ward.icb, qpm


def shown(icb, **asked):
    at = timezone.now()
    earlier = Earlier.read(asked, london.last_counted(at))
    return BorderPresenter(*borders(icb, at, earlier.at), earlier)


def lines(icb, number):
    return [(line.label, line.patients) for line in shown(icb).tables[number].lines]


def test_residents_and_who_is_looked_after_both_add_up(neighbours):
    qk1, qpm = neighbours
    assert lines(qk1, 0) == [
        ("QK1’s own beds", 2),
        ("Beds of QPM Northamptonshire", 2),
        ("Residents of QK1, all", 4),
    ]
    assert lines(qk1, 1) == [
        ("Residents of QK1", 2),
        ("Residents of QPM Northamptonshire", 1),
        ("Not known whose", 1),
        ("Patients of QK1, all", 4),
    ]
    for icb in (qk1, qpm):
        for number in (0, 1):
            *parts, (_, whole) = lines(icb, number)
            assert sum(patients for _, patients in parts) == whole
        assert lines(icb, 1)[-1][1] == icb_now(icb, timezone.now()).total.patients


def test_what_one_board_tells_of_another_is_what_the_other_tells(neighbours):
    qk1, qpm = neighbours
    assert dict(lines(qk1, 0))["Beds of QPM Northamptonshire"] == 2
    assert dict(lines(qpm, 1))[f"Residents of QK1 {qk1}"] == 2


def test_a_bed_on_anothers_ward_counts_with_who_commissions_it(neighbours):
    qk1, qpm = neighbours
    assert lines(qk1, 2) == [("On our wards, in beds of QPM Northamptonshire", 1)]
    assert lines(qpm, 2) == [(f"Our beds on wards of QK1 {qk1}", 1)]
    [(reported, patients)] = lines(qpm, 3)
    assert reported.startswith("University Hospitals of Leicester, on wards led by ")
    assert patients == 1


def test_nobody_is_ours_because_it_was_not_said(ward, beds):
    make_stay(ward, beds[0])
    told = shown(ward.icb)
    assert "0 of its own residents, 0 of other boards, 1 of whom it is not known." in told.sentence
    assert lines(ward.icb, 0)[-1] == ("Residents of QK1, all", 0)


def test_a_ward_that_does_not_count_is_left_out_here_too(ward, beds):
    make_stay(ward, beds[0])
    today = london.day_of(timezone.now())
    WardExclusion.objects.create(ward=ward, starts=today, reason="a clinic")
    assert not border(ward.icb, timezone.now()).lying


def test_what_is_found_out_later_moves_one_spell_with_a_trace(ward, beds):
    spell = make_stay(ward, beds[0]).spell
    say_home(spells=[spell.pk], home_icb=ward.icb, by=None)
    say_home(spells=[spell.pk], home_icb=ward.icb, by=None)
    assert lines(ward.icb, 0)[0] == ("QK1’s own beds", 1)
    assert AuditEvent.objects.filter(verb="spell-home-said").count() == 1


def test_of_many_boards_the_picture_shows_those_with_most_and_says_so(ward):
    for number, bed in enumerate(make_beds(ward, 13)):
        code = f"Q{number:02}"
        home = make_icb(code, name=f"NHS {code} ICB", short_name=f"Board {number:02}")
        make_stay(ward, bed, home_icb_id=home.pk)
    table = shown(ward.icb).tables[1]
    assert len(table.lines) == 16
    drawn = [line.label for line in table.drawn]
    assert drawn[0] == "Residents of QK1"
    assert drawn[1:-1] == [f"Residents of Q{n:02} Board {n:02}" for n in range(10)]
    assert drawn[-1] == "Not known whose"
    assert table.chart_note == "3 more, with fewer patients, stand in the table."


def test_now_stands_beside_an_08_00_count_of_the_readers_choice(ward):
    """One came forty days ago and has left since, another came twenty days ago."""
    at = timezone.now()
    gone, here = make_beds(ward, 2)
    stay = make_stay(ward, gone, home_icb_id=ward.icb.pk, at=at - 40 * DAY)
    end_spell(spell=stay.spell, destination="home", by=None, at=at - 25 * DAY)
    make_stay(ward, here, at=at - 20 * DAY)
    rows = {line.label: line.cells[1:] for line in shown(ward.icb).tables[1].lines}
    assert rows == {
        "Residents of QK1": ("0", "1", "−1"),
        "Not known whose": ("1", "0", "+1"),
        "Patients of QK1, all": ("1", "1", "0"),
    }
    on = london.last_counted(at) - 60 * DAY
    earlier = shown(ward.icb, on=f"{on:%d/%m/%Y}")
    assert earlier.earlier.day == on
    assert [line.before for line in earlier.tables[1].lines] == [0, 0, 0]


@pytest.mark.parametrize("on", ["nonsense", "2199-01-01", "1999-01-01"])
def test_a_day_that_cannot_be_is_told_and_four_weeks_ago_is_shown(on, ward, icb_manager, signed_in):
    answer = signed_in(icb_manager).get(reverse("capacity:icb-border", args=["QK1"]), {"on": on})
    assert "That is no day up to the last count at 08:00." in answer.content.decode()
    assert answer.context["shown"].earlier.day == london.last_counted(timezone.now()) - 28 * DAY


def test_the_file_holds_what_the_page_shows(neighbours, icb_manager, signed_in):
    client = signed_in(icb_manager)
    page = client.get(reverse("capacity:icb-border", args=["QK1"])).content.decode()
    body = client.get(reverse("capacity:icb-border-table", args=["QK1"])).content.decode()
    rows = list(csv.reader(body.lstrip("\ufeff").splitlines()))
    assert ["Not known whose", "1", "0", "'+1"] in rows
    for one in tables_of(page):
        assert {tuple(one.headings), *map(tuple, one.rows)} <= {
            tuple(cell.removeprefix("'") for cell in row) for row in rows
        }


def test_the_page_asks_a_fixed_number_of_questions(
    neighbours, icb_manager, signed_in, django_assert_max_num_queries
):
    client = signed_in(icb_manager)
    with django_assert_max_num_queries(9):
        client.get(reverse("capacity:icb-border", args=["QK1"]))
