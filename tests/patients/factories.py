"""Patients, referrals and admissions for tests, made through the actions."""

import datetime as dt
from itertools import count

from nhs_number.validate import calculate_checksum

from accounts.actions import grant_membership
from accounts.models import User
from capacity.models import Bed, Ward
from patients.actions.admissions import admit
from patients.actions.pathways import load_pathways
from patients.actions.people import register_patient
from patients.actions.referrals import accept, refer
from patients.models import Admission, Pathway, PathwayVersion, Patient, Referral
from tests.capacity.factories import make_beds, make_ward

MORNING = dt.datetime(2023, 12, 14, 7, 45, tzinfo=dt.UTC)
_numbers = count(100)
_names = count(1)


def make_nhs_number() -> str:
    """The next one of the range that is never issued."""
    while True:
        nine = f"9990{next(_numbers):05d}"
        check = calculate_checksum(nine)
        if check is not None and check < 10:
            return f"{nine}{check}"


def make_clinician(ward: Ward, *, role: str = "ward_lead", senior: bool = True) -> User:
    """Who does what a test does not care about: one lead a ward, a senior decision-maker."""
    username = f"{role}-{ward.code}{'-senior' if senior else ''}"
    user, new = User.objects.get_or_create(
        username=username,
        defaults={"first_name": "Robin", "last_name": "Factory", "profession": "consultant"},
    )
    if new:
        grant_membership(
            user=user,
            role=role,
            scope="ward",
            code=ward.code,
            senior_decision_maker=senior,
            starts=dt.date(2020, 1, 1),
            by=None,
        )
    return user


def make_pathway_version(code: str = "frailty") -> PathwayVersion:
    """One of the defaults, published long ago."""
    found = PathwayVersion.objects.filter(pathway=code, ward=None).first()
    if found is None:
        load_pathways(at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        found = PathwayVersion.objects.get(pathway=code, ward=None)
    return found


def make_pathway(code: str = "frailty") -> Pathway:
    return make_pathway_version(code).pathway


def make_patient(
    *,
    family_name: str = "",
    given_name: str = "Margaret",
    born: dt.date = dt.date(1942, 3, 3),
    sex: str = "female",
    nhs_number: str | None = None,
    by: User | None = None,
    at: dt.datetime | None = None,
    **more: object,
) -> Patient:
    """A new person each time, with the next synthetic NHS number; "" for none, with a reason."""
    number = make_nhs_number() if nhs_number is None else nhs_number
    reason = "" if number else "visiting from abroad"
    return register_patient(
        family_name=family_name or f"Sample-{next(_names)}",
        given_name=given_name,
        born=born,
        sex=sex,
        nhs_number=number,
        no_nhs_number_reason=reason,
        by=by or make_clinician(make_ward()),
        at=at,
        **more,
    )


def make_referral(
    *,
    ward: Ward | None = None,
    patient: Patient | None = None,
    pathway: str = "frailty",
    accepted: bool = False,
    by: User | None = None,
    at: dt.datetime | None = None,
    **more: object,
) -> Referral:
    ward = ward or make_ward()
    by = by or make_clinician(ward)
    arguments: dict[str, object] = {
        "route": "step_up",
        "source": "gp",
        "reason": "Falls and a chest infection; would otherwise be admitted.",
        "facts": {"age": 81, "cfs": 6, "news2": 2},
    }
    referral = refer(
        patient=patient or make_patient(by=by, at=at),
        ward=ward,
        pathway=make_pathway(pathway),
        by=by,
        at=at,
        **{**arguments, **more},  # type: ignore[arg-type]  # by argument name, from a test
    )
    return accept(referral=referral, by=make_clinician(ward), at=at) if accepted else referral


def make_admission(
    *,
    ward: Ward | None = None,
    bed: Bed | None = None,
    patient: Patient | None = None,
    pathway: str = "frailty",
    over_capacity: str = "",
    by: User | None = None,
    at: dt.datetime | None = None,
    referral: Referral | None = None,
    **more: object,
) -> Admission:
    """In the given bed, or in a new one; `over_capacity` is the reason for none at all.

    `by` must be of the ward; without it the ward's own lead, a senior decision-maker, acts.
    """
    ward = ward or (bed.ward if bed else referral.ward if referral else make_ward())
    if bed is None and not over_capacity:
        bed = make_beds(ward, 1)[0]
    referral = referral or make_referral(
        ward=ward, patient=patient, pathway=pathway, accepted=True, at=at
    )
    return admit(
        referral=referral,
        bed=bed,
        no_bed_reason=over_capacity,
        by=by or make_clinician(ward),
        at=at,
        **more,  # type: ignore[arg-type]  # by argument name, from a test
    )
