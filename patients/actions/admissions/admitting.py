"""Admitting: a bed taken under the ward's lock, a spell opened, a plan copied from the pathway."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.referrals import decide_referral
from capacity.actions.stays import open_spell
from capacity.facts import SpellFacts
from capacity.models import Bed, Spell, Stay
from capacity.models.stays import Destination, Residence
from lib import london
from lib.locks import locked
from patients.actions.holds import check_not_held, end_hold
from patients.actions.modes import begin_mode, usual_mode, usual_reason
from patients.actions.people import note_not_asked
from patients.actions.plans import check_cause, copy_plan, last_day, limit_of, version_for
from patients.models import Admission, ExpectedDischarge, PathwayVersion, Patient, Referral
from patients.models.people import Place
from patients.policies import check_can_admit, check_can_go_over_capacity
from patients.pseudonym import person_key_of

READMITTED_WITHIN: Final = dt.timedelta(days=30)


class _Expected(NamedTuple):
    day: dt.date
    cause: str
    reason: str


@transaction.atomic
def admit(
    *,
    referral: Referral,
    bed: Bed | None,
    by: User,
    no_bed_reason: str = "",
    expected_discharge: dt.date | None = None,
    cause: str = "",
    cause_reason: str = "",
    responsible_clinician: User | None = None,
    mode: str | None = None,
    mode_reason: str = "",
    agreed_by: User | None = None,
    mode_expires_at: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Admission:
    """From an accepted referral. No bed is over capacity: with a reason, and by the ward's lead.

    `cause` and `cause_reason` say why the expected day lies beyond the pathway's limit. Raises
    capacity's BedRefused where the bed cannot be had; then nothing was written.
    """
    check_can_admit(by, referral.ward, at=at)
    if bed is None:
        check_can_go_over_capacity(by, referral.ward, at=at)
    at = at or timezone.now()
    referral = _lock(referral)
    _check_can_come(referral, at)
    version = version_for(referral.ward, referral.pathway)
    stay = _take_place(referral, bed, no_bed_reason=no_bed_reason, by=by, at=at)
    check_not_held(bed, but_for=referral, at=at)
    end_hold(referral)
    expected = expected_discharge or last_day(version, london.day_of(at))
    admission = _create(
        referral=referral,
        stay=stay,
        version=version,
        by=by,
        at=at,
        expected=_Expected(expected, cause, cause_reason.strip()),
        responsible_clinician=responsible_clinician,
    )
    _begin_care(admission, mode, mode_reason, by, agreed_by, mode_expires_at, at)
    decide_referral(
        referral_id=referral.pk,
        outcome=referral.outcome,
        spell=stay.spell,
        by=by,
        at=referral.decided_at,
    )
    detail = {"ward": referral.ward.code, "bed": bed.label if bed else None}
    audit.record(by=by, verb="admitted", subject=admission, detail=detail, at=at)
    return admission


def _lock(referral: Referral) -> Referral:
    """Before the ward: whoever locks both does so in this order."""
    related = ("ward__lead_provider", "ward__icb", "pathway", "patient")
    return locked(Referral.objects.select_related(*related), referral.pk)


def _check_can_come(referral: Referral, at: dt.datetime) -> None:
    if referral.outcome != Referral.Outcome.ACCEPTED:
        raise ValidationError("Accept the referral first.", code="not_accepted")
    assert referral.decided_at is not None
    if at < referral.decided_at:
        raise ValidationError("That is before the referral was accepted.", code="early")
    if referral.patient.admissions.current().exists():
        raise ValidationError("This patient is on a virtual ward already.", code="admitted")


def _take_place(
    referral: Referral, bed: Bed | None, *, no_bed_reason: str, by: User, at: dt.datetime
) -> Stay:
    return open_spell(
        ward=referral.ward,
        bed=bed,
        no_bed_reason=no_bed_reason,
        facts=_facts(referral, at),
        pathway=referral.pathway_id,
        route=referral.route,
        readmission_of=left_lately(referral.patient, at),
        by=by,
        at=at,
    )


def left_lately(patient: Patient, at: dt.datetime) -> Spell | None:
    """The spell that this one follows within 30 days; one entered in error never was."""
    before = patient.admissions.exclude(destination=Destination.ENTERED_IN_ERROR)
    before = before.filter(discharged_at__gt=at - READMITTED_WITHIN, discharged_at__lte=at)
    last = before.select_related("spell").order_by("discharged_at").last()
    return last.spell if last else None


def _facts(referral: Referral, at: dt.datetime) -> SpellFacts:
    patient = referral.patient
    return SpellFacts(
        person_key=person_key_of(patient),
        age_on_admission=patient.age_on(london.day_of(at)),
        sex=patient.sex,
        ethnicity_group=patient.ethnicity_group,
        residence=_residence(patient),
        deprivation_decile=patient.deprivation_decile,
        home_icb_id=patient.home_icb_id,
        source=referral.source,
        referred_at=referral.referred_at,
        accepted_at=referral.decided_at,
    )


def _residence(patient: Patient) -> str:
    home = patient.lives_in
    in_a_home = home is not None and home.kind == Place.Kind.CARE_HOME
    return Residence.CARE_HOME if in_a_home else Residence.OWN_HOME


def _create(
    *,
    referral: Referral,
    stay: Stay,
    version: PathwayVersion,
    by: User,
    at: dt.datetime,
    expected: _Expected,
    responsible_clinician: User | None,
) -> Admission:
    _check_expected(expected, version, london.day_of(at))
    try:
        with transaction.atomic():
            admission = Admission.objects.create(
                patient=referral.patient,
                referral=referral,
                spell=stay.spell,
                ward=referral.ward,
                pathway_version=version,
                responsible_clinician=responsible_clinician,
                admitted_at=at,
                admitted_by=by,
                expected_discharge=expected.day,
            )
    except IntegrityError as broken:
        raise ValidationError("This patient is admitted already.", code="admitted") from broken
    ExpectedDischarge.objects.create(
        admission=admission,
        day=expected.day,
        cause=expected.cause,
        reason=expected.reason,
        set_at=at,
        set_by=by,
    )
    return admission


def _check_expected(expected: _Expected, version: PathwayVersion, came: dt.date) -> None:
    if expected.day < came:
        raise ValidationError("The day to leave is before the day of coming.", code="day")
    if expected.day > limit_of(version, came):
        check_cause(expected.cause, version)


def _begin_care(
    admission: Admission,
    mode: str | None,
    reason: str,
    by: User,
    agreed_by: User | None,
    expires_at: dt.datetime | None,
    at: dt.datetime,
) -> None:
    copy_plan(admission, by=by, at=at)
    begin_mode(
        admission,
        mode or usual_mode(admission, at),
        reason=reason or usual_reason(admission, at),
        by=by,
        agreed_by=agreed_by,
        expires_at=expires_at,
        at=at,
    )
    note_not_asked(patient=admission.patient, at=at)
