"""Leave: the bed held or given away, and coming back."""

import datetime as dt

import pytest

from capacity.actions.stays import end_leave, end_spell, start_leave
from capacity.models import Ward
from capacity.presence import ward_counts
from capacity.refusals import AlreadyOnLeave, BedTaken, NoBedWithoutReason, NotOnAWard, TimeRefused
from tests.capacity.factories import make_stay

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(hours=5)
BACK = AT + dt.timedelta(hours=20)


def count(ward, at=LATER):
    return ward_counts(Ward.objects.filter(pk=ward.pk), at)[ward.pk]


def leave(stay, *, held, at=LATER):
    return start_leave(
        spell=stay.spell, kind="hospital", expected_back=BACK, bed_held=held, by=None, at=at
    )


def test_a_held_bed_stays_taken(ward, beds):
    leave(make_stay(ward, beds[0], at=AT), held=True)
    now = count(ward)
    assert (now.taken, now.on_leave, now.patients, now.free) == (1, 1, 1, 2)


def test_a_released_bed_is_free_and_the_patient_still_counts(ward, beds):
    leave(make_stay(ward, beds[0], at=AT), held=False)
    now = count(ward)
    assert (now.taken, now.on_leave, now.patients, now.free) == (0, 1, 1, 3)
    assert now.over_capacity == 0
    assert make_stay(ward, beds[0], at=LATER).bed == beds[0]


def test_coming_back_to_a_held_bed_needs_nothing(ward, beds):
    away = leave(make_stay(ward, beds[0], at=AT), held=True)
    end_leave(leave=away, by=None, at=BACK)
    assert (count(ward, BACK).taken, count(ward, BACK).on_leave) == (1, 0)


def test_coming_back_without_a_bed_asks_for_one(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    away = leave(stay, held=False)
    make_stay(ward, beds[0], at=LATER)
    with pytest.raises(NoBedWithoutReason):
        end_leave(leave=away, by=None, at=BACK)
    with pytest.raises(BedTaken):
        end_leave(leave=away, bed=beds[0], by=None, at=BACK)
    end_leave(leave=away, bed=beds[1], by=None, at=BACK)
    assert stay.spell.stays.get(ends=None).bed == beds[1]


def test_coming_back_over_capacity_says_why(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    away = leave(stay, held=False)
    end_leave(leave=away, no_bed_reason="no bed left, agreed with the lead", by=None, at=BACK)
    assert (count(ward, BACK).over_capacity, count(ward, BACK).on_leave) == (1, 0)


def test_one_leave_at_a_time(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    leave(stay, held=True)
    with pytest.raises(AlreadyOnLeave):
        leave(stay, held=True, at=LATER + dt.timedelta(hours=1))


def test_a_leave_ends_after_it_began_and_once(ward, beds):
    away = leave(make_stay(ward, beds[0], at=AT), held=True)
    with pytest.raises(TimeRefused):
        end_leave(leave=away, by=None, at=AT)
    end_leave(leave=away, by=None, at=BACK)
    with pytest.raises(NotOnAWard):
        end_leave(leave=away, by=None, at=BACK)


def test_who_dies_on_leave_is_no_longer_on_leave(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    away = leave(stay, held=True)
    end_spell(spell=stay.spell, destination="died", by=None, at=BACK)
    away.refresh_from_db()
    assert (away.ends, count(ward, BACK).patients) == (BACK, 0)
