"""Admitting: the bed, the spell, the plan, the mode, and what is refused."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import AuditEvent
from capacity.models import Stay
from capacity.refusals import BedTaken
from patients.actions.admissions import admit
from patients.actions.people import change_patient
from patients.models import Admission, SafetyRecord
from patients.pseudonym import person_key
from tests.capacity.factories import make_beds, make_icb
from tests.patients.factories import MORNING, make_admission, make_patient, make_referral

pytestmark = pytest.mark.django_db


def test_admitting_takes_the_bed_and_opens_one_spell(ward, ward_nurse):
    bed = make_beds(ward, 1)[0]
    referral = make_referral(ward=ward, accepted=True, at=MORNING)
    admission = admit(referral=referral, bed=bed, by=ward_nurse, at=MORNING)
    stay = Stay.objects.current().get()
    assert (stay.bed, stay.spell, stay.pathway) == (bed, admission.spell, "frailty")
    assert stay.spell.person_key == person_key(referral.patient.nhs_number)
    assert stay.spell.age_on_admission == 81


def test_whose_resident_it_is_goes_down_to_the_figures_and_follows_what_is_found_out(
    ward, ward_nurse
):
    admission = make_admission(patient=make_patient(home_icb=ward.icb), ward=ward, at=MORNING)
    assert admission.spell.home_icb == ward.icb
    elsewhere = make_icb("QPM", name="NHS Northamptonshire ICB")
    change_patient(patient=admission.patient, home_icb=elsewhere, by=ward_nurse, at=MORNING)
    admission.spell.refresh_from_db()
    assert admission.spell.home_icb == elsewhere


def test_the_pathways_plan_is_copied_with_its_limits(ward):
    admission = make_admission(ward=ward, at=MORNING)
    spo2 = admission.plan_lines.at(MORNING).get(kind="spo2")
    assert (spo2.low, spo2.default_low, spo2.times) == (92, 92, ["08:00", "18:00"])
    assert admission.plan_lines.at(MORNING).count() == 7


@pytest.mark.parametrize(
    "pathway",
    [
        "acute-respiratory-infection",
        "frailty",
        "heart-failure",
        "copd",
        "cardiology",
        "diabetes",
        "covid-19",
        "palliative",
        "opat",
        "paediatric",
    ],
)
def test_every_planned_reading_of_every_pathway_has_a_limit(ward, pathway):
    admission = make_admission(ward=ward, pathway=pathway, at=MORNING)
    lines = list(admission.plan_lines.at(MORNING))
    assert lines
    assert [line.kind for line in lines if line.low is None and line.high is None] == []


def test_seven_days_are_the_day_of_coming_and_six_more(ward):
    admission = make_admission(ward=ward, at=MORNING)
    assert admission.pathway_version.expected_days == 7
    assert admission.expected_discharge == dt.date(2023, 12, 20)


def test_what_nobody_asked_stands_as_not_asked(ward):
    admission = make_admission(ward=ward)
    states = admission.patient.safety_records.current().values_list("topic", "state")
    assert set(states) == {(topic, "not_asked") for topic in SafetyRecord.Topic.values}


def test_an_adult_is_scored_and_a_child_is_watched_by_limits(ward):
    adult = make_admission(ward=ward, at=MORNING)
    child = make_admission(
        ward=ward, patient=make_patient(born=dt.date(2016, 1, 1)), pathway="frailty"
    )
    assert adult.modes.at(MORNING).get().mode == "news2_scale1"
    assert child.modes.get().mode == "limits_only"


def test_scale_2_on_admission_needs_a_senior(ward, ward_nurse, ward_doctor):
    referral = make_referral(ward=ward, accepted=True, pathway="copd")
    bed = make_beds(ward, 1)[0]
    with pytest.raises(PermissionDenied):
        admit(referral=referral, bed=bed, mode="news2_scale2", mode_reason="CO2", by=ward_nurse)
    admission = admit(
        referral=referral,
        bed=bed,
        mode="news2_scale2",
        mode_reason="Known to retain CO2",
        agreed_by=ward_doctor,
        by=ward_nurse,
    )
    mode = admission.modes.current().get()
    assert (mode.mode, mode.agreed_by) == ("news2_scale2", ward_doctor)
    assert admission.plan_lines.current().get(kind="spo2").low == 84


def test_a_taken_bed_is_refused_and_nothing_is_written(ward, ward_nurse):
    bed = make_beds(ward, 1)[0]
    make_admission(bed=bed)
    referral = make_referral(ward=ward, accepted=True)
    with pytest.raises(BedTaken):
        admit(referral=referral, bed=bed, by=ward_nurse)
    assert not Admission.objects.filter(referral=referral).exists()


def test_only_the_lead_admits_over_capacity_and_says_why(ward, ward_nurse, ward_lead):
    referral = make_referral(ward=ward, accepted=True)
    with pytest.raises(PermissionDenied):
        admit(referral=referral, bed=None, no_bed_reason="full", by=ward_nurse)
    admission = admit(referral=referral, bed=None, no_bed_reason="Would be in ED", by=ward_lead)
    stay = admission.spell.stays.get()
    assert (stay.bed, stay.no_bed, stay.no_bed_reason) == (None, "over_capacity", "Would be in ED")


def test_a_referral_that_waits_is_not_admitted(ward, ward_nurse):
    referral = make_referral(ward=ward)
    with pytest.raises(ValidationError, match="Accept the referral first"):
        admit(referral=referral, bed=make_beds(ward, 1)[0], by=ward_nurse)


def test_a_referral_is_admitted_once(ward, ward_nurse):
    referral = make_referral(ward=ward, accepted=True)
    first, second = make_beds(ward, 2)
    admit(referral=referral, bed=first, by=ward_nurse)
    with pytest.raises(ValidationError, match="already"):
        admit(referral=referral, bed=second, by=ward_nurse)
    assert Admission.objects.count() == 1


@pytest.mark.parametrize("who", ["other_nurse", "read_only", "referrer", "icb_manager"])
def test_only_the_wards_clinicians_admit(ward, who, request):
    referral = make_referral(ward=ward, accepted=True)
    with pytest.raises(PermissionDenied):
        admit(referral=referral, bed=make_beds(ward, 1)[0], by=request.getfixturevalue(who))


def test_admitting_is_written_in_the_audit(ward, ward_nurse):
    admission = make_admission(ward=ward, by=ward_nurse)
    event = AuditEvent.objects.get(verb="admitted")
    assert (event.by, event.subject_id) == (ward_nurse, str(admission.pk))
