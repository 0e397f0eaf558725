"""A kept count is the count that would be made now; whatever changes it is counted anew."""

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from capacity import counting as one_count
from capacity import kept
from capacity.actions import beds as bed_actions
from capacity.actions import stays as stay_actions
from capacity.actions.history import PastSpell, record_past_spells
from capacity.actions.kept import HOLDS, ONE_KEEPER_AT_A_TIME, RENEWED_AFTER, keep
from capacity.actions.organisations import open_ward
from capacity.actions.pathways import change_pathway
from capacity.models import Bed, KeptBeds, KeptPatients, KeptWard, Leave, Spell, Stay, Ward
from capacity.models import WardExclusion as Exclusion
from capacity.refusals import BedRefused
from lib import london
from tests.capacity.factories import make_beds, make_facts, make_icb, make_provider, make_stay
from tests.capacity.factories import make_ward as ward_of

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
# A quarter to midnight in London, on the eve of the clocks going forward.
AT = dt.datetime(2026, 3, 28, 23, 45, tzinfo=dt.UTC)
STEPS = [
    *("admit", "admit", "over", "end", "error", "reopen", "leave", "return", "move", "pathway"),
    *("close", "open", "withdraw", "add", "give", "history", "ward", "exclude"),
    *("keep", "keep", "keep"),
]


def test_a_kept_count_is_read_and_not_made_again(ward, beds):
    make_stay(ward, beds[0], at=AT)
    assert keep(at=AT) == 1
    KeptBeds.objects.update(commissioned=77)
    KeptPatients.objects.update(patients=88)
    assert [line.commissioned for line in kept.beds(AT)] == [77]
    assert [line.patients for line in kept.patients(AT)] == [88]


def test_who_comes_and_goes_is_told_at_once(ward, beds):
    stay = make_stay(ward, beds[0], at=AT - MINUTE)
    keep(at=AT)
    make_stay(ward, beds[1], at=AT)
    assert patients_at(AT) == 2
    stay_actions.end_spell(spell=stay.spell, destination="home", by=None, at=AT)
    assert patients_at(AT) == 1


def test_a_count_is_for_no_moment_before_it_was_made(ward, beds):
    make_stay(ward, beds[0], at=AT)
    keep(at=AT)
    assert patients_at(AT - MINUTE) == 0


def test_a_bed_that_opens_meanwhile_ends_a_count(ward, beds):
    make_beds(ward, 2, starts=AT + 5 * MINUTE)
    keep(at=AT)
    assert KeptWard.objects.get().until == AT + 5 * MINUTE
    assert sum(line.commissioned for line in kept.beds(AT + 5 * MINUTE)) == 5


def test_midnight_in_london_gives_a_bed_away(ward, beds):
    other = make_provider("RWE")
    at = AT.replace(day=27)
    give = dt.date(2026, 3, 28)
    bed_actions.reallocate_bed(bed=beds[0], provider=other, icb=ward.icb, starts=give, by=None)
    keep(at=at)
    assert KeptWard.objects.get().until == at + 15 * MINUTE == london.day_bounds(give)[0]
    assert {line.provider for line in kept.beds(at + 15 * MINUTE)} == {
        ward.lead_provider_id,
        other.pk,
    }


def test_no_count_is_older_than_a_quarter_of_an_hour(ward, beds):
    keep(at=AT)
    Bed.objects.filter(pk=beds[0].pk).update(ends=AT - MINUTE)  # past every action
    assert sum(line.commissioned for line in kept.beds(AT + HOLDS - MINUTE)) == 3
    assert sum(line.commissioned for line in kept.beds(AT + HOLDS)) == 2


def test_what_stands_is_counted_anew_only_when_it_is_soon_too_old(ward, beds):
    assert (keep(at=AT), keep(at=AT), keep(at=AT + MINUTE)) == (1, 0, 0)
    assert keep(at=AT + RENEWED_AFTER) == 1


def test_a_ward_that_closes_or_does_not_count_is_asked_about_anew(ward, beds):
    keep(at=AT)
    Exclusion.objects.create(ward=ward, starts=london.day_of(AT), reason="a clinic")
    assert kept.beds(AT, counting=True) == []
    assert len(kept.beds(AT)) == 1
    Ward.objects.update(closes=london.day_of(AT))
    assert kept.beds(AT) == []


def test_only_the_wards_asked_for_are_told(ward, beds):
    other = ward_of("RT5-other", name="Other")
    make_beds(other, 2)
    keep(at=AT)
    assert {line.ward for line in kept.beds(AT, wards=[other.pk])} == {other.pk}


def test_one_keeper_counts_at_a_time(ward, beds):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_KEEPER_AT_A_TIME])
        assert keep(at=AT) == 0
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_a_count_is_made_is_told_once_it_is_committed():
    ward = ward_of()
    [bed] = make_beds(ward)
    keep(at=AT - MINUTE)
    with transaction.atomic():
        make_stay(ward, bed, at=AT)
        with ThreadPoolExecutor() as others:
            assert others.submit(apart, lambda: keep(at=AT + RENEWED_AFTER)).result() == 1
            assert others.submit(apart, lambda: patients_at(AT + RENEWED_AFTER)).result() == 0
    assert patients_at(AT + RENEWED_AFTER) == 1


def apart(ask):
    try:
        return ask()
    finally:
        connection.close()


def test_a_line_is_kept_once(ward, beds):
    keep(at=AT)
    twice = KeptBeds.objects.get()
    twice.pk = None
    with pytest.raises(IntegrityError, match="kept_beds_once"), transaction.atomic():
        twice.save(force_insert=True)


def test_the_task_keeps_the_counts(ward, beds):
    from capacity.tasks import keep_counts

    keep_counts()
    assert KeptWard.objects.count() == 1


def patients_at(at):
    return sum(line.patients for line in kept.patients(at))


def move(spell, ward, bed, at):
    return stay_actions.move_stay(
        spell=spell,
        ward=ward,
        bed=bed,
        no_bed_reason="" if bed else "agreed",
        reason=Stay.EndReason.TRANSFERRED,
        by=None,
        at=at,
    )


def away(spell, at, *, held):
    return stay_actions.start_leave(
        spell=spell, kind="home", expected_back=at + 99 * MINUTE, bed_held=held, by=None, at=at
    )


def step(kind, pick, at):
    """One thing that may happen, now, earlier or later; refused ones change nothing."""
    bed = Bed.objects.order_by("pk")[pick % Bed.objects.count()]
    if kind in PLACES:
        PLACES[kind](bed, pick, at)
    elif kind == "reopen":
        if spell := picked(Spell.objects.filter(destination="home"), pick):
            stay_actions.reopen_spell(spell=spell, by=None, at=at)
    elif kind == "return":
        if leave := picked(Leave.objects.filter(ends=None, spell__discharged_at=None), pick):
            stay_actions.end_leave(leave=leave, bed=bed, by=None, at=at)
    elif spell := picked(Spell.objects.filter(discharged_at=None), pick):
        SPELLS[kind](spell, bed, pick, at)


def picked(found, pick):
    return found.order_by("pk")[pick % found.count()] if found.exists() else None


def add(bed, pick, at):
    make_beds(bed.ward, 1 + pick % 2, kind=("surge", "commissioned")[pick % 2], starts=at)


def give(bed, pick, at):
    provider, icb = make_provider("RWE"), make_icb("QPM", name="NHS Northamptonshire")
    day = london.day_of(at) + dt.timedelta(days=pick % 2)
    bed_actions.reallocate_bed(bed=bed, provider=provider, icb=icb, starts=day, by=None, at=at)


def history(bed, pick, at):
    past = PastSpell(
        bed=bed,
        facts=make_facts(),
        pathway="copd",
        route="step_up",
        admitted_at=at - MINUTE,
        discharged_at=at + pick * MINUTE,
        destination="home",
    )
    record_past_spells(ward=bed.ward, spells=[past], by=None, at=at)


def another_ward(bed, pick, at):
    ward = bed.ward
    new = open_ward(
        code=f"RT5-new-{Ward.objects.count()}",
        name="New",
        lead_provider=ward.lead_provider,
        icb=ward.icb,
        opens=london.day_of(at) + dt.timedelta(days=pick % 2),
        by=None,
    )
    make_beds(new, 1, starts=at)


def exclude(bed, pick, at):
    ends = None if pick % 2 else london.day_of(at) + dt.timedelta(days=1)
    if not bed.ward.exclusions.exists():
        Exclusion.objects.create(
            ward=bed.ward, starts=london.day_of(at), ends=ends, reason="a clinic"
        )


PLACES = {
    "admit": lambda bed, _, at: make_stay(bed.ward, bed, at=at),
    "over": lambda bed, _, at: make_stay(bed.ward, None, no_bed_reason="agreed", at=at),
    "close": lambda bed, _, at: bed_actions.close_bed(bed=bed, reason="no_kit", by=None, at=at),
    "open": lambda bed, _, at: bed_actions.reopen_bed(bed=bed, by=None, at=at),
    "withdraw": lambda bed, _, at: bed_actions.withdraw_bed(bed=bed, by=None, at=at),
    "add": add,
    "give": give,
    "history": history,
    "ward": another_ward,
    "exclude": exclude,
    "keep": lambda _bed, _pick, at: keep(at=at),
}
SPELLS = {
    "end": lambda spell, _bed, _pick, at: stay_actions.end_spell(
        spell=spell, destination="home", by=None, at=at
    ),
    "error": lambda spell, _bed, _pick, at: stay_actions.end_spell(
        spell=spell, destination="entered_in_error", by=None, at=at
    ),
    "leave": lambda spell, _bed, pick, at: away(spell, at, held=pick % 2 == 0),
    "move": lambda spell, bed, pick, at: move(spell, bed.ward, bed if pick % 3 else None, at),
    "pathway": lambda spell, _bed, _pick, at: change_pathway(
        spell=spell, pathway="heart-failure", by=None, at=at
    ),
}
MINUTES = st.sampled_from([0, 1, 4, 9, 10, 14, 15, 16, 20, 29])


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 20), MINUTES), min_size=4, max_size=16
    )
)
def test_what_is_kept_is_what_would_be_counted(steps):
    with transaction.atomic():
        make_beds(ward_of(), 3)
        make_beds(ward_of("RT5-elsewhere", name="Elsewhere"), 2)
        try:
            for kind, pick, minutes in steps:
                with_refusals(kind, pick, AT + minutes * MINUTE)
                agree()
        finally:
            transaction.set_rollback(True)


def with_refusals(kind, pick, at):
    try:
        with transaction.atomic():
            step(kind, pick, at)
    except (BedRefused, IntegrityError):
        return


def agree():
    """At any instant asked, before a count was made and after."""
    for minutes in (-1, 0, 9, 15, 28):
        at = AT + minutes * MINUTE
        for counting in (True, False):
            question = one_count.now(at, counting=counting)
            beds, patients = one_count.beds(question), one_count.patients(question)
            assert told(kept.beds(at, counting=counting)) == told(beds)
            assert told(kept.patients(at, counting=counting)) == told(patients)


def told(lines):
    return sorted(dataclasses.astuple(line) for line in lines)
