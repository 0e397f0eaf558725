"""What the board says of an open alert in one line."""

import datetime as dt

from observations.alerting.mistaken import WRONG_PATIENT
from observations.alerting.ringing import ring_findings
from observations.models import Trigger
from observations.rules import Finding
from rounds.board import row_of
from tests.patients.factories import make_admission

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def test_an_alert_of_another_patients_readings_says_so_and_stays(db):
    admission = make_admission(at=NOW - dt.timedelta(days=3))
    found = Finding("news2", "emergency", frozenset({"spo2"}), "NEWS2 9", (), NOW, 9)
    ring_findings(admission.pk, admission.ward_id, [found], at=NOW)
    Trigger.objects.update(wrong_patient_at=NOW)
    told = row_of(admission, at=NOW).alert
    assert told is not None
    assert (told.title, told.priority) == (WRONG_PATIENT, "emergency")
