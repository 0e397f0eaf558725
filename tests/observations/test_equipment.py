"""Devices are added, shared or personal; tokens name a patient to a supplier."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from observations.actions.equipment import add_device, enrol
from observations.models import Device
from patients.actions.places import add_place
from tests.capacity.factories import make_provider
from tests.observations.factories import make_supplier
from tests.patients.factories import make_admission, make_clinician

pytestmark = pytest.mark.django_db


def test_kit_with_a_place_is_shared_there_and_else_personal():
    told: dict[str, Any] = {
        "supplier": make_supplier(),
        "provider": make_provider(),
        "model": "hub",
        "kinds": ["spo2"],
        "by": None,
    }
    home = add_place(name="Sample House", kind="care_home", by=None)
    assert add_device(serial="A-1", place=home, **told).use == Device.Use.SHARED
    assert add_device(serial="A-2", **told).use == Device.Use.PERSONAL
    with pytest.raises(IntegrityError):
        add_device(serial="A-2", **told)


def test_a_token_names_the_admission_and_says_nothing_else():
    admission = make_admission()
    by = make_clinician(admission.ward)
    supplier = make_supplier()
    token = enrol(admission=admission, supplier=supplier, by=by)
    assert token.admission == admission
    assert admission.patient.nhs_number not in token.token


def test_only_those_who_treat_the_patient_enrol_them(other_nurse):
    admission = make_admission()
    supplier = make_supplier()
    with pytest.raises(PermissionDenied):
        enrol(admission=admission, supplier=supplier, by=other_nurse)
