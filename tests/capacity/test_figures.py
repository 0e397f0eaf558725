"""The daily figures: 08:00 London, missed days, corrections, and one run at a time."""

import datetime as dt
from threading import Thread

import pytest
from django.db import connection, transaction

from capacity.actions import figures
from capacity.actions.beds import close_bed, reallocate_bed
from capacity.actions.figures import ONE_REFRESH_AT_A_TIME, refresh
from capacity.actions.stays import end_leave, end_spell, move_stay, start_leave
from capacity.models import (
    Bed,
    DailyBeds,
    DailyPatients,
    DailySums,
    StaleFigure,
    Stay,
    Ward,
    WardExclusion,
)
from capacity.reports.history import england_mornings, icb_mornings
from lib import london
from tests.capacity.factories import make_beds, make_icb, make_provider, make_stay, make_ward

DAY = dt.date(2026, 3, 2)
EIGHT = london.count_instant(DAY)
SECOND = dt.timedelta(seconds=1)
EVENING = EIGHT + dt.timedelta(hours=12)


def day_after(days=1):
    return DAY + dt.timedelta(days=days)


def patients(day=DAY, **of):
    return sum(row.patients for row in DailyPatients.objects.filter(day=day, **of))


def beds_of(day=DAY):
    return DailyBeds.objects.get(day=day)


def test_who_is_there_at_eight_counts_and_who_comes_after_does_not(ward, beds):
    make_stay(ward, beds[0], at=EIGHT)
    make_stay(ward, beds[1], at=EIGHT + SECOND)
    refresh(days=[DAY], at=EVENING)
    assert (beds_of().commissioned, patients()) == (3, 1)


def test_who_leaves_at_eight_has_left(ward, beds):
    for bed, leaves in ((beds[0], EIGHT), (beds[1], EIGHT + SECOND)):
        stay = make_stay(ward, bed, at=EIGHT - dt.timedelta(days=2))
        end_spell(spell=stay.spell, destination="home", by=None, at=leaves)
    refresh(days=[DAY], at=EVENING)
    assert patients() == 1


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (dt.date(2026, 3, 28), 8),  # the last morning of winter time
        (dt.date(2026, 3, 29), 7),  # the clocks went forward at 01:00
        (dt.date(2026, 10, 24), 7),
        (dt.date(2026, 10, 25), 8),  # the clocks went back at 02:00
    ],
)
def test_eight_is_londons_eight_on_both_sides_of_each_clock_change(ward, beds, day, utc_hour):
    eight = dt.datetime.combine(day, dt.time(utc_hour), tzinfo=dt.UTC)
    make_stay(ward, beds[0], at=eight)
    make_stay(ward, beds[1], at=eight + SECOND)
    refresh(days=[day], at=eight + dt.timedelta(hours=1))
    assert patients(day) == 1


def test_surge_and_closed_beds_stand_apart(ward, beds):
    make_beds(ward, 2, kind=Bed.Kind.SURGE)
    close_bed(bed=beds[0], reason="no_kit", by=None, at=EIGHT - SECOND)
    refresh(days=[DAY], at=EVENING)
    row = beds_of()
    assert (row.commissioned, row.surge, row.closed) == (2, 2, 1)


def test_over_capacity_and_leave_are_told_apart(ward, beds):
    stay = make_stay(ward, beds[0], at=EIGHT - dt.timedelta(days=1))
    start_leave(
        spell=stay.spell,
        kind="home",
        expected_back=EVENING,
        bed_held=True,
        by=None,
        at=EIGHT - SECOND,
    )
    make_stay(ward, None, no_bed_reason="agreed with the lead", at=EIGHT)
    refresh(days=[DAY], at=EVENING)
    row = DailyPatients.objects.get(day=DAY)
    assert (row.patients, row.over_capacity, row.on_leave) == (2, 1, 1)


def test_missed_days_are_filled_whenever_it_runs(ward):
    make_beds(ward, 2, starts=EIGHT - SECOND)
    refresh(at=EVENING)
    refresh(at=EVENING + dt.timedelta(days=4))
    assert list(DailyBeds.objects.order_by("day").values_list("day", flat=True)) == [
        day_after(n) for n in range(5)
    ]


def test_today_is_counted_from_eight_on_and_not_before(ward):
    make_beds(ward, 2, starts=EIGHT - dt.timedelta(days=1))
    refresh(at=EIGHT - SECOND)
    assert not DailyBeds.objects.filter(day=DAY).exists()
    refresh(at=EIGHT)
    assert DailyBeds.objects.filter(day=DAY).exists()


def test_running_again_changes_nothing(ward, beds):
    make_stay(ward, beds[0], at=EIGHT)
    refresh(days=[DAY], at=EVENING)
    before = [list(model.objects.values_list("day", "ward")) for model in (DailyBeds,)]
    refresh(days=[DAY], at=EVENING)
    assert [list(model.objects.values_list("day", "ward")) for model in (DailyBeds,)] == before
    assert patients() == 1


def written():
    """Which rows stand there, and since when."""
    return [
        list(model.objects.order_by("pk").values_list("pk", "computed_at"))
        for model in (DailyBeds, DailyPatients, DailySums)
    ]


def test_what_is_right_already_is_not_written_again(ward, beds):
    make_stay(ward, beds[0], at=EIGHT)
    refresh(days=[DAY], at=EVENING)
    before = written()
    refresh(days=[DAY], at=EVENING + SECOND)
    assert written() == before


def test_a_day_counted_before_it_had_settled_is_told_as_counted_again(ward, beds):
    refresh(days=[DAY], at=EIGHT)
    refresh(days=[DAY], at=EVENING)
    assert beds_of().computed_at == EVENING


def test_a_corrected_stay_leaves_other_wards_and_days_alone(ward, beds):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    make_beds(elsewhere, 1)
    stay = make_stay(ward, beds[0], at=EIGHT)
    refresh(days=[day_after(n) for n in range(3)], at=EVENING + dt.timedelta(days=5))
    before = dict(DailyBeds.objects.values_list("pk", "computed_at"))
    end_spell(spell=stay.spell, destination="home", by=None, at=EVENING)
    refresh(days=[], at=EVENING + dt.timedelta(days=6))
    assert dict(DailyBeds.objects.values_list("pk", "computed_at")) == before
    assert [patients(day_after(n)) for n in range(3)] == [1, 0, 0]


def test_the_sums_of_an_icb_follow_its_rows(ward, beds):
    make_beds(make_ward("RT5-elsewhere", name="Elsewhere"), 2)
    stay = make_stay(ward, beds[0], at=EIGHT)
    refresh(days=[DAY], at=EVENING)
    [morning] = icb_mornings(ward.icb, DAY, DAY)
    assert (morning.beds, morning.patients) == (5, 1)
    end_spell(spell=stay.spell, destination="entered_in_error", by=None, at=EVENING)
    refresh(days=[], at=EVENING + SECOND)
    [morning] = england_mornings(DAY, DAY)
    assert (morning.beds, morning.patients) == (5, 0)
    assert DailySums.objects.get().computed_at == EVENING + SECOND


def test_sums_of_nothing_do_not_stay(ward, beds):
    refresh(days=[DAY], at=EVENING)
    WardExclusion.objects.create(ward=ward, starts=DAY, ends=day_after(), reason="a clinic")
    refresh(days=[DAY], at=EVENING)
    assert not DailySums.objects.exists()


def test_a_stay_committed_while_the_count_ran_is_counted_by_the_next(ward, beds):
    refresh(days=[DAY], at=EIGHT)
    make_stay(ward, beds[0], at=EIGHT)
    StaleFigure.objects.all().delete()  # as if the note had been decided before the count
    refresh(at=EIGHT + dt.timedelta(minutes=1))
    assert patients() == 1


def test_a_stay_corrected_weeks_later_corrects_every_day_it_touched(ward, beds):
    stay = make_stay(ward, beds[0], at=EIGHT)
    refresh(days=[day_after(n) for n in range(15)], at=EIGHT + dt.timedelta(days=20))
    end_spell(spell=stay.spell, destination="home", by=None, at=EIGHT + dt.timedelta(days=3))
    assert StaleFigure.objects.count() == 12
    refresh(days=[], at=EIGHT + dt.timedelta(days=20))
    assert [patients(day_after(n)) for n in (0, 2, 3, 14)] == [1, 1, 0, 0]
    assert StaleFigure.objects.count() == 0


def test_an_admission_in_error_is_taken_out_of_every_day(ward, beds):
    stay = make_stay(ward, beds[0], at=EIGHT)
    refresh(days=[day_after(n) for n in range(4)], at=EIGHT + dt.timedelta(days=4))
    end_spell(
        spell=stay.spell,
        destination="entered_in_error",
        by=None,
        at=EIGHT + dt.timedelta(days=4),
    )
    refresh(days=[], at=EIGHT + dt.timedelta(days=4))
    assert DailyPatients.objects.count() == 0


def test_what_happens_now_leaves_counted_days_alone(ward, beds):
    refresh(days=[DAY], at=EIGHT)
    make_stay(ward, beds[0], at=EIGHT + SECOND)
    assert StaleFigure.objects.count() == 0


def test_a_bed_counts_with_its_own_provider_and_icb_and_a_shared_ward_never_twice(ward, beds):
    uhl = make_provider("RWE", name="University Hospitals of Leicester NHS Trust", kind="acute")
    northants = make_icb("QPM", name="NHS Northamptonshire Integrated Care Board")
    reallocate_bed(bed=beds[0], provider=uhl, icb=northants, starts=DAY, by=None)
    make_stay(ward, beds[0], at=EIGHT)
    make_stay(ward, None, no_bed_reason="agreed with the lead", at=EIGHT)
    refresh(days=[day_after(-1), DAY], at=EVENING)
    rows = DailyBeds.objects.filter(day=DAY).values_list("provider__code", "icb__code")
    assert set(rows) == {("RT5", "QK1"), ("RWE", "QPM")}
    assert patients(icb=northants) == 1
    assert patients(icb=ward.icb, provider=ward.lead_provider) == 1
    assert [DailyBeds.objects.filter(day=day).count() for day in (day_after(-1), DAY)] == [1, 2]


def test_a_ward_that_does_not_count_as_virtual_stays_out_on_those_dates(ward, beds):
    WardExclusion.objects.create(ward=ward, starts=DAY, ends=day_after(), reason="a clinic")
    refresh(days=[day_after(-1), DAY, day_after()], at=EVENING + dt.timedelta(days=1))
    days = DailyBeds.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [day_after(-1), day_after()]


def test_only_the_wards_asked_for_are_counted_again(ward, beds):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    make_beds(elsewhere, 1)
    refresh(days=[DAY], at=EVENING)
    make_stay(ward, beds[0], at=EIGHT)
    refresh(days=[DAY], wards=Ward.objects.filter(pk=elsewhere.pk), at=EVENING)
    assert DailyBeds.objects.filter(day=DAY).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_second_refresh_at_the_same_time_does_nothing():
    ward = make_ward()
    make_beds(ward, 1)
    got = []

    def second():
        got.append(refresh(days=[DAY], at=EVENING))
        connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_REFRESH_AT_A_TIME])
        other = Thread(target=second)
        other.start()
        other.join(10)
    assert got == [figures.Refreshed(days=0, corrected=0)]
    assert DailyBeds.objects.count() == 0


def test_an_admission_in_error_is_taken_from_the_days_of_each_ward_it_was_on(ward, beds):
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    stay = make_stay(ward, beds[0], at=EIGHT - SECOND)
    transfer(stay, other, at=EIGHT + SECOND)
    refresh(days=[DAY, day_after()], at=EVENING + dt.timedelta(days=1))
    assert (patients(ward=ward), patients(day_after(), ward=other)) == (1, 1)
    end_spell(spell=stay.spell, destination="entered_in_error", by=None, at=EVENING)
    refresh(days=[], at=EVENING + dt.timedelta(days=1))
    assert (patients(ward=ward), patients(day_after(), ward=other)) == (0, 0)


def test_a_return_from_before_a_transfer_corrects_the_ward_that_the_patient_was_on(ward, beds):
    other = make_ward("RT5-elsewhere", name="Elsewhere")
    stay = make_stay(ward, beds[0], at=EIGHT - 9 * SECOND)
    leave = start_leave(
        spell=stay.spell,
        kind="home",
        expected_back=EVENING,
        bed_held=True,
        by=None,
        at=EIGHT - 5 * SECOND,
    )
    transfer(stay, other, at=EIGHT + SECOND)
    refresh(days=[DAY], at=EVENING)
    assert DailyPatients.objects.get(day=DAY).on_leave == 1
    end_leave(leave=leave, by=None, at=EIGHT - SECOND)
    refresh(days=[], at=EVENING)
    assert DailyPatients.objects.get(day=DAY).on_leave == 0


def transfer(stay, ward, *, at):
    move_stay(
        spell=stay.spell,
        ward=ward,
        bed=None,
        no_bed_reason="agreed with the lead",
        reason=Stay.EndReason.TRANSFERRED,
        by=None,
        at=at,
    )


def test_the_task_is_the_same_refresh(ward, beds):
    from capacity.tasks import refresh_figures

    refresh(days=[london.day_of(dt.datetime.now(tz=dt.UTC)) - dt.timedelta(days=3)])
    refresh_figures()
    assert DailyBeds.objects.count() >= 3
