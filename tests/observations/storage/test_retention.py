"""What was measured goes with the person whose record's time is over, and with nobody else."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import InternalError, models

from accounts.models import AuditEvent
from capacity.models import Spell
from observations.actions import retention
from observations.actions.readings import move_readings, strike_readings
from observations.actions.retention import NotDueError, due, forget
from observations.amends.corrections import Key
from observations.models import (
    Alert,
    Bell,
    BellDelivery,
    Correction,
    Holding,
    Reading,
    Score,
    Standing,
)
from patients.actions.admissions import discharge
from patients.models import Admission
from tests.observations.conftest import NOW
from tests.observations.factories import make_held_hub, make_set
from tests.patients.factories import make_admission

HOUR = dt.timedelta(hours=1)
NINE_YEARS = dt.timedelta(days=9 * 366)
LATER = NOW + NINE_YEARS


@pytest.fixture
def left(send, hub, admission: Admission, ward_lead) -> Admission:
    """Was unwell, was corrected, went home."""
    send(make_set(hub, NOW - HOUR, spo2=84))
    send(make_set(hub, NOW))
    row = Reading.objects.get(kind=2, measured_at=NOW)
    key = Key(row.device_id, row.sender_id, row.measured_at, row.admission_id)
    strike_readings(admission=admission, keys=[key], reason="wrong", by=ward_lead, at=NOW)
    discharge(admission=admission, destination="home", by=ward_lead, at=NOW + HOUR)
    admission.refresh_from_db()
    return admission


@pytest.fixture
def other(send, ward_lead, admission) -> Admission:
    """A neighbour on the ward, who still is there."""
    there = make_admission(ward=admission.ward, at=NOW - 3 * HOUR)
    send(make_set(make_held_hub(there, by=ward_lead, at=NOW - 3 * HOUR), NOW, spo2=84))
    return there


def held_of(admission: Admission) -> dict[str, int]:
    """Rows of each table of observations that belong to an admission, its histories included."""
    found = {}
    for model in apps.get_app_config("observations").get_models():
        names = {field.name for field in model._meta.get_fields()}
        rows: models.QuerySet[Any] = model._default_manager.none()
        if "admission" in names:
            rows = model._default_manager.filter(admission=admission)
        elif "admission_id" in names:
            rows = model._default_manager.filter(admission_id=admission.pk)
        elif "alert" in names:
            rows = model._default_manager.filter(alert__admission=admission)
        found[model.__name__] = rows.count()
    return {name: count for name, count in found.items() if count}


def test_eight_years_after_discharge_everything_measured_goes(left, other, ward_lead):
    before, spells = held_of(other), Spell.objects.count()
    assert {"Reading", "Score", "Alert", "Bell", "Trigger", "Finding"} <= held_of(left).keys()
    assert Correction.objects.exists()
    counts = forget(patient=left.patient, reason="list of May", by=ward_lead, at=LATER)
    assert counts["observations_reading"] == 14
    assert held_of(left) == {}
    assert not Correction.objects.exists()
    assert held_of(other) == before
    assert Spell.objects.count() == spells
    event = AuditEvent.objects.get(verb="observations-forgotten")
    assert (event.subject_id, event.by) == (str(left.patient_id), ward_lead)
    assert event.detail == {"reason": "list of May", "rows": sum(counts.values())}
    assert list(due(at=LATER)) == []


def test_the_name_by_which_a_sender_called_them_goes_from_everybodys_readings(
    send, hub, admission, other, ward_lead
):
    number = admission.patient.nhs_number
    some = make_set(hub, NOW - HOUR) + make_set(hub, NOW)
    send([one | {"patient": number} for one in some])
    assert Reading.objects.filter(named=number).count() == 14
    moved = [
        Key(row.device_id, row.sender_id, row.measured_at, row.admission_id)
        for row in Reading.objects.filter(named=number, measured_at=NOW)
    ]
    told = {"reason": "her neighbour's", "by": ward_lead, "at": NOW}
    move_readings(keys=moved, admission=admission, to=other, **told)
    discharge(admission=admission, destination="home", by=ward_lead, at=NOW + HOUR)
    assert Correction.objects.filter(before__named=number).count() == 7
    forget(patient=admission.patient, reason="list of May", by=ward_lead, at=LATER)
    assert held_of(other)["Reading"] == 14
    assert not Reading.objects.filter(named=number).exists()
    assert not Correction.objects.exists()


def test_a_record_is_kept_to_its_last_day(left, ward_lead):
    last_day = dt.datetime(2034, 11, 20, 12, tzinfo=dt.UTC)
    assert list(due(at=last_day)) == []
    with pytest.raises(NotDueError):
        forget(patient=left.patient, reason="too early", by=ward_lead, at=last_day)
    assert [one.patient for one in due(at=last_day + dt.timedelta(days=1))] == [left.patient]
    assert list(due(at=LATER, limit=0)) == []
    assert held_of(left)["Reading"] == 14


def test_who_came_back_is_kept_whole(left, ward_lead):
    make_admission(ward=left.ward, patient=left.patient, at=NOW + NINE_YEARS / 2)
    assert list(due(at=LATER)) == []
    with pytest.raises(NotDueError):
        forget(patient=left.patient, reason="", by=ward_lead, at=LATER)


def test_who_was_stopped_in_between_asks_again(left, ward_lead, monkeypatch):
    with monkeypatch.context() as stopped:
        stopped.setattr(retention, "_remove_rest", _stop)
        with pytest.raises(KeyboardInterrupt):
            forget(patient=left.patient, reason="list of May", by=ward_lead, at=LATER)
    assert not Reading.objects.filter(admission_id=left.pk).exists()
    assert [one.patient for one in due(at=LATER)] == [left.patient]
    forget(patient=left.patient, reason="list of May", by=ward_lead, at=LATER)
    assert held_of(left) == {}


def _stop(_ids) -> None:
    raise KeyboardInterrupt


def test_a_bell_can_be_removed_in_no_other_way(left):
    BellDelivery.objects.filter(bell__alert__admission=left).delete()
    with pytest.raises(InternalError, match="Cannot update or delete"):
        Bell.objects.filter(alert__admission=left).delete()


def test_the_command_lists_and_removes_nobody_by_itself(left, time_machine):
    time_machine.move_to(LATER)
    told = StringIO()
    call_command("forget_patients", stdout=told)
    assert str(left.patient_id) in told.getvalue()
    assert left.patient.family_name not in told.getvalue()
    assert "Nothing was removed." in told.getvalue()
    assert held_of(left)["Reading"] == 14


def test_the_command_removes_whom_somebody_named(left, ward_lead, time_machine):
    given = {"remove": [left.patient_id], "by": ward_lead.username, "reason": "list of May"}
    with pytest.raises(CommandError, match="must still be kept"):
        call_command("forget_patients", **given)
    time_machine.move_to(LATER)
    with pytest.raises(CommandError, match="--by"):
        call_command("forget_patients", remove=[left.patient_id], stdout=StringIO())
    told = StringIO()
    call_command("forget_patients", **given, stdout=told)
    assert "rows removed" in told.getvalue()
    for model in (Reading, Score, Standing, Holding, Alert):
        assert not model.objects.exists()
