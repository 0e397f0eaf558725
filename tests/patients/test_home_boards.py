"""Whose resident a patient is, put right on their page; the open stay's figures follow."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from capacity.models import IntegratedCareBoard
from capacity.reports.border import border
from patients.actions.admissions import discharge
from patients.actions.people import change_patient
from patients.boards import boards_of
from tests.capacity.factories import make_icb
from tests.patients.factories import make_admission, make_patient

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def neighbour():
    return make_icb("QPM", name="NHS Northamptonshire ICB", short_name="Northamptonshire")


@pytest.fixture
def admission(ward):
    patient = make_patient(home_icb=ward.icb)
    return make_admission(patient=patient, ward=ward, at=timezone.now() - HOUR)


def address(admission):
    return reverse("patients:home-board-set", args=[admission.patient_id])


def details(client, admission):
    return client.get(reverse("patients:home-detail", args=[admission.pk])).content.decode()


def test_the_form_begins_as_it_is_recorded(admission, ward_nurse, signed_in):
    page = signed_in(ward_nurse).get(address(admission)).content.decode()
    assert '<option value="QK1" selected>' in page


def test_who_was_recorded_wrongly_is_put_right_and_the_open_spell_follows(
    admission, neighbour, ward_nurse, signed_in
):
    client = signed_in(ward_nurse)
    answer = client.post(address(admission), {"home_icb": "QPM"}, follow=True)
    assert "board of the GP practice, QPM Northamptonshire." in answer.content.decode()
    admission.spell.refresh_from_db()
    assert admission.spell.home_icb == neighbour
    [lying] = border(neighbour, timezone.now()).lying
    assert (lying.home, lying.patients) == (neighbour.pk, 1)


def test_a_stay_that_is_over_stays_as_it_was(admission, neighbour, ward, ward_nurse):
    discharge(admission=admission, destination="home", by=ward_nurse, at=timezone.now() - HOUR / 2)
    again = make_admission(patient=admission.patient, ward=ward, at=timezone.now() - HOUR / 4)
    change_patient(patient=admission.patient, home_icb=neighbour, by=ward_nurse)
    admission.spell.refresh_from_db()
    again.spell.refresh_from_db()
    assert (admission.spell.home_icb, again.spell.home_icb) == (ward.icb, neighbour)


def test_what_was_said_before_stays_beside_it_with_who_changed_it(
    admission, neighbour, ward_nurse, signed_in
):
    client = signed_in(ward_nurse)
    client.post(address(admission), {"home_icb": "QPM"})
    client.post(address(admission), {"home_icb": ""})
    page = details(client, admission)
    assert "Board of the GP practice: <strong>not known</strong>" in page
    assert f"QPM Northamptonshire, until {ward_nurse.short_name} changed it" in page
    assert f"QK1 {admission.ward.icb}, until {ward_nurse.short_name} changed it" in page
    admission.patient.refresh_from_db()
    assert [one.board for one in boards_of(admission.patient).earlier] == [
        neighbour,
        admission.ward.icb,
    ]


def test_saying_what_is_recorded_already_makes_no_history(admission, ward_nurse, signed_in):
    signed_in(ward_nurse).post(address(admission), {"home_icb": "QK1"})
    assert not boards_of(admission.patient).earlier
    assert not AuditEvent.objects.filter(verb="spell-home-said").exists()


def test_a_board_that_is_no_more_is_not_offered_unless_it_is_recorded(
    admission, neighbour, ward_nurse, signed_in
):
    client = signed_in(ward_nurse)
    ended = dt.date(2024, 1, 1)
    IntegratedCareBoard.objects.filter(code__in=("QK1", "QPM")).update(ends=ended)
    page = client.get(address(admission)).content.decode()
    assert '<option value="QK1" selected>' in page
    assert "QPM" not in page
    assert client.post(address(admission), {"home_icb": "QPM"}).status_code == 422


def test_who_only_reads_sees_it_and_changes_nothing(admission, read_only, signed_in):
    client = signed_in(read_only)
    assert "Board of the GP practice: QK1" in details(client, admission)
    assert address(admission) not in details(client, admission)
    assert client.post(address(admission), {"home_icb": ""}).status_code == 403
