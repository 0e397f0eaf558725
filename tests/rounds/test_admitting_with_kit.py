"""Admitting with kit: all of it or none, and a form that loses nothing that was typed."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from capacity.models import Stay
from observations.actions.devices import DeviceRefusedError
from observations.models import Holding
from patients.models import Admission, Contact, MonitoringMode
from rounds.actions.stays import Known, Safety, admit_with_kit
from rounds.views import stays
from tests.capacity.factories import make_beds
from tests.observations.factories import make_held_hub, make_hub
from tests.patients.factories import make_admission, make_patient, make_referral

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def beds(ward):
    return make_beds(ward, 2)


@pytest.fixture
def referral(ward, now):
    return make_referral(ward=ward, accepted=True, at=now - HOUR)


@pytest.fixture
def typed(beds, now):
    """What a nurse types at least."""
    return {
        "bed": beds[0].pk,
        "expected_discharge": f"{now + dt.timedelta(days=7):%d/%m/%Y}",
        "mode": "news2_scale1",
        "allergies_state": "recorded",
        "allergies_text": "Penicillin: rash",
        "allergies_source": "GP record",
        "treatment_escalation_state": "not_asked",
        "resuscitation_state": "none",
        "resuscitation_source": "patient",
        "contact_name": "Minh Sample",
        "contact_relationship": "son",
        "contact_phone": "07700 900142",
    }


@pytest.fixture
def send(signed_in, referral):
    address = reverse("rounds:admission-create", args=[referral.pk])

    def post(user, data):
        return signed_in(user).post(address, data)

    return post


def test_a_bed_kit_and_what_is_known_come_together(referral, beds, ward_nurse, now):
    hub = make_hub()
    known = Known(
        safety=[Safety("allergies", "recorded", "Penicillin", "GP record")],
        new_contact={"name": "Minh", "relationship": "son"},
        usual_spo2=92,
    )
    admission = admit_with_kit(
        referral=referral, bed=beds[0], devices=[hub], known=known, by=ward_nurse, at=now
    )
    patient = admission.patient
    assert Stay.objects.current().get(spell=admission.spell).bed == beds[0]
    assert Holding.objects.open().get(admission=admission).device == hub
    assert patient.safety_records.current().get(topic="allergies").text == "Penicillin"
    assert patient.safety_records.current().get(topic="resuscitation").state == "not_asked"
    assert patient.contacts.get().call_first
    assert Admission.objects.get().usual_spo2 == 92


def test_kit_that_another_patient_holds_leaves_nothing_behind(referral, beds, ward_nurse, now):
    other = make_admission(ward=beds[0].ward, at=now - HOUR)
    hub = make_held_hub(other, by=ward_nurse)
    with pytest.raises(DeviceRefusedError):
        admit_with_kit(referral=referral, bed=beds[0], devices=[hub], by=ward_nurse, at=now)
    assert not Admission.objects.filter(referral=referral).exists()
    assert not Stay.objects.current().filter(bed=beds[0]).exists()


def test_another_contact_becomes_the_first_to_call(referral, beds, ward_nurse, now):
    patient = referral.patient
    old = Contact.objects.create(patient=patient, name="A", relationship="friend", call_first=True)
    new = Contact.objects.create(patient=patient, name="B", relationship="daughter")
    admit_with_kit(
        referral=referral, bed=beds[0], known=Known(call_first=new), by=ward_nurse, at=now
    )
    assert list(patient.contacts.filter(call_first=True)) == [new]
    assert patient.contacts.filter(pk=old.pk).exists()


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "icb_manager", "referrer"])
def test_only_the_wards_clinicians_admit(who, request, referral, beds):
    with pytest.raises(PermissionDenied):
        admit_with_kit(referral=referral, bed=beds[0], by=request.getfixturevalue(who))


def test_the_form_admits_and_leads_to_the_patient(send, typed, referral, ward_nurse):
    hub = make_hub()
    answer = send(ward_nurse, typed | {"devices": [hub.pk]})
    admission = Admission.objects.get(referral=referral)
    assert answer["Location"] == reverse("rounds:patient-detail", args=[admission.pk])
    assert admission.patient.safety_records.current().get(topic="allergies").source == "GP record"
    assert Holding.objects.open().get(admission=admission).device == hub


def test_a_bed_taken_meanwhile_is_refused_beside_its_field_and_all_typed_stays(
    send, typed, beds, ward, ward_nurse, now
):
    make_admission(bed=beds[0], at=now - HOUR)
    answer = send(ward_nurse, typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "That bed is not free any more: choose another." in text
    assert "Penicillin: rash" in text
    # Of this list alone: a clinician may have the bed's number.
    offered = str(answer.context["form"]["bed"])
    assert f'value="{beds[1].pk}"' in offered
    assert f'value="{beds[0].pk}"' not in offered
    assert not Admission.objects.filter(
        referral__ward=ward, patient__contacts__isnull=False
    ).exists()


def test_a_bed_lost_between_choosing_and_taking_is_told_beside_it(
    send, typed, beds, ward_nurse, now, monkeypatch
):
    """The form was valid; somebody was quicker to the ward's lock."""

    def quicker(**arguments):
        make_admission(bed=beds[0], at=now - HOUR)
        return admit_with_kit(**arguments)

    monkeypatch.setattr(stays, "admit_with_kit", quicker)
    answer = send(ward_nurse, typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f"Somebody else is in bed {beds[0].label}." in text
    assert "Penicillin: rash" in text
    # Of this list alone: a clinician may have the bed's number.
    offered = str(answer.context["form"]["bed"])
    assert f'value="{beds[1].pk}"' in offered
    assert f'value="{beds[0].pk}"' not in offered


def test_only_a_lead_is_offered_a_place_over_capacity(
    send, typed, beds, ward_lead, ward_nurse, now
):
    for bed in beds:
        make_admission(bed=bed, at=now - HOUR)
    full = {name: value for name, value in typed.items() if name != "bed"}
    assert "over capacity: why" not in send(ward_nurse, full).content.decode()
    refused = send(ward_lead, full).content.decode()
    assert "over capacity: why" in refused
    assert send(ward_lead, full | {"no_bed_reason": "Dying at home"}).status_code == 302
    assert Stay.objects.current().get(bed=None).no_bed_reason == "Dying at home"


def test_recorded_without_words_or_source_is_asked_for_beside_its_field(send, typed, ward_nurse):
    answer = send(ward_nurse, typed | {"allergies_text": "", "resuscitation_source": ""})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Say what is recorded." in text
    assert "Say who said so, or which record." in text


def test_scale_2_needs_a_senior_and_says_so_beside_the_name(send, typed, ward_nurse, ward_doctor):
    scale_2 = typed | {"mode": "news2_scale2", "mode_reason": "Known type 2 failure"}
    assert send(ward_nurse, scale_2).status_code == 422
    assert not Admission.objects.exists()
    assert send(ward_nurse, scale_2 | {"agreed_by": ward_doctor.pk}).status_code == 302
    assert MonitoringMode.objects.filter(mode="news2_scale2", agreed_by=ward_doctor).exists()


def test_a_child_begins_on_limits_alone(signed_in, ward, beds, ward_nurse, now):
    child = make_patient(born=(now - dt.timedelta(days=9 * 365)).date())
    referral = make_referral(ward=ward, patient=child, accepted=True, at=now - HOUR)
    address = reverse("rounds:admission-create", args=[referral.pk])
    text = signed_in(ward_nurse).get(address).content.decode()
    chosen = text[text.index('value="limits_only"') :][:80]
    assert "checked" in chosen


def test_a_referral_not_accepted_is_refused(ward, beds, ward_nurse, now):
    waiting = make_referral(ward=ward, at=now - HOUR)
    with pytest.raises(ValidationError, match="Accept the referral first"):
        admit_with_kit(referral=waiting, bed=beds[0], by=ward_nurse, at=now)


def test_who_is_admitted_already_is_shown_instead(signed_in, referral, beds, ward_nurse, now):
    admission = admit_with_kit(referral=referral, bed=beds[0], by=ward_nurse, at=now)
    address = reverse("rounds:admission-create", args=[referral.pk])
    answer = signed_in(ward_nurse).get(address)
    assert answer["Location"] == reverse("rounds:patient-detail", args=[admission.pk])
