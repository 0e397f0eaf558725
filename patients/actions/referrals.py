"""Referrals: asking for a place, and what was decided."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.referrals import decide_referral, look_at_referral, record_referral
from capacity.models import Bed, Ward
from capacity.models.stays import route_of
from lib.ids import uuid7
from patients.actions.clocks import decision_due
from patients.actions.holds import hold_bed
from patients.models import Pathway, Patient, Referral
from patients.naming import AS_REFERRED, as_written
from patients.policies import check_can_decide, check_can_refer, check_can_withdraw

Outcome = Referral.Outcome


@transaction.atomic
def refer(
    *,
    patient: Patient,
    ward: Ward,
    pathway: Pathway,
    source: str,
    reason: str,
    facts: Mapping[str, Any],
    by: User,
    route: str = "",
    referral_id: uuid.UUID | None = None,
    referrer_organisation: str = "",
    referrer_phone: str = "",
    at: dt.datetime | None = None,
) -> Referral:
    """Asks a ward for a place; the same person is not asked for twice at once.

    The route follows from the source unless it is said. `referral_id`, where a form brings its
    own, makes a form that is sent twice one referral.
    """
    check_can_refer(by, ward, at=at)
    at = at or timezone.now()
    _check_not_waiting(patient)
    referral = Referral(
        id=referral_id or uuid7(),
        patient=patient,
        ward=ward,
        pathway=pathway,
        route=route or route_of(source),
        source=source,
        reason=reason.strip(),
        # What the referrer wrote is all that they are ever shown of who this is.
        facts={AS_REFERRED: as_written(patient)} | dict(facts),
        referred_at=at,
        decision_due_at=decision_due(ward, at),
        referred_by=by,
        referrer_organisation=referrer_organisation,
        referrer_phone=referrer_phone,
    )
    referral.full_clean(validate_constraints=False)
    referral.save(force_insert=True)
    _record_fact(referral, by)
    audit.record(by=by, verb="referred", subject=referral, detail={"ward": ward.code}, at=at)
    return referral


def _check_not_waiting(patient: Patient) -> None:
    # Queues two referrers of one person behind each other, so that one of them sees the other's.
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if patient.merged_into_id is not None:
        raise ValidationError("This record was joined with another: look again.", code="merged")
    if patient.died_at is not None:
        raise ValidationError("This patient is recorded as having died.", code="died")
    if patient.admissions.current().exists():
        raise ValidationError("This patient is on a virtual ward already.", code="admitted")
    if patient.referrals.waiting().exists() or patient.referrals.awaiting_bed().exists():
        raise ValidationError("This patient has been referred and waits.", code="referred")


def _record_fact(referral: Referral, by: User) -> None:
    record_referral(
        referral_id=referral.pk,
        ward=referral.ward,
        pathway=referral.pathway_id,
        route=referral.route,
        source=referral.source,
        by=by,
        at=referral.referred_at,
    )


@transaction.atomic
def look_first(*, referral: Referral, by: User, at: dt.datetime | None = None) -> None:
    """The first time that a clinician of the ward opens it; later looks change nothing."""
    check_can_decide(by, referral, at=at)
    at = at or timezone.now()
    new = Referral.objects.filter(pk=referral.pk, first_looked_at__isnull=True)
    if new.update(first_looked_at=at):
        look_at_referral(referral_id=referral.pk, by=by, at=at)
        audit.record(by=by, verb="referral-looked-at", subject=referral, at=at)


@transaction.atomic
def accept(
    *,
    referral: Referral,
    by: User,
    note: str = "",
    held_bed: Bed | None = None,
    held_until: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Referral:
    """The ward will take the patient; admitting comes next, with or without a bed held."""
    check_can_decide(by, referral, at=at)
    accepted = _decide(referral, Outcome.ACCEPTED, by=by, note=note, at=at)
    if held_bed is None:
        return accepted
    if held_until is None:
        raise ValidationError("Say until when the bed is held.", code="until")
    return hold_bed(referral=accepted, bed=held_bed, until=held_until, by=by, at=at)


@transaction.atomic
def decline(
    *, referral: Referral, reason: str, note: str, by: User, at: dt.datetime | None = None
) -> Referral:
    check_can_decide(by, referral, at=at)
    if reason not in Referral.DeclineReason.values:
        raise ValidationError("Say why.", code="reason")
    if reason == Referral.DeclineReason.OTHER and not note.strip():
        raise ValidationError("Say in words why.", code="note")
    return _decide(referral, Outcome.DECLINED, by=by, note=note, reason=reason, at=at)


@transaction.atomic
def withdraw(*, referral: Referral, note: str, by: User, at: dt.datetime | None = None) -> Referral:
    """The referrer asks no longer, or the patient changed their mind before coming."""
    check_can_withdraw(by, referral, at=at)
    return _decide(referral, Outcome.WITHDRAWN, by=by, note=note, at=at)


def _decide(
    referral: Referral,
    outcome: str,
    *,
    by: User,
    note: str,
    at: dt.datetime | None,
    reason: str = "",
) -> Referral:
    at = at or timezone.now()
    locked = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    _check_open(locked, outcome)
    locked.outcome, locked.decline_reason, locked.decision_note = outcome, reason, note.strip()
    locked.decided_at, locked.decided_by = at, by
    locked.first_looked_at = locked.first_looked_at or at
    if outcome != Outcome.ACCEPTED:
        locked.held_bed = locked.held_from = locked.held_until = None
    locked.save()
    _decide_fact(locked, by)
    detail = {"reason": reason} if reason else {}
    audit.record(by=by, verb=f"referral-{outcome}", subject=locked, detail=detail, at=at)
    return locked


def _check_open(referral: Referral, outcome: str) -> None:
    """Accepted ones may still be withdrawn, until the patient is admitted."""
    admitted = hasattr(referral, "admission")
    withdrawable = outcome == Outcome.WITHDRAWN and referral.outcome == Outcome.ACCEPTED
    if admitted or not (referral.outcome == Outcome.WAITING or withdrawable):
        raise ValidationError(
            f"This referral was decided already: {referral.get_outcome_display()}.", code="decided"
        )


def _decide_fact(referral: Referral, by: User) -> None:
    look_at_referral(referral_id=referral.pk, by=by, at=referral.first_looked_at)
    decide_referral(
        referral_id=referral.pk,
        outcome=referral.outcome,
        decline_reason=referral.decline_reason,
        by=by,
        at=referral.decided_at,
    )
