"""A ward with its pathways, for every test of this app."""

import pytest

from capacity.models import Ward
from tests.capacity.factories import make_ward


@pytest.fixture
def ward(db: None) -> Ward:
    return make_ward()


@pytest.fixture
def elsewhere(db: None) -> Ward:
    """Another ward of the same ICB, at which `other_nurse` works."""
    return make_ward("RT5-elsewhere", name="Elsewhere")
