"""Two clinicians and one bed, on two real connections."""

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from capacity.models import Stay
from capacity.refusals import BedTaken
from patients.actions.admissions import admit
from patients.models import Admission, Referral
from tests.capacity.factories import make_beds, make_ward
from tests.patients.factories import make_clinician, make_referral
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_admissions_to_the_last_bed_end_with_one_and_a_clear_refusal():
    ward = make_ward()
    bed = make_beds(ward, 1)[0]
    by = make_clinician(ward, role="ward_clinician", senior=False)
    referrals = [make_referral(ward=ward, accepted=True) for _ in range(2)]
    answers = at_once(*(partial(admit, referral=one, bed=bed, by=by) for one in referrals))
    refused = [answer for answer in answers if isinstance(answer, BedTaken)]
    assert len([answer for answer in answers if isinstance(answer, Admission)]) == 1
    assert [answer.message for answer in refused] == [f"Somebody else is in bed {bed.label}."]
    assert Stay.objects.current().count() == 1
    assert Referral.objects.awaiting_bed().count() == 1


def test_the_refused_one_goes_over_capacity_by_the_lead_only():
    ward = make_ward()
    make_beds(ward, 1)
    referral = make_referral(ward=ward, accepted=True)
    nurse = make_clinician(ward, role="ward_clinician", senior=False)
    with pytest.raises(PermissionDenied, match="lead"):
        admit(referral=referral, bed=None, no_bed_reason="Would be in ED", by=nurse)
    lead = make_clinician(ward, role="ward_lead")
    assert admit(referral=referral, bed=None, no_bed_reason="Would be in ED", by=lead).is_open


def test_one_referral_admitted_twice_at_once_is_one_admission():
    ward = make_ward()
    beds = make_beds(ward, 2)
    by = make_clinician(ward)
    referral = make_referral(ward=ward, accepted=True)
    answers = at_once(*(partial(admit, referral=referral, bed=bed, by=by) for bed in beds))
    assert len([answer for answer in answers if isinstance(answer, Admission)]) == 1
    assert len([one for one in answers if isinstance(one, BedTaken | ValidationError)]) == 1
    assert Stay.objects.count() == 1
