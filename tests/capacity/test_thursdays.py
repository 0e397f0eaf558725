"""Thursday at 08:00, frozen: made whenever the task runs, never changed by anybody."""

import datetime as dt
from threading import Thread

import pytest
from django.db import InternalError, connection, transaction

from capacity.actions import thursdays
from capacity.actions.figures import refresh
from capacity.actions.stays import end_spell
from capacity.actions.thursdays import ONE_FREEZE_AT_A_TIME, freeze
from capacity.models import DailyPatients, FrozenBeds, FrozenPatients, Thursday, WardExclusion
from lib import london
from tests.capacity.factories import make_beds, make_stay, make_ward

THURSDAY = dt.date(2026, 3, 26)  # the clocks go forward on the Sunday after
EIGHT = london.count_instant(THURSDAY)
WEEK = dt.timedelta(days=7)
QUARTER_PAST = EIGHT + dt.timedelta(minutes=15)


@pytest.fixture
def ward(db):
    """Opened in the week of that Thursday, so that it is the first one."""
    return make_ward(opens=THURSDAY - dt.timedelta(days=2))


@pytest.fixture
def beds(ward):
    return make_beds(ward, 3, starts=EIGHT - dt.timedelta(days=1))


def frozen(day=THURSDAY):
    beds = FrozenBeds.objects.filter(thursday__day=day)
    patients = FrozenPatients.objects.filter(thursday__day=day)
    return sum(row.commissioned for row in beds), sum(row.patients for row in patients)


def test_thursday_is_frozen_as_at_eight_in_london(ward, beds):
    make_stay(ward, beds[0], at=EIGHT)
    make_stay(ward, beds[1], at=EIGHT + dt.timedelta(seconds=1))
    assert freeze(at=QUARTER_PAST) == [THURSDAY]
    assert frozen() == (3, 1)
    assert Thursday.objects.get().counted_at == EIGHT


def test_nothing_is_frozen_before_what_was_being_written_has_settled(ward, beds):
    assert freeze(at=QUARTER_PAST - dt.timedelta(seconds=1)) == []
    assert freeze(at=QUARTER_PAST) == [THURSDAY]


def test_running_again_freezes_nothing_twice(ward, beds):
    freeze(at=QUARTER_PAST)
    assert freeze(at=QUARTER_PAST + dt.timedelta(days=6)) == []
    assert Thursday.objects.count() == 1


def test_missed_thursdays_are_caught_up_each_as_at_its_own_eight(ward, beds):
    """Over the change of the clocks, and more of them than one transaction takes."""
    make_stay(ward, beds[0], at=EIGHT + WEEK)
    made = freeze(at=QUARTER_PAST + 20 * WEEK)
    assert made == [THURSDAY + n * WEEK for n in range(21)]
    assert [frozen(THURSDAY + n * WEEK)[1] for n in range(3)] == [0, 0, 1]
    first, second = Thursday.objects.order_by("day")[:2]
    assert second.counted_at - first.counted_at == WEEK - dt.timedelta(hours=1)


def test_a_later_correction_reaches_the_daily_figures_and_not_the_frozen(ward, beds):
    stay = make_stay(ward, beds[0], at=EIGHT - dt.timedelta(hours=1))
    refresh(at=QUARTER_PAST)
    freeze(at=QUARTER_PAST)
    end_spell(spell=stay.spell, destination="entered_in_error", by=None, at=EIGHT + WEEK)
    refresh(days=[], at=EIGHT + WEEK)
    assert DailyPatients.objects.filter(day=THURSDAY).count() == 0
    assert frozen() == (3, 1)


def test_a_ward_that_does_not_count_is_not_frozen(ward, beds):
    WardExclusion.objects.create(ward=ward, starts=THURSDAY, reason="a clinic")
    freeze(at=QUARTER_PAST)
    assert frozen() == (0, 0)
    assert Thursday.objects.count() == 1


@pytest.mark.parametrize("model", [Thursday, FrozenBeds, FrozenPatients])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_nobody_changes_or_removes_what_is_frozen(ward, beds, model, change):
    make_stay(ward, beds[0], at=EIGHT)
    freeze(at=QUARTER_PAST)
    table = model._meta.db_table
    sql = f"DELETE FROM {table}" if change == "delete" else f"UPDATE {table} SET id = id + 1"
    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        connection.cursor().execute(sql)
    assert model.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_frozen_thursday_takes_no_more_rows():
    ward = make_ward(opens=THURSDAY - dt.timedelta(days=2))
    make_beds(ward, 3, starts=EIGHT - dt.timedelta(days=1))
    freeze(at=QUARTER_PAST)
    with pytest.raises(InternalError, match="takes no more rows"):
        FrozenPatients.objects.create(
            thursday=Thursday.objects.get(),
            ward=ward,
            provider=ward.lead_provider,
            icb=ward.icb,
            pathway="frailty",
            route="step_up",
            patients=9,
            over_capacity=0,
            on_leave=0,
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_one_freezes():
    ward = make_ward(opens=THURSDAY - dt.timedelta(days=2))
    make_beds(ward, 1, starts=EIGHT - dt.timedelta(days=1))
    got = []

    def second():
        got.append(freeze(at=QUARTER_PAST))
        connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_FREEZE_AT_A_TIME])
        other = Thread(target=second)
        other.start()
        other.join(10)
    assert got == [[]]
    assert Thursday.objects.count() == 0


def test_before_there_are_beds_there_is_nothing_to_freeze(db):
    assert freeze(at=QUARTER_PAST) == []
    assert thursdays.freeze() == []


def test_the_task_is_the_same_freeze(ward, beds):
    from capacity.tasks import freeze_thursdays

    freeze_thursdays()
    assert Thursday.objects.count() > 30
