"""Ward rounds: started with everybody who is there, ended when everybody is answered for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import Ward
from lib.london import day_of
from patients.models import Admission
from rounds.board.now import rows
from rounds.models import Round, RoundPlace
from rounds.policies import check_can_run_round
from rounds.round.listed import listed


@transaction.atomic
def start_round(*, ward: Ward, shift: str, by: User, at: dt.datetime | None = None) -> Round:
    """Everybody on the ward, in the board's order; the round that a colleague has started is
    joined. `shift` is a `Round.Shift`. Raises PermissionDenied."""
    at = at or timezone.now()
    check_can_run_round(by, ward, at=at)
    found, is_new = Round.objects.get_or_create(
        ward=ward, day=day_of(at), shift=shift, defaults={"started_at": at, "started_by": by}
    )
    if is_new:
        there = rows(ward, at)
        RoundPlace.objects.bulk_create(
            RoundPlace(round=found, admission_id=row.admission.pk, position=n, level=row.level)
            for n, row in enumerate(there, 1)
        )
        detail = {"ward": ward.code, "shift": shift, "patients": len(there)}
        audit.record(by=by, verb="round-started", subject=found, detail=detail, at=at)
    return found


@transaction.atomic
def excuse(
    *, on: Round, admission: Admission, reason: str, by: User, at: dt.datetime | None = None
) -> RoundPlace:
    """Not reviewed on this round, and why. Raises PermissionDenied, and ValidationError without a
    reason or once the round has ended."""
    at = at or timezone.now()
    check_can_run_round(by, on.ward, at=at)
    going_on(on)
    return _excuse(on, admission.pk, reason, by=by, at=at)


@transaction.atomic
def end_round(
    *, on: Round, reasons: Mapping[UUID, str], by: User, at: dt.datetime | None = None
) -> Round:
    """`reasons` says, by admission, why somebody was not reviewed; who is neither reviewed nor
    excused keeps the round open. Raises PermissionDenied and ValidationError."""
    at = at or timezone.now()
    check_can_run_round(by, on.ward, at=at)
    locked = going_on(on)
    for line in listed(locked, at=at).waiting:
        _excuse(locked, line.pk, reasons.get(line.pk, ""), by=by, at=at)
    for line in listed(locked, at=at).lines:
        place_of(locked, line.pk)
    locked.ended_at, locked.ended_by = at, by
    locked.save(update_fields=["ended_at", "ended_by"])
    audit.record(by=by, verb="round-ended", subject=locked, at=at)
    return locked


def going_on(on: Round) -> Round:
    """Locked: whoever ends the round waits for what is being written on it, and the other way."""
    locked = Round.objects.select_for_update(of=("self",)).select_related("ward").get(pk=on.pk)
    if locked.ended_at is not None:
        raise ValidationError("This round has ended.", code="ended")
    return locked


def place_of(on: Round, admission: UUID) -> RoundPlace:
    """Behind all others for who came after the start; under the round's lock."""
    last = on.places.order_by("-position").values_list("position", flat=True).first() or 0
    found, _ = RoundPlace.objects.get_or_create(
        round=on, admission_id=admission, defaults={"position": last + 1}
    )
    return found


def _excuse(on: Round, admission: UUID, reason: str, *, by: User, at: dt.datetime) -> RoundPlace:
    if not reason.strip():
        raise ValidationError("Say why the patient is not reviewed.", code="reason")
    place = place_of(on, admission)
    place.excuse, place.excused_at, place.excused_by = reason.strip()[:200], at, by
    place.save(update_fields=["excuse", "excused_at", "excused_by"])
    detail = {"round": str(on.pk), "reason": place.excuse}
    audit.record(by=by, verb="review-excused", subject=place.admission, detail=detail, at=at)
    return place
