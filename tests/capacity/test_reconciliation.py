"""Ward, ICB, answer, return and daily figure show the same count at the same moment, always."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capacity.actions import beds as bed_actions
from capacity.actions import stays as stay_actions
from capacity.actions.figures import refresh
from capacity.models import Bed, Leave, Spell, Stay, Ward
from capacity.presence import WardCount, ward_counts
from capacity.refusals import BedRefused
from capacity.reports.history import icb_mornings
from capacity.reports.movements import tallies
from capacity.reports.now import icb_now, ward_now
from capacity.reports.places import of_icb, of_provider, of_ward
from capacity.reports.series import WHOLE, series
from capacity.reports.sitreps import counted
from lib import london
from tests.capacity.factories import make_beds, make_stay, make_ward

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = dt.date(2026, 3, 27)  # the clocks go forward on the 29th
DAYS = 4
STEPS = ["admit", "over", "end", "leave", "return", "move", "close", "reopen", "error"]


def step(kind, pick, at):
    """One thing that may happen; refused ones change nothing."""
    bed = Bed.objects.order_by("pk")[pick % Bed.objects.count()]
    spell = Spell.objects.filter(discharged_at=None).order_by("pk").first()
    leave = Leave.objects.filter(ends=None).first()
    if kind == "admit":
        make_stay(bed.ward, bed, at=at)
    elif kind == "over":
        make_stay(bed.ward, None, no_bed_reason="agreed", at=at)
    elif kind == "close":
        bed_actions.close_bed(bed=bed, reason="no_kit", by=None, at=at)
    elif kind == "reopen":
        bed_actions.reopen_bed(bed=bed, by=None, at=at)
    elif kind == "return" and leave:
        stay_actions.end_leave(leave=leave, bed=bed, by=None, at=at)
    elif spell:
        of_a_spell(kind, spell, bed, at, held=pick % 2 == 0)


def of_a_spell(kind, spell, bed, at, *, held):
    if kind == "end":
        stay_actions.end_spell(spell=spell, destination="home", by=None, at=at)
    elif kind == "error":
        stay_actions.end_spell(spell=spell, destination="entered_in_error", by=None, at=at)
    elif kind == "leave":
        back = at + dt.timedelta(days=1)
        stay_actions.start_leave(
            spell=spell, kind="home", expected_back=back, bed_held=held, by=None, at=at
        )
    elif kind == "move":
        stay_actions.move_stay(
            spell=spell, ward=bed.ward, bed=bed, reason=Stay.EndReason.MOVED, by=None, at=at
        )


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 20), st.integers(0, 24 * DAYS - 1)),
        max_size=14,
    )
)
def test_every_screen_shows_the_same_count(steps):
    ward = make_ward()
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    if not Bed.objects.exists():
        make_beds(ward, 3)
        make_beds(other, 2)
    for table in (Leave, Stay, Spell):
        table.objects.all().delete()
    for bed in Bed.objects.all():
        bed.closures.all().delete()
    start = london.count_instant(FIRST)
    refresh(days=[FIRST + dt.timedelta(days=n) for n in range(DAYS)], at=start + dt.timedelta(9))
    for kind, pick, hours in steps:
        try:
            step(kind, pick, start + dt.timedelta(hours=hours))
        except BedRefused:
            continue
    refresh(days=[], at=start + dt.timedelta(9))  # only what was noted as stale
    for number in range(DAYS):
        agree(ward, other, FIRST + dt.timedelta(days=number))


def agree(ward, other, day):
    at = london.count_instant(day)
    counts = ward_counts(Ward.objects.filter(pk__in=[ward.pk, other.pk]), at)
    whole = counts[ward.pk] + counts[other.pk]
    icb = icb_now(ward.icb, at)
    [morning] = icb_mornings(ward.icb, day, day)
    assert icb.total == whole
    assert ward_now(ward, at).total == counts[ward.pk]
    for parts in (icb.pathways, icb.routes):
        assert sum(part.patients for part in parts.values()) == whole.patients
    told = (morning.beds, morning.patients, morning.over_capacity, morning.on_leave)
    assert told == (whole.beds, whole.patients, whole.over_capacity, whole.on_leave)
    returned = counted(ward.lead_provider, day).count
    assert (returned.beds, returned.patients) == (whole.beds, whole.patients)
    assert isinstance(whole, WardCount)
    assert whole.beds + whole.closed == 5
    assert whole.patients == Stay.objects.at(at).count()
    assert whole.free >= 0
    assert whole.beds - whole.free == whole.taken
    flows_agree(ward, other, day, counts)


def flows_agree(ward, other, day, counts):
    """The day's coming and going adds up from one count to the next, on every page of flows."""
    times = [(london.count_instant(day - dt.timedelta(days=1)), london.count_instant(day))]
    places = {
        of_ward(ward): counts[ward.pk],
        of_ward(other): counts[other.pk],
        of_icb(ward.icb): counts[ward.pk] + counts[other.pk],
        of_provider(ward.lead_provider, Ward.objects.all()): counts[ward.pk] + counts[other.pk],
    }
    for place, count in places.items():
        [found] = tallies(place, times, now=times[0][1])
        assert found.there("until") == count.patients
        assert found.there("since") + found.into - found.out == count.patients
        assert (
            sum(value or 0 for value in series(place, "patients", times)[WHOLE].values)
            == count.patients
        )
