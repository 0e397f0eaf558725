"""Transfer, another bed, leave, discharge, and taking a discharge back."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from capacity.models import Stay
from capacity.refusals import BedRefused, BedTaken, NoBedWithoutReason
from patients.actions.admissions import (
    discharge,
    move_bed,
    return_from_leave,
    reverse_discharge,
    start_leave,
    transfer,
)
from patients.models import Admission, Patient
from tests.capacity.factories import make_beds, make_icb, make_ward
from tests.patients.factories import MORNING, make_admission

pytestmark = pytest.mark.django_db
NOON = MORNING + dt.timedelta(hours=4)
EVENING = MORNING + dt.timedelta(hours=10)
AWAY: dict[str, Any] = {
    "kind": "hospital",
    "place": "Leicester Royal Infirmary",
    "held_by": "Acute medicine, UHL",
    "expected_back": MORNING + dt.timedelta(days=1),
}


@pytest.fixture
def admission(ward):
    return make_admission(ward=ward, at=MORNING)


def test_a_transfer_moves_ward_and_bed_and_keeps_the_plan(admission, elsewhere, ward_nurse):
    lines = set(admission.plan_lines.values_list("pk", flat=True))
    bed = make_beds(elsewhere, 1)[0]
    moved = transfer(
        admission=admission,
        ward=elsewhere,
        bed=bed,
        agreed_with="S. Hill",
        by=ward_nurse,
        at=NOON,
    )
    assert moved.ward == elsewhere
    assert Stay.objects.current().get().bed == bed
    assert set(moved.plan_lines.values_list("pk", flat=True)) == lines


def test_a_transfer_names_who_agreed_on_the_other_ward(admission, elsewhere, ward_nurse):
    with pytest.raises(ValidationError, match="who on that ward agreed"):
        transfer(admission=admission, ward=elsewhere, bed=make_beds(elsewhere)[0], by=ward_nurse)


def test_a_transfer_stays_within_the_icb(admission, ward_nurse):
    far = make_ward("RWZ-far", icb=make_icb("QPM", name="Northamptonshire", short_name="N"))
    with pytest.raises(PermissionDenied):
        transfer(
            admission=admission, ward=far, bed=make_beds(far)[0], agreed_with="x", by=ward_nurse
        )


def test_over_capacity_elsewhere_is_for_that_wards_lead(admission, elsewhere, ward_lead):
    with pytest.raises(PermissionDenied):
        transfer(
            admission=admission,
            ward=elsewhere,
            bed=None,
            no_bed_reason="full",
            agreed_with="x",
            by=ward_lead,
        )


def test_a_move_within_the_ward_takes_a_free_bed(admission, ward, ward_nurse):
    free = make_beds(ward, 1)[0]
    move_bed(admission=admission, bed=free, by=ward_nurse, at=NOON)
    assert Stay.objects.current().get().bed == free
    taken = make_admission(ward=ward, at=MORNING).spell.stays.get().bed
    with pytest.raises(BedTaken):
        move_bed(admission=admission, bed=taken, by=ward_nurse, at=EVENING)


def test_a_held_bed_waits_for_its_patient(admission, ward_nurse):
    bed = Stay.objects.current().get().bed
    detail = start_leave(admission=admission, **AWAY, bed_held=True, by=ward_nurse, at=NOON)
    assert Stay.objects.current().get().bed == bed
    leave = return_from_leave(detail=detail, by=ward_nurse, at=EVENING)
    assert leave.ends == EVENING
    assert Stay.objects.current().get().bed == bed


def test_a_released_bed_is_somebody_elses_and_return_needs_another(admission, ward, ward_nurse):
    bed = Stay.objects.current().get().bed
    detail = start_leave(admission=admission, **AWAY, bed_held=False, by=ward_nurse, at=NOON)
    other = make_admission(bed=bed, at=NOON)
    assert other.spell.stays.get().bed == bed
    with pytest.raises(NoBedWithoutReason):
        return_from_leave(detail=detail, by=ward_nurse, at=EVENING)
    free = make_beds(ward, 1)[0]
    return_from_leave(detail=detail, bed=free, by=ward_nurse, at=EVENING)
    assert admission.spell.stays.get(ends=None).bed == free


def test_only_the_lead_takes_somebody_back_without_a_bed(admission, ward_nurse, ward_lead):
    detail = start_leave(admission=admission, **AWAY, bed_held=False, by=ward_nurse, at=NOON)
    with pytest.raises(PermissionDenied):
        return_from_leave(detail=detail, no_bed_reason="full", by=ward_nurse, at=EVENING)
    return_from_leave(detail=detail, no_bed_reason="full", by=ward_lead, at=EVENING)
    assert admission.spell.stays.get(ends=None).no_bed == "over_capacity"


def test_leave_says_where_and_who_holds_the_patient(admission, ward_nurse):
    with pytest.raises(ValidationError, match="who answers"):
        start_leave(
            admission=admission, **AWAY | {"held_by": " "}, bed_held=True, by=ward_nurse, at=NOON
        )


def test_discharge_frees_the_bed_from_the_stated_time(admission, ward, ward_nurse):
    bed = Stay.objects.current().get().bed
    gone = discharge(admission=admission, destination="home", note="Well", by=ward_nurse, at=NOON)
    assert (gone.discharged_at, gone.destination, gone.discharged_by) == (NOON, "home", ward_nurse)
    assert make_admission(bed=bed, at=NOON).is_open


def test_nobody_is_discharged_twice(admission, ward_nurse):
    discharge(admission=admission, destination="home", by=ward_nurse, at=NOON)
    stale = Admission.objects.get(pk=admission.pk)
    with pytest.raises(ValidationError, match="has left already"):
        discharge(admission=stale, destination="died", by=ward_nurse, at=EVENING)


def test_discharge_before_admission_is_refused(admission, ward_nurse):
    with pytest.raises(BedRefused):
        discharge(
            admission=admission,
            destination="home",
            by=ward_nurse,
            at=MORNING - dt.timedelta(hours=1),
        )


def test_a_death_is_recorded_and_can_be_taken_back(admission, ward_nurse):
    bed = Stay.objects.current().get().bed
    discharge(admission=admission, destination="died", by=ward_nurse, at=NOON)
    assert Patient.objects.get(pk=admission.patient_id).died_at == NOON
    gone = Admission.objects.get(pk=admission.pk)
    back = reverse_discharge(admission=gone, reason="Wrong patient", by=ward_nurse, at=EVENING)
    assert back.is_open
    assert Patient.objects.get(pk=admission.patient_id).died_at is None
    assert Stay.objects.current().get().bed == bed


def test_taking_a_discharge_back_into_a_bed_given_away_is_refused(admission, ward, ward_nurse):
    bed = Stay.objects.current().get().bed
    discharge(admission=admission, destination="home", by=ward_nurse, at=NOON)
    make_admission(bed=bed, at=NOON)
    gone = Admission.objects.get(pk=admission.pk)
    with pytest.raises(BedTaken):
        reverse_discharge(admission=gone, reason="Error", by=ward_nurse, at=EVENING)
    assert not Admission.objects.get(pk=admission.pk).is_open


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "referrer", "icb_manager"])
def test_only_those_who_treat_move_or_discharge(admission, ward, elsewhere, who, request):
    user = request.getfixturevalue(who)
    bed = make_beds(ward, 1)[0]
    with pytest.raises(PermissionDenied):
        discharge(admission=admission, destination="home", by=user)
    with pytest.raises(PermissionDenied):
        move_bed(admission=admission, bed=bed, by=user)
    with pytest.raises(PermissionDenied):
        transfer(admission=admission, ward=elsewhere, bed=None, agreed_with="x", by=user)
    with pytest.raises(PermissionDenied):
        start_leave(admission=admission, **AWAY, bed_held=True, by=user)
