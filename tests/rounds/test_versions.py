"""What a live page shows never changes without its version: by time alone, by kit, by oxygen."""

import datetime as dt

import pytest

from observations.actions.devices import return_device
from observations.models import Holding
from patients.actions.care import prescribe_oxygen
from rounds.board import board_version
from rounds.patient import version as patient_pages
from rounds.patient.version import patient_version
from tests.observations.factories import make_held_hub
from tests.patients.factories import make_admission
from tests.rounds.factories import NORMAL, make_score, make_vital

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 2 * HOUR)


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


def test_kit_that_goes_out_or_comes_back_is_seen(version, admission, ward_nurse, now):
    before = version(now)
    make_held_hub(admission, by=ward_nurse, at=now - MINUTE)
    held = version(now)
    return_device(holding=Holding.objects.get(), by=ward_nurse, at=now)
    assert len({before, held, version(now)}) == 3
