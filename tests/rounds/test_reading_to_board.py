"""The main job: what a device sends stands on the ward's board, with its score and its alert."""

import datetime as dt

import pytest
from django.urls import reverse

from observations.actions.alerts import acknowledge
from observations.models import Alert
from observations.watch import deadlines
from rounds.actions.reviews import review
from rounds.board import board, board_version
from tests.observations.factories import make_gateway, make_held_hub, make_key, post_set
from tests.patients.factories import make_admission, make_clinician

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def admission(ward, now):
    return make_admission(ward=ward, at=now - 72 * HOUR)


@pytest.fixture
def hub(admission):
    return make_held_hub(admission, by=make_clinician(admission.ward))


@pytest.fixture
def key(hub):
    return make_key(make_gateway())


def _patient(ward, user, signed_in):
    url = f"/api/v1{reverse('rounds:ward-board', args=[ward.code])}"
    (patient,) = signed_in(user).get(url).json()["patients"]
    return patient


def test_a_set_stands_on_the_board_with_its_parts_and_response(
    key, hub, ward, now, ward_nurse, signed_in
):
    post_set(key, hub, now, respiratory_rate=25, spo2=92, pulse=112)
    patient = _patient(ward, ward_nurse, signed_in)
    assert patient["news2"]["total"] == 7
    assert patient["news2"]["response"] == "high"
    assert patient["news2"]["parts"]["respiratory_rate"] == 3
    assert patient["vitals"]["spo2"]["value"] == 92
    assert [alert["priority"] for alert in patient["alerts"]] == ["emergency"]


def test_a_reading_moves_the_version_and_an_acknowledgement_does_too(
    key, hub, ward, now, ward_nurse
):
    versions = [board_version(ward, ward_nurse, now)]
    post_set(key, hub, now, respiratory_rate=25, spo2=92, pulse=112)
    versions.append(board_version(ward, ward_nurse, now))
    (row,) = board(ward, user=ward_nurse, at=now).rows
    acknowledge(alert=Alert.objects.get(admission_id=row.admission.pk), by=ward_nurse)
    versions.append(board_version(ward, ward_nurse, now))
    assert len(set(versions)) == 3
    (row,) = board(ward, user=ward_nurse, at=now).rows
    assert row.alert
    assert row.alert.owner == "A. Okafor"


def test_who_stops_sending_stays_where_they_were_until_reviewed(
    key, hub, ward, now, ward_nurse, admission
):
    post_set(key, hub, now - 2 * HOUR, respiratory_rate=25, spo2=92, pulse=112)
    alert = admission.alerts.get()
    later = now + 30 * HOUR
    deadlines.refresh([admission.pk], at=now)
    (row,) = board(ward, user=ward_nurse, at=later).rows
    assert (row.level, row.score_is_stale) == ("emergency", True)
    assert row.readings.state == "silent"
    review(admission=admission, kind="senior", seen="visit", by=ward_nurse, at=later)
    alert.refresh_from_db()
    (row,) = board(ward, user=ward_nurse, at=later).rows
    assert row.facts.reviewed
    assert (row.level == "stale") == (alert.closed_at is not None)


def test_a_gap_after_a_full_response_does_not_calm_the_board(key, hub, ward, now, ward_nurse):
    post_set(key, hub, now - 2 * HOUR, respiratory_rate=25, spo2=92, pulse=112)
    gap = dict.fromkeys(("respiratory_rate", "spo2", "oxygen", "systolic", "consciousness"))
    post_set(key, hub, now, **gap, pulse=80)
    (row,) = board(ward, user=ward_nurse, at=now).rows
    assert row.facts.response == "incomplete"
    assert row.level == "emergency"
