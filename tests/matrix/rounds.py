"""Who may open the addresses of the clinicians' desk."""

import pytest

from tests.capacity.factories import make_ward
from tests.matrix.rows import UNAUTHORISED, Row
from tests.patients.factories import make_admission

# The ward's own, and who covers the provider's wards at night.
CARING = {"ward_nurse", "ward_lead", "ward_doctor", "out_of_hours", "read_only"}
CLINICAL = CARING | {"other_nurse"}

ROWS = [
    Row("rounds:ward-list", allowed=CLINICAL, kwargs="both_wards", otherwise=404),
    Row("rounds:ward-board", allowed=CARING, kwargs="soar_valley", otherwise=404),
    Row("rounds:board-row", allowed=CARING, kwargs="patient_of_soar_valley", otherwise=404),
    Row(
        "api:rounds_api:ward-board",
        allowed=CARING,
        kwargs="soar_valley",
        otherwise=404,
        stranger=UNAUTHORISED,
    ),
]


@pytest.fixture
def both_wards(db):
    make_ward()
    make_ward("RT5-elsewhere", name="Elsewhere")
    return {}


@pytest.fixture
def soar_valley(db):
    return {"code": make_ward().code}


@pytest.fixture
def patient_of_soar_valley(db):
    return {"pk": make_admission(ward=make_ward()).pk}
