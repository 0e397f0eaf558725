"""Handing a ward's patients over: offered by one, held once somebody named has accepted.

Each takes the ward's lock first, so that of two who accept, take over, decline and withdraw at
once one is told of the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.actions.locks import lock_ward
from capacity.hours import to_call
from capacity.models import Ward
from capacity.weeks import turn_after, weeks_of
from lib.london import clock
from patients.models import Admission
from patients.policies import can_treat_on, check_can_treat_on
from rounds.actions.watches import watch_until
from rounds.board.held import watch_of
from rounds.models import Handover, HandoverLine, HandoverNote

# Whoever holds a ward keeps it so long beyond the hour, so that nobody falls between two shifts.
OVERLAP: Final = dt.timedelta(minutes=30)
# So near to the ward's hour a handover is for the time after it.
_NEAR: Final = dt.timedelta(hours=2)
_UNSAID: Final = dt.timedelta(hours=12)
# A long weekend with a bank holiday.
LONGEST: Final = dt.timedelta(days=4)
# What somebody outside accepted is written down the same shift.
_TOLD_WITHIN: Final = dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class NewLine:
    """One patient's SBAR as it is offered; `expected` is False where nothing is."""

    admission: UUID
    expected: bool
    level: str
    name: str
    about: str
    situation: str
    background: str
    assessment: str
    recommendation: str = ""
    escalate: str = ""
    agreed: bool = False
    tasks: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """A receiver who is not in this system, and how and when they accepted."""

    name: str
    organisation: str
    phone: str
    how: str
    accepted_at: dt.datetime


def usual_until(ward: Ward, at: dt.datetime) -> dt.datetime:
    """The end of the time that is handed over now: near the ward's hour, of the time after it."""
    turn = turn_after(ward, at)
    if turn is not None and turn - at <= _NEAR:
        turn = turn_after(ward, turn)
    return turn + OVERLAP if turn else at + _UNSAID


@transaction.atomic
def offer_handover(
    *,
    ward: Ward,
    by: User,
    lines: Sequence[NewLine] = (),
    to: User | None = None,
    until: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Handover:
    """Until somebody accepts, the giver still holds the patients; of a ward that nobody held, the
    giver does from now on. Raises PermissionDenied and ValidationError."""
    check_can_treat_on(by, ward, at=at)
    at = _now_alone(ward, at)
    _check_receiver(to, ward, by, at)
    _check_none_waits(ward)
    if watch_of(ward, at).holder is None:
        _take(ward, by, until=_own_time(ward, at), phone="", team="", at=at)
    handover = _offer(ward, by, lines, to=to, until=until, at=at)
    detail = {"to": to.pk if to else None, "patients": len(lines)}
    audit.record(by=by, verb="handover-offered", subject=handover, detail=detail, at=at)
    return handover


@transaction.atomic
def record_outside(
    *,
    ward: Ward,
    receiver: Outside,
    by: User,
    lines: Sequence[NewLine] = (),
    until: dt.datetime | None = None,
    at: dt.datetime | None = None,
) -> Handover:
    """Somebody outside accepted, and the giver writes down who, how and when. Raises
    PermissionDenied and ValidationError."""
    check_can_treat_on(by, ward, at=at)
    at = _now_alone(ward, at)
    _check_none_waits(ward)
    _check_told(ward, receiver.accepted_at, at)
    handover = _offer(ward, by, lines, to=None, until=until, at=receiver.accepted_at)
    handover.receiver_name = receiver.name.strip()
    handover.receiver_organisation = receiver.organisation.strip()
    handover.receiver_phone = receiver.phone.strip()
    handover.accepted_how, handover.accepted_at = receiver.how.strip(), receiver.accepted_at
    handover.save()
    watch_until(ward, handover.until, who=handover.receiver_name, by=by, at=at)
    detail = {"organisation": handover.receiver_organisation, "patients": len(lines)}
    audit.record(by=by, verb="handover-accepted-outside", subject=handover, detail=detail, at=at)
    return handover


@transaction.atomic
def accept_handover(
    *,
    handover: Handover,
    by: User,
    team: str = "",
    phone: str = "",
    remark: str = "",
    at: dt.datetime | None = None,
) -> Handover:
    """From now on `by` holds the ward's patients, and is called on `phone`: where none is given,
    on what they gave last, else on the number of the ward's hours."""
    check_can_treat_on(by, handover.ward, at=at)
    at = _now_alone(handover.ward, at)
    locked = _waiting(handover)
    if locked.offered_by_id == by.pk:
        raise ValidationError("You offered it: somebody else accepts, or you withdraw it.", "own")
    if locked.until <= at:
        raise ValidationError("The time it was for has passed: take the ward over.", "late")
    locked.remark = remark.strip()
    _accept(locked, by, team=team, phone=phone, at=at)
    audit.record(by=by, verb="handover-accepted", subject=locked, at=at)
    return locked


@transaction.atomic
def decline_handover(
    *, handover: Handover, reason: str, by: User, at: dt.datetime | None = None
) -> Handover:
    """The giver goes on holding the patients, and is told why."""
    check_can_treat_on(by, handover.ward, at=at)
    if not reason.strip():
        raise ValidationError("Say why, so that the giver knows.", "reason")
    at = _now_alone(handover.ward, at)
    locked = _waiting(handover)
    if locked.offered_by_id == by.pk:
        raise ValidationError("You offered it: withdraw it.", "own")
    locked.declined_at, locked.declined_by = at, by
    locked.decline_reason = reason.strip()
    locked.save()
    _give_back(locked, at)
    audit.record(by=by, verb="handover-declined", subject=locked, at=at)
    return locked


@transaction.atomic
def withdraw_handover(*, handover: Handover, by: User, at: dt.datetime | None = None) -> Handover:
    """By the giver, or a colleague for them: the ward stays whose it is."""
    check_can_treat_on(by, handover.ward, at=at)
    at = _now_alone(handover.ward, at)
    locked = _withdraw(_waiting(handover), by, at)
    _give_back(locked, at)
    return locked


@transaction.atomic
def take_over(
    *,
    ward: Ward,
    by: User,
    until: dt.datetime | None = None,
    team: str = "",
    phone: str = "",
    at: dt.datetime | None = None,
) -> Handover:
    """Somebody who is here takes the ward, whoever held it; what was offered to others is
    withdrawn. Raises PermissionDenied and ValidationError."""
    check_can_treat_on(by, ward, at=at)
    at = _now_alone(ward, at)
    until = until or usual_until(ward, at)
    _check_until(until, at)
    for waiting in Handover.objects.waiting().filter(ward=ward).select_for_update(of=("self",)):
        _withdraw(waiting, by, at)
    return _take(ward, by, until=until, phone=phone, team=team, at=at)


def _take(
    ward: Ward, by: User, *, until: dt.datetime, phone: str, team: str, at: dt.datetime
) -> Handover:
    taken = Handover(ward=ward, offered_at=at, offered_by=by, until=until, taken=True)
    _accept(taken, by, team=team, phone=phone, at=at)
    audit.record(by=by, verb="ward-taken-over", subject=taken, at=at)
    return taken


def _accept(handover: Handover, by: User, *, team: str, phone: str, at: dt.datetime) -> None:
    ward = handover.ward
    known = _known_by(ward, by, at)
    handover.accepted_at, handover.accepted_by = at, by
    handover.receiver_name = by.get_full_name()
    handover.receiver_organisation = team or known[0]
    handover.receiver_phone = phone.strip() or known[1]
    handover.save()
    watch_until(ward, handover.until, who=by.short_name, by=by, at=at)


def _known_by(ward: Ward, by: User, at: dt.datetime) -> tuple[str, str]:
    """Team and number of this person the last time; else whom the ward's hours name now."""
    mine = Handover.objects.accepted().filter(ward=ward, accepted_by=by).exclude(receiver_phone="")
    last = mine.order_by("-accepted_at").first()
    if last is not None:
        return last.receiver_organisation, last.receiver_phone
    call = to_call(weeks_of(ward, at), at)
    return ("", call.phone) if call else ("", "")


def _offer(
    ward: Ward,
    by: User,
    lines: Sequence[NewLine],
    *,
    to: User | None,
    until: dt.datetime | None,
    at: dt.datetime,
) -> Handover:
    until = until or usual_until(ward, at)
    _check_until(until, at)
    _check_lines(ward, lines)
    handover = Handover(ward=ward, offered_at=at, offered_by=by, offered_to=to, until=until)
    handover.save(force_insert=True)
    HandoverLine.objects.bulk_create(_lines(handover, lines))
    HandoverNote.objects.filter(ward=ward).delete()
    return handover


def _lines(handover: Handover, lines: Sequence[NewLine]) -> list[HandoverLine]:
    return [
        HandoverLine(
            handover=handover,
            admission_id=line.admission,
            position=position,
            level=line.level,
            expected=line.expected,
            name=line.name[:240],
            about=line.about[:300],
            situation=line.situation,
            background=line.background,
            assessment=line.assessment,
            recommendation=line.recommendation.strip(),
            escalate=line.escalate.strip(),
            agreed=line.agreed,
            tasks=line.tasks,
        )
        for position, line in enumerate(lines, 1)
    ]


def _check_none_waits(ward: Ward) -> None:
    waiting = Handover.objects.waiting().filter(ward=ward).select_related("offered_by").first()
    if waiting is not None:
        giver = waiting.offered_by.short_name
        raise ValidationError(
            f"{giver} offered this ward at {clock(waiting.offered_at)}: withdraw that first.",
            "waiting",
        )


def _check_lines(ward: Ward, lines: Sequence[NewLine]) -> None:
    """Under the ward's lock, which everybody who comes or goes waits for."""
    here = set(Admission.objects.on(ward).current().values_list("pk", flat=True))
    if here != {line.admission for line in lines}:
        raise ValidationError("Somebody came or left meanwhile: look at the list again.", "moved")
    bare = [line.name for line in lines if line.expected and not line.recommendation.strip()]
    if bare:
        raise ValidationError(f"Say what is to be done for {'; '.join(bare)}.", "recommendation")


def _check_until(until: dt.datetime, at: dt.datetime) -> None:
    if not at < until <= at + LONGEST:
        raise ValidationError("Choose a time to come, within four days.", "until")


def _check_receiver(to: User | None, ward: Ward, by: User, at: dt.datetime) -> None:
    if to is None:
        return
    if to.pk == by.pk:
        raise ValidationError("Somebody else takes over from you.", "to")
    if not can_treat_on(to, ward, at=at):
        raise ValidationError(f"{to.short_name} does not treat on {ward.name}.", "to")


def _check_told(ward: Ward, accepted_at: dt.datetime, at: dt.datetime) -> None:
    """What is told afterwards must not reach behind what others accepted since."""
    if not at - _TOLD_WITHIN <= accepted_at <= at:
        raise ValidationError("Enter when they accepted: within the last 12 hours.", "accepted_at")
    last = watch_of(ward, at).last
    if last is not None and accepted_at <= last.since:
        raise ValidationError(
            f"{last.name} accepted this ward at {clock(last.since)}, after that.", "accepted_at"
        )


def _now_alone(ward: Ward, at: dt.datetime | None) -> dt.datetime:
    """The ward locked, and the clock read after that: whoever came later holds it from later."""
    lock_ward(ward)
    return at or timezone.now()


def _waiting(handover: Handover) -> Handover:
    """Locked, and not answered yet."""
    rows = Handover.objects.select_for_update(of=("self",)).select_related("ward", "accepted_by")
    locked = rows.get(pk=handover.pk)
    if locked.accepted_at is not None:
        raise ValidationError("Somebody has accepted this handover already.", code="accepted")
    if locked.declined_at is not None:
        raise ValidationError("This handover was declined.", code="declined")
    if locked.withdrawn_at is not None:
        raise ValidationError("This handover was withdrawn.", code="withdrawn")
    return locked


def _withdraw(locked: Handover, by: User, at: dt.datetime) -> Handover:
    locked.withdrawn_at, locked.withdrawn_by = at, by
    locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record(by=by, verb="handover-withdrawn", subject=locked, at=at)
    return locked


def _give_back(handover: Handover, at: dt.datetime) -> None:
    """What was typed is there again for the next offer."""
    here = Admission.objects.on(handover.ward).current()
    said = handover.lines.filter(admission__in=here).exclude(recommendation="", escalate="")
    HandoverNote.objects.bulk_create(
        (
            HandoverNote(
                ward=handover.ward,
                admission_id=line.admission_id,
                recommendation=line.recommendation,
                escalate=line.escalate,
                agreed=line.agreed,
                version=1,
                saved_at=at,
                saved_by_id=handover.offered_by_id,
            )
            for line in said
        ),
        ignore_conflicts=True,
    )


def _own_time(ward: Ward, at: dt.datetime) -> dt.datetime:
    """How long whoever offers a ward that nobody held has it themselves."""
    turn = turn_after(ward, at)
    return turn + OVERLAP if turn else at + _UNSAID
