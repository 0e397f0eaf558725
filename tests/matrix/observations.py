"""Who may open the addresses of observations."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from observations import ringing
from observations.models import Alert
from observations.rules import Finding
from patients.models import Admission
from tests.matrix.rows import CARING, UNAUTHORISED, Row, changes

MINUTE = dt.timedelta(minutes=1)

ROWS = [
    # Devices come with a key; a browser's session opens nothing here.
    Row(
        "api:observations_api:reading-create",
        otherwise=UNAUTHORISED,
        stranger=UNAUTHORISED,
        method="post",
        data={"readings": []},
        json=True,
    ),
    Row("observations:alert-list", allowed=CARING, otherwise=404, kwargs="ward_of_matrix"),
    changes("observations:alert-acknowledge", "alert_of_matrix", "post"),
    *(
        changes(f"observations:alert-{verb}", "alert_of_matrix", method)
        for verb in ("act", "escalate", "hand-on", "close")
        for method in ("get", "post")
    ),
    changes("observations:concern-create", "admission_of_matrix"),
    changes("observations:concern-create", "admission_of_matrix", "post"),
]


@pytest.fixture
def alert_of_matrix(_admission: Admission, ward_nurse: User) -> dict[str, object]:
    at = timezone.now() - MINUTE
    found = Finding("news2", "urgent", frozenset({"spo2"}), "NEWS2 5", (), at)
    ringing.ring_findings(_admission.pk, _admission.ward_id, [found], at=at)
    return {"pk": Alert.objects.get().pk}
