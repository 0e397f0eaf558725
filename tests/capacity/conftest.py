"""The ward and beds that most tests of capacity begin with."""

import pytest

from capacity.models import Bed, Ward
from tests.capacity.factories import make_beds, make_ward


@pytest.fixture
def ward(db: None) -> Ward:
    return make_ward()


@pytest.fixture
def beds(ward: Ward) -> list[Bed]:
    return make_beds(ward, 3)
