"""The day to leave, why it lies beyond the pathway's limit, and since when the patient is ready."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.delays import end_delay, note_delay
from lib import london
from patients.actions.plans import check_cause, limit_day
from patients.actions.touch import touch
from patients.models import Admission, ExpectedDischarge
from patients.policies import check_can_change_care


@transaction.atomic
def expect(
    *,
    admission: Admission,
    day: dt.date,
    ready_since: dt.date | None,
    by: User,
    reason: str = "",
    cause: str = "",
    at: dt.datetime | None = None,
) -> Admission:
    """Both at once, as the form asks: whoever waits for something but care is ready since a day.

    Raises ValidationError with the code `day`, `cause` or `ready_since`.
    """
    if cause not in ("", ExpectedDischarge.Cause.CLINICAL) and ready_since is None:
        words = "Say since when the patient has been ready to leave."
        raise ValidationError(words, code="ready_since")
    ready = set_ready_since(admission=admission, since=ready_since, by=by, at=at)
    return set_expected_discharge(
        admission=ready, day=day, reason=reason, cause=cause, by=by, at=at
    )


@transaction.atomic
def set_expected_discharge(
    *,
    admission: Admission,
    day: dt.date,
    by: User,
    reason: str = "",
    cause: str = "",
    at: dt.datetime | None = None,
) -> Admission:
    """Every earlier date is kept, with since when the patient was ready then.

    Raises ValidationError (`day`) before the patient came, and (`cause`) beyond the pathway's
    limit where nobody says why.
    """
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    _check_day(admission, day, cause)
    last = admission.expected_discharges.first()
    told = (day, reason.strip(), cause, admission.ready_since)
    if last is not None and (last.day, last.reason, last.cause, last.ready_since) == told:
        return admission
    Admission.objects.filter(pk=admission.pk).update(expected_discharge=day)
    ExpectedDischarge.objects.create(
        admission=admission,
        day=day,
        reason=reason.strip(),
        cause=cause,
        ready_since=admission.ready_since,
        set_at=at,
        set_by=by,
    )
    if admission.ready_since is not None:
        _note_delay(admission, cause, by=by, at=at)
    detail = {"day": day.isoformat(), "reason": reason, "cause": cause}
    audit.record(by=by, verb="expected-discharge-set", subject=admission, detail=detail, at=at)
    touch(admission)
    admission.refresh_from_db()
    return admission


@transaction.atomic
def set_ready_since(
    *, admission: Admission, since: dt.date | None, by: User, at: dt.datetime | None = None
) -> Admission:
    """Medically ready to leave since that London day; None where care is needed (again)."""
    check_can_change_care(by, admission, at=at)
    at = at or timezone.now()
    was = admission.ready_since
    if since == (london.day_of(was) if was else None):
        return admission
    if since is not None:
        _check_ready(admission, since, at)
    admission.ready_since = _from(admission, since) if since else None
    admission.save(update_fields=["ready_since"])
    _note_ready(admission, by=by, at=at)
    detail = {"since": since.isoformat() if since else None}
    audit.record(by=by, verb="ready-since-set", subject=admission, detail=detail, at=at)
    touch(admission)
    return admission


def _note_ready(admission: Admission, *, by: User, at: dt.datetime) -> None:
    """The fact without a person, of which the figures of delays are made."""
    if admission.ready_since is None:
        end_delay(spell=admission.spell, by=by, at=at)
    else:
        note_delay(spell=admission.spell, since=admission.ready_since, by=by, at=at)


def _note_delay(admission: Admission, cause: str, *, by: User, at: dt.datetime) -> None:
    assert admission.ready_since is not None
    note_delay(
        spell=admission.spell, since=admission.ready_since, cause=cause or None, by=by, at=at
    )


def _check_day(admission: Admission, day: dt.date, cause: str) -> None:
    if day < london.day_of(admission.admitted_at):
        raise ValidationError("That is before the patient came.", code="day")
    if day > limit_day(admission):
        check_cause(cause, admission.pathway_version)


def _check_ready(admission: Admission, since: dt.date, at: dt.datetime) -> None:
    if since < london.day_of(admission.admitted_at):
        raise ValidationError("That is before the patient came.", code="ready_since")
    if since > london.day_of(at):
        raise ValidationError("That day lies ahead.", code="ready_since")


def _from(admission: Admission, since: dt.date) -> dt.datetime:
    """That day's beginning, and never before the patient came."""
    return max(london.day_bounds(since)[0], admission.admitted_at)
