"""Opening, moving, ending and reopening spells."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from capacity.actions.stays import end_spell, move_stay, open_spell, reopen_spell
from capacity.models import Spell, Stay
from capacity.presence import ward_counts
from capacity.refusals import (
    BedClosed,
    BedOfAnotherWard,
    BedTaken,
    NoBedWithoutReason,
    NotOnAWard,
    TimeRefused,
    WardNotOpen,
)
from tests.capacity.factories import make_beds, make_facts, make_stay, make_ward

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(hours=5)
REASON = Stay.EndReason


def count(ward, at=LATER):
    return ward_counts(type(ward).objects.filter(pk=ward.pk), at)[ward.pk]


def test_a_spell_takes_its_bed_from_that_instant(ward, beds):
    before = count(ward, AT - dt.timedelta(seconds=1))
    make_stay(ward, beds[0], at=AT)
    after = count(ward, AT)
    assert (before.taken, before.free, before.patients) == (0, 3, 0)
    assert (after.taken, after.free, after.patients) == (1, 2, 1)


def test_an_admission_moves_the_wards_roster_and_is_written_down(ward, beds, ward_nurse):
    stay = open_spell(
        ward=ward, bed=beds[0], facts=make_facts(), pathway="copd", route="step_up", by=ward_nurse
    )
    ward.refresh_from_db()
    event = AuditEvent.objects.get(verb="spell-opened")
    assert ward.roster_version == 2  # once for the beds, once for the admission
    assert (event.by, event.subject_id) == (ward_nurse, str(stay.pk))


def test_a_taken_bed_is_refused_and_nothing_is_written(ward, beds):
    make_stay(ward, beds[0], at=AT)
    with pytest.raises(BedTaken, match="bed 1"):
        make_stay(ward, beds[0], at=LATER)
    assert Spell.objects.count() == 1


def test_a_bed_that_somebody_takes_later_is_refused_too(ward, beds):
    make_stay(ward, beds[0], at=LATER)
    with pytest.raises(BedTaken):
        make_stay(ward, beds[0], at=AT)


def test_a_bed_of_another_ward_is_refused(ward, beds):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    with pytest.raises(BedOfAnotherWard):
        make_stay(elsewhere, beds[0], at=AT)


def test_a_bed_that_is_not_there_yet_is_refused(ward):
    [bed] = make_beds(ward, starts=LATER)
    with pytest.raises(BedClosed):
        make_stay(ward, bed, at=AT)


def test_a_ward_that_has_not_opened_takes_nobody(ward):
    young = make_ward("RT5-young", name="Young", opens=dt.date(2026, 3, 3))
    with pytest.raises(WardNotOpen):
        make_stay(young, None, no_bed_reason="no beds yet", at=AT)


def test_over_capacity_needs_a_reason(ward):
    with pytest.raises(NoBedWithoutReason):
        make_stay(ward, None, no_bed_reason="  ", at=AT)


def test_over_capacity_is_a_patient_more_and_no_bed_more(ward, beds):
    for bed in beds:
        make_stay(ward, bed, at=AT)
    make_stay(ward, None, no_bed_reason="sent home from ED, agreed with the lead", at=AT)
    now = count(ward)
    assert (now.beds, now.taken, now.patients, now.over_capacity, now.free) == (3, 3, 4, 1, 0)


def test_a_move_ends_one_stay_and_begins_the_next_at_the_same_instant(ward, beds):
    old = make_stay(ward, beds[0], at=AT)
    new = move_stay(spell=old.spell, ward=ward, bed=beds[1], reason=REASON.MOVED, by=None, at=LATER)
    old.refresh_from_db()
    assert (old.ends, old.end_reason, new.starts) == (LATER, "moved", LATER)
    assert (new.pathway, new.route) == (old.pathway, old.route)


def test_a_change_of_pathway_keeps_the_bed(ward, beds):
    old = make_stay(ward, beds[0], at=AT)
    new = move_stay(
        spell=old.spell,
        ward=ward,
        bed=beds[0],
        pathway="heart_failure",
        reason=REASON.PATHWAY_CHANGED,
        by=None,
        at=LATER,
    )
    assert (new.bed, new.pathway) == (beds[0], "heart_failure")


def test_a_transfer_moves_the_rosters_of_both_wards(ward, beds):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    [there] = make_beds(elsewhere)
    stay = make_stay(ward, beds[0], at=AT)
    versions = []
    for at_stake in (ward, elsewhere):
        at_stake.refresh_from_db()
        versions.append(at_stake.roster_version)
    move_stay(
        spell=stay.spell, ward=elsewhere, bed=there, reason=REASON.TRANSFERRED, by=None, at=LATER
    )
    for at_stake, before in zip((ward, elsewhere), versions, strict=True):
        at_stake.refresh_from_db()
        assert at_stake.roster_version == before + 1


def test_a_move_before_the_stay_began_is_refused(ward, beds):
    stay = make_stay(ward, beds[0], at=LATER)
    with pytest.raises(TimeRefused):
        move_stay(spell=stay.spell, ward=ward, bed=beds[1], reason=REASON.MOVED, by=None, at=AT)


def test_a_discharge_frees_the_bed_from_the_stated_time(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    end_spell(spell=stay.spell, destination="home", by=None, at=LATER)
    assert count(ward, LATER).taken == 0
    assert count(ward, LATER - dt.timedelta(microseconds=1)).taken == 1
    assert make_stay(ward, beds[0], at=LATER).bed == beds[0]


def test_who_has_gone_cannot_go_again(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    end_spell(spell=stay.spell, destination="home", by=None, at=LATER)
    with pytest.raises(NotOnAWard):
        end_spell(spell=stay.spell, destination="home", by=None, at=LATER)


def test_a_spell_entered_in_error_counts_nowhere_and_holds_no_bed(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    end_spell(spell=stay.spell, destination="entered_in_error", by=None, at=LATER)
    assert count(ward, AT).patients == 0
    assert make_stay(ward, beds[0], at=AT).bed == beds[0]


def test_a_discharge_in_error_is_taken_back_as_if_it_never_was(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    end_spell(spell=stay.spell, destination="died", by=None, at=LATER)
    assert reopen_spell(spell=stay.spell, by=None).pk == stay.pk
    stay.refresh_from_db()
    assert (stay.ends, stay.spell.destination, count(ward).patients) == (None, "", 1)


def test_taking_back_a_discharge_never_puts_two_into_a_bed(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    end_spell(spell=stay.spell, destination="home", by=None, at=LATER)
    make_stay(ward, beds[0], at=LATER)
    with pytest.raises(BedTaken):
        reopen_spell(spell=stay.spell, by=None)
    stay.spell.refresh_from_db()
    assert stay.spell.discharged_at == LATER
    assert reopen_spell(spell=stay.spell, bed=beds[1], by=None).bed == beds[1]


def test_an_admission_in_error_is_not_reopened(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    end_spell(spell=stay.spell, destination="entered_in_error", by=None, at=LATER)
    with pytest.raises(NotOnAWard):
        reopen_spell(spell=stay.spell, by=None)


def test_the_database_itself_refuses_two_in_a_bed(ward, beds):
    stay = make_stay(ward, beds[0], at=AT)
    other = make_stay(ward, beds[1], at=AT)
    with pytest.raises(IntegrityError, match="one_stay_per_bed_at_a_time"), transaction.atomic():
        Stay.objects.filter(pk=other.pk).update(bed=stay.bed)
