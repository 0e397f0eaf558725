"""In and out between two counts, by place, and how long people stayed."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capacity.actions.beds import reallocate_bed
from capacity.actions.stays import end_spell, move_stay
from capacity.models import Stay
from capacity.occupancy import nights
from capacity.reports.flows import (
    AFTER,
    BEFORE,
    WEEKS,
    by_place,
    edges,
    flow,
    icb_stays,
    lengths,
    of_all,
    there,
    visits,
    ward_stays,
    weeks,
)
from lib import london
from tests.capacity.factories import make_beds, make_icb, make_provider, make_stay, make_ward

DAY = dt.date(2026, 3, 2)
EIGHT = london.count_instant(DAY)


def days(number):
    return dt.timedelta(days=number)


def whole(stays):
    return visits(stays, of_all)


def test_a_move_to_another_bed_begins_no_visit(ward, beds):
    stay = make_stay(ward, beds[0], at=EIGHT - days(5))
    move_stay(
        spell=stay.spell,
        ward=ward,
        bed=beds[1],
        reason=Stay.EndReason.MOVED,
        by=None,
        at=EIGHT - days(3),
    )
    end_spell(spell=stay.spell, destination="home", by=None, at=EIGHT - days(1))
    [visit] = whole(ward_stays(ward, DAY))
    assert (visit.came, visit.left, visit.nights) == (WEEKS, WEEKS, 4)


def test_a_transfer_is_out_and_in_for_the_wards_and_neither_for_the_icb(ward, beds):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    [there] = make_beds(elsewhere)
    stay = make_stay(ward, beds[0], at=EIGHT - days(10))
    move_stay(
        spell=stay.spell,
        ward=elsewhere,
        bed=there,
        reason=Stay.EndReason.TRANSFERRED,
        by=None,
        at=EIGHT - days(3),
    )
    last = (WEEKS, WEEKS)
    by_ward = by_place(icb_stays(ward.icb, DAY), lambda stay: stay.ward)
    one = flow(by_ward[ward.pk], *last)
    other = flow(by_ward[elsewhere.pk], *last)
    icb = flow(whole(icb_stays(ward.icb, DAY)), *last)
    assert (one.into, one.out) == (0, 1)
    assert (other.into, other.out) == (1, 0)
    assert (icb.into, icb.out) == (0, 0)


def test_a_visits_length_begins_before_the_weeks_that_are_shown(ward, beds):
    stay = make_stay(ward, beds[0], at=EIGHT - days(60))
    move_stay(
        spell=stay.spell,
        ward=ward,
        bed=beds[1],
        reason=Stay.EndReason.MOVED,
        by=None,
        at=EIGHT - days(50),
    )
    end_spell(spell=stay.spell, destination="home", by=None, at=EIGHT - days(1))
    found = whole(icb_stays(ward.icb, DAY))
    assert lengths(found) == [59]


def test_the_nights_of_a_visit_are_those_between_its_ends_however_often_it_moved(ward, beds):
    """Over a night of 25 hours, and a move on the stroke of London's midnight."""
    times = [dt.datetime(2025, 10, day, 23, tzinfo=dt.UTC) for day in (24, 25, 26)]
    stay = make_stay(ward, beds[0], at=times[0])
    for bed, at in ((beds[1], times[1]), (beds[2], times[2])):
        move_stay(spell=stay.spell, ward=ward, bed=bed, reason=Stay.EndReason.MOVED, by=None, at=at)
    end_spell(spell=stay.spell, destination="home", by=None, at=times[2] + days(3))
    [visit] = whole(ward_stays(ward, dt.date(2025, 11, 1)))
    assert visit.nights == nights(times[0], times[2] + days(3)) == 4


def test_stays_come_in_the_order_in_which_they_are_joined(ward, beds):
    stays = [make_stay(ward, bed, at=EIGHT - days(9)) for bed in beds[:2]]
    for day, stay, bed in ((5, stays[1], beds[2]), (4, stays[0], beds[1])):
        at = EIGHT - days(day)
        move_stay(spell=stay.spell, ward=ward, bed=bed, reason=Stay.EndReason.MOVED, by=None, at=at)
    found = ward_stays(ward, DAY)
    assert [stay.goes_on for stay in found] == [False, True, False, True]
    assert [visit.left for visit in whole(found)] == [AFTER, AFTER]


def test_who_comes_or_leaves_at_the_moment_of_a_count_did_so_in_the_week_before_it(ward, beds):
    """A count finds who came at its moment, and not who left at it."""
    first, *between, last = edges(DAY)
    moment = dt.timedelta.resolution
    for bed, came, left in ((0, first, between[0]), (1, first + moment, last), (2, last, None)):
        stay = make_stay(ward, beds[bed], at=came)
        if left:
            end_spell(spell=stay.spell, destination="home", by=None, at=left)
    stay = make_stay(ward, beds[1], at=last + moment)
    end_spell(spell=stay.spell, destination="home", by=None, at=last + moment)
    found = sorted((stay.came, stay.left) for stay in ward_stays(ward, DAY))
    assert found == [(BEFORE, 1), (1, WEEKS), (WEEKS, AFTER), (AFTER, AFTER)]


def test_an_admission_in_error_never_came(ward, beds):
    stay = make_stay(ward, beds[0], at=EIGHT - days(5))
    end_spell(spell=stay.spell, destination="entered_in_error", by=None, at=EIGHT - days(1))
    assert icb_stays(ward.icb, DAY) == []


def test_a_bed_of_another_icb_flows_there(ward, beds):
    uhl = make_provider("RWE", name="University Hospitals of Leicester NHS Trust", kind="acute")
    northants = make_icb("QPM", name="NHS Northamptonshire Integrated Care Board")
    reallocate_bed(bed=beds[0], provider=uhl, icb=northants, starts=DAY - days(30), by=None)
    make_stay(ward, beds[0], at=EIGHT - days(5))
    [stay] = icb_stays(northants, DAY)
    assert stay.provider == uhl.pk
    assert icb_stays(ward.icb, DAY) == []


@pytest.mark.django_db(transaction=True)
@settings(max_examples=15, deadline=None)
@given(
    moves=st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(1, 40 * 24), st.integers(1, 20 * 24), st.booleans()
        ),
        max_size=8,
    )
)
def test_those_before_and_in_less_out_are_those_after(moves):
    """Whatever came and went, the four weeks add up to the counts at their ends."""
    ward = make_ward()
    beds = list(ward.beds.all()) or make_beds(ward, 3)
    Stay.objects.all().delete()
    for bed, came, stayed, leaves in moves:
        _try(ward, beds[bed], EIGHT - dt.timedelta(hours=came), stayed if leaves else None)
    of = whole(icb_stays(ward.icb, DAY))
    found = [Stay.objects.at(edge).count() for edge in edges(DAY)]
    assert [there(of, week) for week in range(WEEKS + 1)] == found
    shown = weeks(of)
    assert [after - before for before, after in pairwise(found)] == [w.into - w.out for w in shown]
    assert flow(of).into == sum(w.into for w in shown)
    assert flow(of).out == sum(w.out for w in shown) == len(lengths(of))


def _try(ward, bed, at, hours):
    from capacity.refusals import BedRefused

    try:
        stay = make_stay(ward, bed, at=at)
    except BedRefused:
        return
    if hours is not None:
        end_spell(spell=stay.spell, destination="home", by=None, at=at + dt.timedelta(hours=hours))


def test_who_was_moved_to_another_ward_did_not_go_home_from_the_first(ward, beds):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    [there] = make_beds(elsewhere)
    stay = make_stay(ward, beds[0], at=EIGHT - days(10))
    move_stay(
        spell=stay.spell,
        ward=elsewhere,
        bed=there,
        reason=Stay.EndReason.TRANSFERRED,
        by=None,
        at=EIGHT - days(3),
    )
    end_spell(spell=stay.spell, destination="home", by=None, at=EIGHT - days(1))
    last = (WEEKS, WEEKS)
    one = flow(whole(ward_stays(ward, DAY)), *last)
    other = flow(whole(ward_stays(elsewhere, DAY)), *last)
    assert (one.home, one.elsewhere, other.home) == (0, 1, 1)
