"""Setting a ward's week: by its lead, from a day on, whole."""

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from capacity.actions.hours import set_week
from capacity.hours import MIDNIGHT, Period, every_day, to_call
from capacity.models import WardHours, WardPeriod
from capacity.weeks import every_week, weeks_of
from lib.london import to_utc

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
EIGHT, TWENTY = dt.time(8), dt.time(20)


def _set(ward, by, periods=None, **more):
    told: dict[str, Any] = {
        "out_of_hours_team": "111",
        "out_of_hours_phone": "111",
        "starts": TODAY,
    } | more
    found = every_day(EIGHT, TWENTY, "W") if periods is None else periods
    return set_week(ward=ward, periods=found, by=by, at=NOW, **told)


def test_the_lead_sets_a_week_and_it_is_written_down(ward, ward_lead):
    _set(
        ward, ward_lead, [Period(0, EIGHT, dt.time(13), "AM"), Period(0, dt.time(13), TWENTY, "PM")]
    )
    call = to_call(weeks_of(ward, NOW), to_utc(TODAY, dt.time(14)))
    assert call is not None
    assert call.phone == "PM"
    written = AuditEvent.objects.get(verb="ward-hours-set", by=ward_lead)
    assert written.detail["periods"] == ["Monday 08:00 to 13:00", "Monday 13:00 to 20:00"]


@pytest.mark.parametrize("who", ["ward_nurse", "ward_doctor", "icb_manager", "org_admin"])
def test_nobody_else_sets_it(request, ward, who):
    with pytest.raises(PermissionDenied):
        _set(ward, request.getfixturevalue(who))


@pytest.mark.parametrize(
    ("periods", "more", "says"),
    [
        (
            [Period(0, EIGHT, TWENTY, "a"), Period(0, dt.time(19), dt.time(21), "b")],
            {},
            "Monday 08:00 to 20:00 and Monday 19:00 to 21:00 overlap",
        ),
        ([Period(2, TWENTY, EIGHT, "a")], {}, "Wednesday 20:00 to 08:00 closes before it opens"),
        (
            every_day(EIGHT, TWENTY, "W")[:5],
            {"out_of_hours_phone": ""},
            "Nobody is to be called from Monday 20:00 to Tuesday 08:00",
        ),
        ([], {"out_of_hours_team": " "}, "Nobody is to be called at any time"),
        (None, {"starts": TODAY - dt.timedelta(days=1)}, "Days gone by stay as they were"),
    ],
)
def test_what_leaves_a_doubt_is_refused_plainly(ward, ward_lead, periods, more, says):
    before = every_week(ward)
    with pytest.raises(ValidationError, match=says):
        _set(ward, ward_lead, periods, **more)
    assert every_week(ward) == before


def test_a_ward_that_is_always_staffed_needs_nobody_else(ward, ward_lead):
    always = every_day(MIDNIGHT, MIDNIGHT, "W")
    _set(ward, ward_lead, always, out_of_hours_team="", out_of_hours_phone="")
    assert every_week(ward)[-1].periods == always


def test_new_hours_take_the_place_of_what_was_planned_and_leave_the_past(ward, ward_lead):
    past = every_week(ward)[0]
    _set(ward, ward_lead, starts=TODAY + dt.timedelta(days=30))
    _set(ward, ward_lead, every_day(dt.time(7), TWENTY, "X"), starts=TODAY + dt.timedelta(days=2))
    weeks = every_week(ward)
    assert [week.starts for week in weeks] == [past.starts, TODAY + dt.timedelta(days=2)]
    assert weeks[0].ends == weeks[1].starts
    assert weeks[1].ends is None


def test_what_was_replaced_is_kept_in_history(ward, ward_lead):
    _set(ward, ward_lead)
    gone = WardHours.objects.get(starts=TODAY).pk
    _set(ward, ward_lead, every_day(dt.time(7), TWENTY, "X"))
    events = apps.get_model("capacity", "WardHoursEvent").objects.filter(
        pgh_obj_id=gone, pgh_label="delete"
    )
    assert events.count() == 1
    periods = apps.get_model("capacity", "WardPeriodEvent").objects
    assert periods.filter(phone="W", pgh_label="delete").count() == 7


def test_the_database_refuses_two_numbers_at_one_time(ward):
    hours = ward.hours.get()
    with pytest.raises(IntegrityError, match="ward_periods_never_overlap"), transaction.atomic():
        WardPeriod.objects.create(
            hours=hours, weekday=0, opens=dt.time(19), closes=MIDNIGHT, phone="1"
        )
    WardPeriod.objects.create(hours=hours, weekday=0, opens=TWENTY, closes=MIDNIGHT, phone="1")


def test_the_database_refuses_a_period_that_ends_before_it_begins(ward):
    with pytest.raises(IntegrityError, match="closes_after_opening"), transaction.atomic():
        WardPeriod.objects.create(
            hours=ward.hours.get(), weekday=0, opens=dt.time(23), closes=dt.time(22), phone="1"
        )
