"""A ward with one patient who holds a hub, on today's clock: FHIR answers at once."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from observations.models import Device
from patients.models import Admission
from tests.observations.factories import make_held_hub
from tests.patients.factories import make_admission


@pytest.fixture
def now() -> dt.datetime:
    """A little while ago, to the second."""
    return timezone.now().replace(microsecond=0) - dt.timedelta(minutes=1)


@pytest.fixture
def admission(ward_nurse: User, now: dt.datetime) -> Admission:
    return make_admission(by=ward_nurse, at=now - dt.timedelta(days=3))


@pytest.fixture
def hub(admission: Admission, ward_nurse: User) -> Device:
    return make_held_hub(admission, by=ward_nurse)


@pytest.fixture
def nurse(ward_nurse, signed_in):
    return signed_in(ward_nurse)
