"""Referrals: asked for once, decided once, with a reason."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from capacity.models import ReferralFact
from patients.actions.admissions import discharge
from patients.actions.holds import hold_bed
from patients.actions.referrals import accept, decline, look_first, refer, withdraw
from patients.models import Referral
from tests.capacity.factories import make_beds
from tests.patients.factories import (
    MORNING,
    make_admission,
    make_pathway,
    make_patient,
    make_referral,
)

pytestmark = pytest.mark.django_db
LATER = MORNING + dt.timedelta(minutes=20)


def test_a_referral_leaves_a_fact_without_a_person(ward, referrer):
    referral = make_referral(ward=ward, by=referrer, at=MORNING)
    fact = ReferralFact.objects.get()
    assert (fact.pk, fact.outcome, fact.pathway) == (referral.pk, "waiting", "frailty")


def test_accepting_keeps_who_and_when(ward, ward_nurse):
    referral = make_referral(ward=ward, at=MORNING)
    accepted = accept(referral=referral, note="Bed tonight", by=ward_nurse, at=LATER)
    assert (accepted.outcome, accepted.decided_at, accepted.decided_by) == (
        "accepted",
        LATER,
        ward_nurse,
    )
    assert ReferralFact.objects.get().decided_at == LATER


def test_declining_needs_a_reason_and_other_needs_words(ward, ward_nurse):
    referral = make_referral(ward=ward)
    with pytest.raises(ValidationError, match="Say why"):
        decline(referral=referral, reason="", note="", by=ward_nurse)
    with pytest.raises(ValidationError, match="in words"):
        decline(referral=referral, reason="other", note=" ", by=ward_nurse)
    assert decline(referral=referral, reason="no_bed", note="", by=ward_nurse).outcome == "declined"
    assert ReferralFact.objects.get().decline_reason == "no_bed"


def test_a_referral_is_decided_once(ward, ward_nurse):
    referral = make_referral(ward=ward, accepted=True)
    with pytest.raises(ValidationError, match="decided already"):
        decline(referral=referral, reason="no_bed", note="", by=ward_nurse)
    with pytest.raises(ValidationError, match="decided already"):
        accept(referral=referral, by=ward_nurse)


def test_an_accepted_one_can_be_withdrawn_until_admitted(ward, referrer):
    referral = make_referral(ward=ward, by=referrer, accepted=True)
    assert withdraw(referral=referral, note="went home", by=referrer).outcome == "withdrawn"
    admitted = make_admission(ward=ward).referral
    assert admitted is not None
    with pytest.raises(ValidationError, match="decided already"):
        withdraw(referral=admitted, note="", by=admitted.referred_by)


def test_nobody_is_referred_twice_at_once(ward, referrer):
    waiting = make_referral(ward=ward)
    with pytest.raises(ValidationError, match="waits"):
        make_referral(ward=ward, patient=waiting.patient, by=referrer)


def test_nobody_is_referred_who_is_on_a_ward(ward, referrer):
    admission = make_admission(ward=ward)
    with pytest.raises(ValidationError, match="already"):
        make_referral(ward=ward, patient=admission.patient, by=referrer)


def test_nobody_is_referred_who_is_recorded_as_having_died(ward):
    admission = make_admission(ward=ward)
    discharge(admission=admission, destination="died", by=admission.admitted_by)
    with pytest.raises(ValidationError, match="died"):
        make_referral(ward=ward, patient=admission.patient)


def test_the_first_look_is_kept(ward, ward_nurse):
    referral = make_referral(ward=ward, at=MORNING)
    look_first(referral=referral, by=ward_nurse, at=LATER)
    look_first(referral=referral, by=ward_nurse, at=LATER + dt.timedelta(hours=1))
    assert Referral.objects.get().first_looked_at == LATER


def test_a_bed_is_held_until_a_time_to_come(ward, ward_nurse):
    referral = make_referral(ward=ward, accepted=True, at=MORNING)
    bed = make_beds(ward, 1)[0]
    held = hold_bed(referral=referral, bed=bed, until=LATER, by=ward_nurse, at=MORNING)
    assert (held.held_bed, held.held_until) == (bed, LATER)
    with pytest.raises(ValidationError, match="passed"):
        hold_bed(referral=referral, bed=bed, until=MORNING, by=ward_nurse, at=LATER)


def test_a_referrer_refers_within_reach_and_decides_nothing(ward, referrer):
    referral = make_referral(ward=ward, by=referrer)
    with pytest.raises(PermissionDenied):
        accept(referral=referral, by=referrer)


@pytest.mark.parametrize("who", ["other_nurse", "icb_manager", "auditor", "read_only"])
def test_nobody_else_refers_or_decides(ward, who, request):
    user = request.getfixturevalue(who)
    patient = make_patient()
    with pytest.raises(PermissionDenied):
        refer(
            patient=patient,
            ward=ward,
            pathway=make_pathway(),
            route="step_up",
            source="gp",
            reason="x",
            facts={},
            by=user,
        )
    with pytest.raises(PermissionDenied):
        decline(referral=make_referral(ward=ward), reason="no_bed", note="", by=user)
