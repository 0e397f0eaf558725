"""A ward with beds, for every test of this app."""

import datetime as dt

import pytest
from django.utils import timezone

from capacity.models import Ward
from tests.capacity.factories import make_ward


@pytest.fixture
def ward(db: None) -> Ward:
    return make_ward()


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()
