"""What a live page shows never changes without its version: by time alone, by kit, by oxygen."""

import datetime as dt

import pytest

from observations.actions.devices import return_device
from observations.models import Device, DeviceStatus, Gateway, Holding
from patients.actions.care import prescribe_oxygen
from rounds.board import board_version
from rounds.patient import version as patient_pages
from rounds.patient.version import patient_version
from tests.observations.factories import make_gateway, make_held_hub
from tests.patients.factories import make_admission
from tests.rounds.factories import NORMAL, make_score, make_vital

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 2 * HOUR)


@pytest.fixture
def hub(admission, ward_nurse, now):
    """Held, and heard through a gateway."""
    held = make_held_hub(admission, by=ward_nurse, at=now - HOUR)
    Device.objects.update(last_gateway=make_gateway(), last_heard_at=now)
    return held


@pytest.fixture(params=["board", "patient"])
def version(request, admission, ward_nurse, monkeypatch):
    """Of either page; of the patient's without its clock, which would hide what is missing."""
    monkeypatch.setattr(patient_pages, "_STEP", 10**12)
    if request.param == "board":
        return lambda at: board_version(admission.ward, ward_nurse, at)
    return lambda at: patient_version(admission, ward_nurse, at)


def test_a_value_that_nobody_planned_goes_stale_by_itself(version, admission, now):
    make_vital(admission, "weight", 80, at=now)
    stale = now + 12 * HOUR
    assert version(stale) != version(stale - MINUTE)


def test_a_score_that_nobody_planned_goes_stale_by_itself(version, admission, now):
    make_score(admission, NORMAL, at=now)
    stale = now + 12 * HOUR
    assert version(stale) != version(stale - MINUTE)


def test_home_oxygen_begins_and_ends_by_itself(version, admission, ward_nurse, now):
    oxygen = prescribe_oxygen(admission=admission, litres_per_minute=2, by=ward_nurse, at=now)
    type(oxygen).objects.update(starts=now + HOUR, ends=now + 2 * HOUR)
    found = [version(now + minutes * MINUTE) for minutes in (30, 90, 150)]
    assert len(set(found)) == 3


def test_a_gateway_that_goes_down_or_comes_back_is_seen(version, hub, now):
    up = version(now)
    Gateway.objects.update(down_since=now - HOUR)
    down = version(now)
    Gateway.objects.update(down_since=None)
    assert up == version(now) != down


def test_a_battery_that_runs_low_is_seen(version, hub, now):
    DeviceStatus.objects.create(device=hub, battery=80, measured_at=now)
    charged = version(now)
    DeviceStatus.objects.update(battery=4)
    assert version(now) != charged


def test_a_device_that_falls_mute_is_seen(version, hub, now):
    """What its gateway hears of others makes the difference, and no reading of its own."""
    Device.objects.update(last_heard_at=now - 25 * HOUR)
    Gateway.objects.update(last_heard_at=now - 25 * HOUR)
    unknown = version(now)
    Gateway.objects.update(last_heard_at=now)
    mute = version(now)
    assert mute != unknown
    Gateway.objects.update(last_heard_at=now + MINUTE)
    assert version(now) == mute


@pytest.mark.parametrize("hours", [4, 24])
def test_a_set_that_is_long_overdue_makes_a_device_dead_by_time_alone(
    version, hub, admission, now, hours
):
    admission.due_times.create(kind=2, due_at=now)
    dead = now + hours * HOUR
    assert version(dead) != version(dead - MINUTE / 60)


def test_kit_that_goes_out_or_comes_back_is_seen(version, admission, ward_nurse, now):
    before = version(now)
    make_held_hub(admission, by=ward_nurse, at=now - MINUTE)
    held = version(now)
    return_device(holding=Holding.objects.get(), by=ward_nurse, at=now)
    assert len({before, held, version(now)}) == 3
