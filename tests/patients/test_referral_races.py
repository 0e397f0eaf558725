"""Two people and one referral, one bed, one form or one record: on real connections."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from capacity.models import Stay, Ward
from capacity.refusals import BedHeld, BedTaken
from lib.ids import uuid7
from patients.actions.admissions import admit
from patients.actions.asking import Person, ask_once
from patients.actions.holds import hold_bed
from patients.actions.records import approve, propose_merge
from patients.actions.referrals import accept, decline
from patients.models import Admission, Patient, Referral
from tests.capacity.factories import make_beds, make_ward
from tests.patients.factories import (
    make_admission,
    make_clinician,
    make_nhs_number,
    make_pathway,
    make_patient,
    make_referral,
)
from tests.races import at_once, one_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ward() -> Ward:
    return make_ward()


@pytest.fixture
def two(ward):
    return [make_clinician(ward, senior=senior) for senior in (True, False)]


def soon():
    return timezone.now() + dt.timedelta(hours=2)


def test_of_two_who_decide_at_once_one_does_and_the_other_is_told(ward, two):
    referral = make_referral(ward=ward)
    answers = at_once(
        lambda: accept(referral=referral, by=two[0]),
        lambda: decline(referral=referral, reason="no_bed", note="", by=two[1]),
    )
    assert sorted(type(one).__name__ for one in answers) == ["Referral", "ValidationError"]
    (told,) = (one for one in answers if isinstance(one, ValidationError))
    assert "decided already" in str(told)


def test_of_two_who_hold_one_bed_at_once_one_does(ward, two):
    bed = make_beds(ward, 1)[0]
    referrals = [make_referral(ward=ward, accepted=True) for _ in range(2)]
    answers = at_once(
        *(
            lambda r=r, by=by: hold_bed(referral=r, bed=bed, until=soon(), by=by)
            for r, by in zip(referrals, two, strict=True)
        )
    )
    assert sorted(type(one).__name__ for one in answers) == ["BedHeld", "Referral"]
    assert Referral.objects.holding_at(timezone.now()).count() == 1


def test_a_held_bed_is_its_patients_whoever_else_admits_at_once(ward, two):
    bed = make_beds(ward, 1)[0]
    mine, others = (make_referral(ward=ward, accepted=True) for _ in range(2))
    hold_bed(referral=mine, bed=bed, until=soon(), by=two[0])
    answers = at_once(
        lambda: admit(referral=others, bed=bed, by=two[1]),
        lambda: admit(referral=mine, bed=bed, by=two[0]),
    )
    (came,) = (one for one in answers if isinstance(one, Admission))
    assert came.referral == mine
    assert any(isinstance(one, BedHeld | BedTaken) for one in answers)
    assert Stay.objects.current().count() == 1


def test_a_hold_and_an_admission_at_once_never_give_one_bed_to_two(ward, two):
    bed = make_beds(ward, 1)[0]
    mine, others = (make_referral(ward=ward, accepted=True) for _ in range(2))
    answers = at_once(
        lambda: hold_bed(referral=mine, bed=bed, until=soon(), by=two[0]),
        lambda: admit(referral=others, bed=bed, by=two[1]),
    )
    assert len([one for one in answers if isinstance(one, Exception)]) == 1
    held = Referral.objects.holding_at(timezone.now()).count()
    assert held + Stay.objects.current().count() == 1


@pytest.mark.parametrize("numbered", [True, False])
def test_a_form_that_is_sent_twice_at_once_makes_one_referral(ward, two, numbered):
    number = make_nhs_number() if numbered else ""
    person = Person(
        family_name="Sample",
        given_name="Ada",
        born=dt.date(1950, 1, 1),
        sex="female",
        nhs_number=number,
        no_nhs_number_reason="" if numbered else "visiting",
    )
    key, pathway = uuid7(), make_pathway()
    answers = at_once(
        *[
            lambda: ask_once(
                referral_id=key,
                by=two[0],
                person=person,
                ward=ward,
                pathway=pathway,
                facts={},
                source="gp",
                reason="Falls",
            )
        ]
        * 2
    )
    assert [one.pk for one in answers if isinstance(one, Referral)] == [key, key]
    assert (Referral.objects.count(), Patient.objects.count()) == (1, 1)


def joining_and_admitting(ward, two):
    """Of one person known twice: admitted under one record, referred under the other."""
    kept = make_admission(ward=ward).patient
    referral = make_referral(ward=ward, patient=make_patient(), accepted=True)
    bed = make_beds(ward, 1)[0]
    change = propose_merge(kept=kept, other=referral.patient, reason="Same", by=two[0])
    return (
        lambda: approve(change=change, by=two[1]),
        lambda: admit(referral=referral, bed=bed, by=two[0]),
    )


def test_joining_and_admitting_at_once_leave_nobody_admitted_twice(ward, two):
    answers = at_once(*joining_and_admitting(ward, two))
    assert len([one for one in answers if isinstance(one, ValidationError)]) == 1
    merged = Patient.objects.filter(merged_into__isnull=False)
    assert not Admission.objects.filter(patient__in=merged).exists()
    assert merged.count() + Admission.objects.current().count() == 2


def test_whoever_admits_while_the_record_is_joined_is_told_that_the_patient_is_here(ward, two):
    answers = one_waits(*joining_and_admitting(ward, two))
    [refused] = [one for one in answers if isinstance(one, Exception)]
    assert isinstance(refused, ValidationError)
    assert refused.code == "admitted"
