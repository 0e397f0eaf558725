"""Confused records are corrected, joined and taken apart by two people, and nothing is lost."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from patients.actions.admissions import discharge
from patients.actions.asking import find_by_number
from patients.actions.home import record_home, set_key_safe
from patients.actions.people import add_contact, change_contact, record_safety
from patients.actions.records import (
    approve,
    propose_correction,
    propose_merge,
    propose_unmerge,
    turn_down,
    withdraw_change,
)
from patients.actions.records.merging import BOTH
from patients.actions.safeguarding import note_safeguarding
from patients.models import Admission, Patient, RecordChange, Referral
from patients.pseudonym import person_key, person_key_of
from tests.patients.factories import (
    make_admission,
    make_nhs_number,
    make_patient,
    make_referral,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(ward):
    """On the ward now."""
    return make_admission(ward=ward).patient


@pytest.fixture
def other(ward):
    """Was on the ward, and has left; nobody knew the number."""
    patient = make_patient(nhs_number="", phone="07700 900009")
    admission = make_admission(ward=ward, patient=patient)
    add_contact(patient=patient, name="Ann", relationship="daughter", by=admission.admitted_by)
    discharge(admission=admission, destination="home", by=admission.admitted_by)
    return patient


@pytest.fixture
def join(ward_lead, org_admin):
    def act(kept, other):
        change = propose_merge(kept=kept, other=other, reason="Same person", by=ward_lead)
        return approve(change=change, by=org_admin)

    return act


@pytest.fixture
def take_apart(ward_lead, org_admin):
    def act(merge):
        change = propose_unmerge(merge=merge, reason="Two people after all", by=ward_lead)
        return approve(change=change, by=org_admin)

    return act


def everything(*patients):
    """All that is told of each, but for the clocks of what merely came to be."""
    return {
        one.pk: {
            "self": Patient.objects.filter(pk=one.pk).values().get(),
            "numbers": list(one.identifiers.order_by("pk").values()),
            "contacts": list(one.contacts.order_by("pk").values()),
            "safety": list(one.safety_records.exclude(source=BOTH).order_by("pk").values()),
            "home": list(one.home_records.exclude(source=BOTH).order_by("pk").values()),
            "key_safes": list(one.key_safes.order_by("pk").values()),
            "safeguarding": list(one.safeguarding_notes.order_by("pk").values()),
            "referrals": list(one.referrals.order_by("pk").values()),
            "admissions": list(
                one.admissions.order_by("pk").values_list("pk", "spell__person_key")
            ),
        }
        for one in patients
    }


def test_everything_of_both_is_then_under_one_patient(kept, other, join):
    join(kept, other)
    other.refresh_from_db()
    assert other.merged_into == kept
    assert not any(
        rows.exists()
        for rows in (
            other.identifiers,
            other.contacts,
            other.safety_records,
            other.referrals,
            other.admissions,
        )
    )
    assert (kept.admissions.count(), kept.referrals.count(), kept.contacts.count()) == (2, 2, 1)
    kept.refresh_from_db()
    assert kept.phone == "07700 900009"


def test_the_figures_follow_the_person_and_name_nobody(kept, other, join):
    before = person_key_of(other)
    join(kept, other)
    keys = set(Admission.objects.values_list("spell__person_key", flat=True))
    assert keys == {person_key(kept.nhs_number)}
    assert before not in keys


def test_taking_apart_puts_back_exactly_what_was_moved(kept, other, join, take_apart, ward_nurse):
    make_referral(patient=other)
    tell_of_allergies(kept, "Penicillin", by=ward_nurse)
    tell_of_allergies(other, "Latex", by=ward_nurse)
    for patient, mark in ((kept, "animals"), (other, "two_people")):
        tell_of_home(patient, mark, by=ward_nurse)
    before = everything(kept, other)
    merge = join(kept, other)
    assert everything(kept, other) != before
    take_apart(merge)
    assert everything(kept, other) == before


def tell_of_allergies(patient, text, *, by):
    record_safety(
        patient=patient, topic="allergies", state="recorded", text=text, source="GP", by=by
    )


def tell_of_home(patient, mark, *, by):
    record_home(patient=patient, topic="visit_risks", state="recorded", marks=[mark], by=by)
    set_key_safe(patient=patient, code=f"{len(mark)}{mark[:1]}", by=by)
    add_contact(patient=patient, name=mark, relationship="son", first_at_night=True, by=by)
    for admission in patient.admissions.current():
        note_safeguarding(admission=admission, text=f"Concern {mark}", by=by)


def test_risks_of_both_records_stand_and_one_way_in(kept, other, join, ward_nurse):
    make_referral(patient=other)
    tell_of_home(kept, "animals", by=ward_nurse)
    tell_of_home(other, "two_people", by=ward_nurse)
    join(kept, other)
    assert kept.home_records.current().get().marks == ["two_people", "animals"]
    assert kept.key_safes.current().get().code == "7a"
    assert kept.contacts.get(first_at_night=True).name == "animals"


def test_what_both_records_tell_of_an_allergy_stands(kept, other, join, ward_nurse):
    make_referral(patient=other)
    tell_of_allergies(kept, "Penicillin", by=ward_nurse)
    tell_of_allergies(other, "Latex", by=ward_nurse)
    join(kept, other)
    told = kept.safety_records.current().get(topic="allergies")
    assert "Penicillin" in told.text
    assert "Latex" in told.text


@pytest.mark.parametrize("knows", ["kept", "other"])
def test_what_one_record_knows_stands_before_what_the_other_does_not(
    kept, other, join, ward_nurse, knows
):
    make_referral(patient=other)
    knowing = kept if knows == "kept" else other
    tell_of_allergies(knowing, "Nuts", by=ward_nurse)
    join(kept, other)
    assert kept.safety_records.current().get(topic="allergies").text == "Nuts"


def test_what_was_asked_after_the_joining_stays(kept, other, join, take_apart, ward_nurse):
    merge = join(kept, other)
    record_safety(patient=kept, topic="allergies", state="none", source="patient", by=ward_nurse)
    take_apart(merge)
    assert kept.safety_records.current().get(topic="allergies").state == "none"
    assert other.safety_records.current().filter(topic="allergies").count() == 1


def test_a_contact_that_was_changed_meanwhile_goes_back_as_it_is(
    kept, other, join, take_apart, ward_nurse
):
    merge = join(kept, other)
    change_contact(contact=kept.contacts.get(), phone="07700 900001", by=ward_nurse)
    take_apart(merge)
    assert other.contacts.get().phone == "07700 900001"


def test_a_number_of_the_other_record_still_finds_the_person(ward, kept, join):
    twin = make_patient()
    make_referral(ward=ward, patient=twin)
    number = twin.nhs_number
    join(kept, twin)
    assert find_by_number(number) == kept
    assert Patient.objects.get(pk=kept.pk).nhs_number == kept.nhs_number


def test_the_number_of_the_other_record_is_kept_where_there_was_none(kept, other, join, ward):
    join(other, kept)
    other.refresh_from_db()
    assert other.nhs_number != ""


def test_who_proposes_does_not_approve(kept, other, ward_lead):
    change = propose_merge(kept=kept, other=other, reason="Same", by=ward_lead)
    with pytest.raises(PermissionDenied, match="second person"):
        approve(change=change, by=ward_lead)
    with pytest.raises(IntegrityError, match="two_people_change_a_record"), transaction.atomic():
        RecordChange.objects.update(
            outcome="approved", decided_by=ward_lead, decided_at=change.proposed_at
        )


def test_nobody_is_joined_while_both_are_admitted(ward, kept, ward_lead, org_admin):
    twin = make_patient()
    change_of = make_referral(ward=ward, patient=twin, accepted=True)
    change = propose_merge(kept=kept, other=twin, reason="Same", by=ward_lead)
    make_admission(ward=ward, referral=change_of)
    with pytest.raises(ValidationError, match="Both are on a virtual ward"):
        approve(change=change, by=org_admin)
    withdraw_change(change=change, by=ward_lead)
    with pytest.raises(ValidationError, match="Both are on a virtual ward"):
        propose_merge(kept=kept, other=twin, reason="Same", by=ward_lead)
    assert RecordChange.objects.get().outcome == "withdrawn"


def test_a_correction_changes_nothing_before_a_second_person_approves(kept, ward_lead, org_admin):
    number = make_nhs_number()
    wanted = {"family_name": "Smythe", "born": dt.date(1941, 3, 3), "nhs_number": number}
    old = kept.nhs_number
    change = propose_correction(patient=kept, wanted=wanted, reason="Passport", by=ward_lead)
    assert Patient.objects.get(pk=kept.pk).family_name == kept.family_name
    approve(change=change, by=org_admin)
    now = Patient.objects.get(pk=kept.pk)
    assert (now.family_name, now.born, now.nhs_number) == ("Smythe", dt.date(1941, 3, 3), number)
    assert now.identifiers.get(value=old).status == "wrong"
    assert now.admissions.get().spell.person_key == person_key(number)
    assert AuditEvent.objects.filter(verb="record-corrected", by=org_admin).count() == 1


def test_a_record_that_changed_meanwhile_is_not_corrected(kept, ward_lead, org_admin):
    change = propose_correction(
        patient=kept, wanted={"family_name": "Smythe"}, reason="Passport", by=ward_lead
    )
    Patient.objects.filter(pk=kept.pk).update(family_name="Changed")
    with pytest.raises(ValidationError, match="propose it again"):
        approve(change=change, by=org_admin)
    assert RecordChange.objects.get().is_open


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"born": dt.date(2999, 1, 1)}, "future"),
        ({"born": dt.date(1066, 1, 1)}, "more than 125 years"),
        ({"family_name": " "}, "Enter the name"),
        ({"nhs_number": ""}, "say why there is none"),
        ({"nhs_number": "9990000019"}, "not an NHS number"),
        ({}, "Nothing of this differs"),
    ],
)
def test_what_cannot_be_is_not_proposed(kept, ward_lead, wanted, told):
    with pytest.raises(ValidationError, match=told):
        propose_correction(patient=kept, wanted=wanted, reason="x", by=ward_lead)


def test_one_change_of_a_record_waits_at_a_time(kept, other, ward_lead, org_admin):
    asked = {"patient": kept, "wanted": {"family_name": "Smythe"}, "reason": "Passport"}
    first = propose_correction(**asked, by=ward_lead)
    assert propose_correction(**asked, by=ward_lead) == first
    with pytest.raises(ValidationError, match="decide that first"):
        propose_merge(kept=other, other=kept, reason="Same", by=org_admin)
    turn_down(change=first, note="It is Smith", by=org_admin)
    assert propose_merge(kept=other, other=kept, reason="Same", by=org_admin).is_open


@pytest.mark.parametrize(
    "who", ["ward_nurse", "ward_doctor", "other_nurse", "read_only", "icb_manager", "auditor"]
)
def test_only_leads_and_administrators_put_records_right(kept, other, who, request):
    with pytest.raises(PermissionDenied):
        propose_merge(kept=kept, other=other, reason="x", by=request.getfixturevalue(who))


def test_nobody_is_referred_under_a_record_that_was_joined(ward, kept, other, join):
    join(kept, other)
    with pytest.raises(ValidationError, match="joined with another"):
        make_referral(ward=ward, patient=other)


def test_a_referrer_sees_whom_they_wrote_and_not_whom_it_was_joined_with(
    ward, kept, join, referrer, signed_in
):
    mine = make_referral(ward=ward, patient=make_patient(family_name="Written"), by=referrer)
    join(kept, mine.patient)
    page = signed_in(referrer).get(reverse("patients:referral-detail", args=[mine.pk]))
    text = page.content.decode()
    assert "WRITTEN" in text
    assert kept.family_name.upper() not in text
    assert Referral.objects.get(pk=mine.pk).patient == kept


def test_whatever_refers_to_a_patient_moves_with_them():
    """A model that is new here is moved by patients.actions.records.merging, or said to stay."""
    moved = {"Identifier", "Contact", "SafetyRecord", "Referral", "Admission"}
    moved |= {"HomeRecord", "KeySafe", "SafeguardingNote"}
    stays = {"Patient", "RecordChange"}
    refer = {
        relation.related_model.__name__
        for relation in Patient._meta.related_objects
        if not relation.related_model.__name__.endswith("Event")
    }
    assert refer == moved | stays


def test_a_death_that_one_record_tells_stops_the_joining_while_the_other_is_here(
    kept, other, ward_lead
):
    Patient.objects.filter(pk=other.pk).update(died_at=other.admissions.get().discharged_at)
    with pytest.raises(ValidationError, match="having died"):
        propose_merge(kept=kept, other=other, reason="Same", by=ward_lead)


def test_records_are_taken_apart_once(kept, other, join, take_apart):
    merge = join(kept, other)
    take_apart(merge)
    with pytest.raises(ValidationError, match="taken apart already"):
        take_apart(merge)


def test_a_lead_proposes_on_the_page_and_an_administrator_approves(
    kept, signed_in, ward_lead, org_admin
):
    lead, admin = signed_in(ward_lead), signed_in(org_admin)
    typed = {
        "family_name": "Smythe",
        "given_name": kept.given_name,
        "born": "30/02/1940",
        "sex": "female",
        "nhs_number": kept.nhs_number,
        "old_number_was": "wrong",
        "reason": "Passport",
    }
    address = reverse("patients:record-correct", args=[kept.pk])
    wrong = lead.post(address, typed)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["born"])
    assert lead.post(address, typed | {"born": "03/03/1942"}).status_code == 302
    change = RecordChange.objects.get()
    approve_it = reverse("patients:change-approve", args=[change.pk])
    assert lead.post(approve_it).status_code == 403
    assert admin.post(reverse("patients:change-refuse", args=[change.pk])).status_code == 422
    assert admin.post(approve_it).status_code == 302
    assert Patient.objects.get(pk=kept.pk).family_name == "Smythe"
    assert admin.post(approve_it).status_code == 422
