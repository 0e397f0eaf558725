"""A ward with one patient, who holds a hub since an hour before the set clock."""

import datetime as dt

import pytest

from accounts.models import User
from observations.draining import drain
from observations.intake import inbox
from observations.models import Device
from patients.models import Admission
from tests.observations.factories import body_of, make_gateway, make_held_hub, make_key
from tests.patients.factories import make_admission

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
ADMITTED = NOW - dt.timedelta(days=3)


@pytest.fixture
def admission(ward_nurse: User) -> Admission:
    return make_admission(by=ward_nurse, at=ADMITTED)


@pytest.fixture
def second(admission: Admission) -> Admission:
    """Another patient of the ward, who holds nothing yet."""
    return make_admission(ward=admission.ward, at=ADMITTED)


@pytest.fixture
def hub(admission: Admission, ward_nurse: User) -> Device:
    return make_held_hub(admission, by=ward_nurse, at=ADMITTED)


@pytest.fixture
def key(hub: Device) -> str:
    return make_key(make_gateway(hub.provider))


@pytest.fixture
def send(key: str):
    """Accept and drain readings at a set time; the receipt."""

    def sent(readings, *, at=NOW, sent_at=None, drained=True):
        accepted = inbox.accept(key=key, body=body_of(readings, sent_at=sent_at), at=at)
        if drained:
            drain.drain_all(at=at)
        return accepted.receipt

    return sent
