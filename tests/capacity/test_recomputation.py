"""Days that were counted, counted again: whatever had become untrue is right, and nothing else
is touched."""

import datetime as dt
from collections import Counter
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from hypothesis import given, settings
from hypothesis import strategies as st

from capacity import counting, weighing
from capacity.actions import figures
from capacity.actions.figures import refresh
from capacity.actions.stays import end_spell
from capacity.models import (
    BedAllocation,
    BedClosure,
    CountCorrection,
    DailyBeds,
    DailyPatients,
    DailySums,
    Leave,
    SettledDay,
    Spell,
    StaleFigure,
    Stay,
    Ward,
    WardExclusion,
)
from lib import london
from tests.capacity import slow_count
from tests.capacity.factories import make_beds, make_stay, make_ward
from tests.capacity.random_systems import make, systems

OF_BEDS = ("commissioned", "surge", "closed")
OF_PATIENTS = ("patients", "over_capacity", "on_leave")
BED_KEY = ("day", "ward_id", "provider_id", "icb_id")
PATIENT_KEY = (*BED_KEY, "pathway", "route")
HOUR = dt.timedelta(hours=1)

# Written past the actions, so that no note tells of it; each of the n-th that there is.
CHANGES = {
    "a stay goes": lambda n: nth(Stay, n).delete(),
    "a stay is over": lambda n: nth(Stay.objects.filter(ends=None), n).update(
        ends=F("starts") + HOUR, end_reason="discharged"
    ),
    "a pathway is another": lambda n: nth(Stay, n).update(pathway="palliative"),
    "it was over capacity": lambda n: nth(Stay.objects.filter(bed=None), n).update(
        no_bed="over_capacity"
    ),
    "it was an error": lambda n: nth(Spell, n).update(
        destination="entered_in_error", discharged_at=F("admitted_at") + 99 * HOUR
    ),
    "nobody was on leave": lambda n: nth(Leave, n).delete(),
    "a bed was open": lambda n: nth(BedClosure, n).delete(),
    "a bed was the ward's own": lambda n: nth(BedAllocation, n).delete(),
    "a ward was none": lambda n: exclude(Ward.objects.order_by("pk")[n % 3]),
    "a row has more": lambda n: nth(DailyPatients, n).update(patients=F("patients") + 1),
    "a row has others": lambda n: nth(DailyPatients, n).update(over_capacity=n, on_leave=n),
    "a row has no patients": lambda n: nth(DailyPatients, n).update(patients=0),
    "a row of patients is missing": lambda n: nth(DailyPatients, n).delete(),
    "a row of beds is missing": lambda n: nth(DailyBeds, n).delete(),
    "a row is of another pathway": lambda n: nth(DailyPatients, n).update(
        pathway=Concat("pathway", Value(" at home"))
    ),
    "a row is too early": lambda n: nth(DailyPatients, n).update(computed_at=early(n)),
}


def nth(of, n):
    """As a queryset, so that it can be changed or deleted; empty where there is none."""
    rows = of if hasattr(of, "filter") else of.objects.all()
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    return rows.model.objects.filter(pk__in=keys[n % len(keys) :][:1] if keys else [])


def exclude(ward):
    """Since long ago, in place of the times that it was before."""
    WardExclusion.objects.filter(ward=ward).delete()
    WardExclusion.objects.create(ward=ward, reason="a clinic", starts="2026-01-01")


def early(n):
    row = nth(DailyPatients, n).first()
    return london.count_instant(row.day) if row else None


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(
    system=systems(),
    changes=st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 40)), max_size=4),
)
def test_days_counted_again_are_what_a_person_would_count(system, changes):
    with transaction.atomic():
        moments = make(system)
        try:
            counted_again(moments, changes)
        finally:
            transaction.set_rollback(True)


def counted_again(moments, changes):
    days = [day for day, _ in moments]
    first = moments[-1][1] + HOUR
    refresh(days=days, at=first)
    agree(moments)
    for change, n in changes:
        CHANGES[change](n)
    before = standing()
    refresh(days=days, at=first + HOUR)
    agree(moments)
    told_of(before, standing())
    untouched(before, first)


def agree(moments):
    beds: dict[Any, Any] = {}
    patients: dict[Any, Any] = {}
    for day, at in moments:
        beds |= {key: told[:3] for key, told in slow_count.beds(day, at).items()}
        patients |= {
            key: (everybody, over, away)
            for key, (everybody, _, over, away) in slow_count.patients(day, at).items()
        }
    assert kept(DailyBeds, BED_KEY, OF_BEDS) == beds
    assert kept(DailyPatients, PATIENT_KEY, OF_PATIENTS) == patients
    sums: tuple[Counter[Any], Counter[Any]] = Counter(), Counter()
    for counted, added in ((beds, sums[0]), (patients, sums[1])):
        for (day, _, _, icb, *_), told in counted.items():
            for n, count in enumerate(told):
                added[icb, day, n] += count
    assert kept(DailySums, ("icb_id", "day"), (*OF_BEDS, *OF_PATIENTS)) == {
        (icb, day): tuple(added[icb, day, n] for added in sums for n in range(3))
        for icb, day in {(key[3], key[0]) for key in (*beds, *patients)}
    }


def kept(model, key, counts):
    rows = model.objects.values_list(*key, *counts)
    return {row[: len(key)]: row[len(key) :] for row in rows}


def standing():
    return {
        DailyBeds: kept(DailyBeds, BED_KEY, (*OF_BEDS, "computed_at")),
        DailyPatients: kept(DailyPatients, PATIENT_KEY, (*OF_PATIENTS, "computed_at")),
    }


def told_of(before, after):
    """By day, ward, provider and ICB every figure says by how much it was corrected."""
    changed: Counter[Any] = Counter()
    for model, names in ((DailyBeds, OF_BEDS), (DailyPatients, OF_PATIENTS)):
        for sign, rows in ((-1, before[model]), (1, after[model])):
            for key, told in rows.items():
                for name, count in zip(names, told, strict=False):
                    changed[(*key[:4], name)] += sign * count
    rows = CountCorrection.objects.values_list(*BED_KEY, "figure", "change")
    noted: Counter[Any] = Counter()
    for *key, change in rows:
        noted[tuple(key)] += change
    assert noted == {key: change for key, change in changed.items() if change}


def untouched(before, first):
    """A row that was right and not too early stands there since then."""
    for model, rows in standing().items():
        for key, (*told, computed) in rows.items():
            *was, since = before[model].get(key, (None, None))
            assert computed == (first if told == was and since == first else first + HOUR)


DAY = dt.date(2026, 3, 2)
EIGHT = london.count_instant(DAY)
DAYS = [DAY + dt.timedelta(days=n) for n in range(3)]
LATER = EIGHT + dt.timedelta(days=14)


@pytest.fixture
def settled(ward, beds):
    """A patient for three mornings, counted and settled."""
    stay = make_stay(ward, beds[0], at=EIGHT)
    refresh(days=DAYS, at=LATER)
    return stay


def patients():
    return [sum(r.patients for r in DailyPatients.objects.filter(day=day)) for day in DAYS]


@pytest.mark.django_db
def test_only_the_wards_that_differ_are_told(settled):
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    [bed] = make_beds(other, 1)
    question = counting.mornings(DAYS)
    assert weighing.differing(question, settles=figures.SETTLES_AFTER) == ()
    make_stay(other, bed, at=EIGHT)
    assert weighing.differing(question, settles=figures.SETTLES_AFTER) == (other.pk,)


@pytest.mark.django_db
def test_what_is_broken_off_is_whole_up_to_there_and_made_up_for(settled, ward, beds, monkeypatch):
    make_stay(ward, beds[1], at=EIGHT)
    StaleFigure.objects.all().delete()
    monkeypatch.setattr(figures, "DAYS_AT_ONCE", 1)
    monkeypatch.setattr(figures, "_add_up", broken_off_on(DAYS[1], figures._add_up))
    with pytest.raises(TimeoutError):
        refresh(days=DAYS, at=LATER)
    assert patients() == [2, 1, 1]
    assert [row.patients for row in DailySums.objects.order_by("day")] == [2, 1, 1]
    assert set(CountCorrection.objects.values_list("day", flat=True)) == {DAY}
    monkeypatch.undo()
    refresh(days=DAYS, at=LATER)
    assert patients() == [2, 2, 2]
    assert [row.patients for row in DailySums.objects.order_by("day")] == [2, 2, 2]


def broken_off_on(unlucky, add_up):
    def add(cursor, touched, *, at):
        if any(day == unlucky for _, day in touched):
            raise TimeoutError
        add_up(cursor, touched, at=at)

    return add


@pytest.mark.django_db(transaction=True)
def test_who_corrects_meanwhile_does_not_wait_for_years_to_be_counted(settled, monkeypatch):
    spell, weigh = settled.spell, weighing.differing

    def correct():
        end_spell(spell=spell, destination="home", by=None, at=london.count_instant(DAYS[1]))
        connection.close()

    def meanwhile(*asked, **how):
        corrects = Thread(target=correct)
        corrects.start()
        corrects.join(10)
        assert not corrects.is_alive()
        return weigh(*asked, **how)

    notes = [StaleFigure(ward=settled.ward, day=day, why="", noted_at=LATER) for day in DAYS]
    StaleFigure.objects.bulk_create(notes)
    monkeypatch.setattr(weighing, "differing", meanwhile)
    refresh(days=DAYS, at=LATER)
    assert SettledDay.objects.count() == len(DAYS)
    refresh(days=[], at=LATER)
    assert patients() == [1, 0, 0]
    assert not StaleFigure.objects.exists()
