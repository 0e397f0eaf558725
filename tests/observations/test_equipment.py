"""Suppliers, gateways, devices and enrolment tokens are added and written down."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from accounts.models import AuditEvent
from observations.actions.equipment import add_device, add_gateway, add_supplier, enrol
from observations.models import Device, Supplier
from patients.actions.places import add_place
from tests.capacity.factories import make_provider
from tests.patients.factories import make_admission, make_clinician

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2023, 12, 10, 12, tzinfo=dt.UTC)


def test_the_same_supplier_twice_is_one():
    first, second = (add_supplier(name="Spirit Health", by=None) for _ in range(2))
    assert first == second
    assert Supplier.objects.count() == 1
    assert AuditEvent.objects.filter(verb="supplier-added").count() == 1


def test_a_gateway_serves_its_providers_from_that_day_on():
    providers = [make_provider("RT5"), make_provider("RWE", name="UHL")]
    supplier = add_supplier(name="Spirit Health", by=None)
    gateway = add_gateway(supplier=supplier, name="hubs", serves=providers, by=None, at=NOON)
    served = gateway.allowed.values_list("provider__code", "starts")
    assert set(served) == {("RT5", NOON.date()), ("RWE", NOON.date())}


def test_kit_with_a_place_is_shared_there_and_else_personal():
    told = {
        "supplier": add_supplier(name="Spirit Health", by=None),
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
    supplier = add_supplier(name="Spirit Health", by=None)
    token = enrol(admission=admission, supplier=supplier, by=by)
    assert token.admission == admission
    assert admission.patient.nhs_number not in token.token


def test_only_those_who_treat_the_patient_enrol_them(other_nurse):
    admission = make_admission()
    supplier = add_supplier(name="Spirit Health", by=None)
    with pytest.raises(PermissionDenied):
        enrol(admission=admission, supplier=supplier, by=other_nurse)
