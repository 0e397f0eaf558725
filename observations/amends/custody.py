"""Custody corrected after the fact: whose each reading of a device is, asked again.

The caller holds the device's lock, so that no reading of it is stored meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.models import User
from observations import attribution, lookups
from observations.amends import corrections
from observations.amends.corrections import Key
from observations.attribution import Held
from observations.draining.store import store
from observations.draining.uploads import Upload, days_of
from observations.models import Device, Holding, Receipt, UnclaimedReading
from observations.storage import partitions

# A gateway's clock may be wrong by hours: readings near the edges are looked at, too.
_SLACK: Final = timedelta(days=1)


KEPT: Final = (Receipt.Outcome.STORED, Receipt.Outcome.LATE, Receipt.Outcome.DUPLICATE)


class NotStoredError(Exception):
    """A reading of the tray that cannot be stored, and why: one of a receipt's reasons."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def ask_again(
    device: Device, start: datetime, end: datetime, *, reason: str, by: User, at: datetime
) -> int:
    """Every reading measured from `start` to before `end` goes to who held the device then, or to
    the tray; both patients are judged again. How many changed hands."""
    held = _held(device)
    stored = corrections.of_device(device.pk, start - _SLACK, end + _SLACK)
    waiting = _waiting(device, start - _SLACK, end + _SLACK)
    concerned = {key.admission_id for key, _ in stored} | {period.admission_id for period in held}
    lookups.lock_admissions(concerned)
    moved = _move(stored, held, reason=reason, by=by, at=at)
    return moved + _adopt_holders(waiting, held, reason=reason, by=by, at=at)


def adopt(
    waiting: Collection[UnclaimedReading],
    admission_id: UUID,
    *,
    reason: str,
    by: User,
    at: datetime,
) -> None:
    """Readings of the tray are this admission's: stored the way of every reading, and decided.

    Raises NotStoredError for the first that is refused; then the caller keeps none of them.
    """
    for row in sorted(waiting, key=lambda row: row.pk):
        upload = Upload(
            row.gateway_id,
            row.receipt,
            row.received_at,
            [row.as_sent],
            offset=row.clock_offset,
            admission_id=admission_id,
        )
        partitions.ensure_days(days_of([upload]))
        store([upload], at=at)
        told = upload.told[0]
        if told is None or told.outcome not in KEPT:
            raise NotStoredError(told.why if told else "")
        row.decision, row.reason = UnclaimedReading.Decision.ASSIGNED, reason
        row.decided_at, row.decided_by = at, by
        row.save(update_fields=["decision", "reason", "decided_at", "decided_by"])


def _held(device: Device) -> list[Held]:
    periods = Holding.objects.believed().filter(device=device).order_by("starts")
    return [Held(*row) for row in periods.values_list("starts", "ends", "admission_id")]


def _waiting(device: Device, start: datetime, end: datetime) -> list[UnclaimedReading]:
    return list(
        UnclaimedReading.objects.open()
        .select_for_update(of=("self",))
        .filter(device_id=device.pk, measured_at__gte=start, measured_at__lt=end)
        .filter(why__in=("no_holder", "unclear_holder"))
        .order_by("pk")
    )


def _move(
    stored: Sequence[tuple[Key, float]], held: list[Held], *, reason: str, by: User, at: datetime
) -> int:
    to: dict[UUID, list[Key]] = defaultdict(list)
    nobodys = []
    for key, offset in stored:
        holder = attribution.holder_at(held, key.measured_at - timedelta(seconds=offset))
        if holder is None:
            nobodys.append(key)
        elif holder != key.admission_id:
            to[holder].append(key)
    moved = sum(
        corrections.move(keys, to=holder, reason=reason, by=by, at=at)
        for holder, keys in sorted(to.items())
    )
    return moved + corrections.unclaim(nobodys, reason=reason, by=by, at=at)


def _holder(held: list[Held], row: UnclaimedReading) -> UUID | None:
    """None where the clock's error still leaves two answers."""
    by_its_clock = attribution.holder_at(held, row.measured_at)
    true_at = row.measured_at - timedelta(seconds=row.clock_offset)
    return by_its_clock if attribution.holder_at(held, true_at) == by_its_clock else None


def _adopt_holders(
    waiting: Sequence[UnclaimedReading],
    held: list[Held],
    *,
    reason: str,
    by: User,
    at: datetime,
) -> int:
    """What cannot be stored stays in the tray, for a person to see."""
    owned = [(_holder(held, row), row) for row in waiting]
    known = sorted(((h, r) for h, r in owned if h is not None), key=lambda pair: pair[0])
    return sum(_adopt_one(row, holder, reason=reason, by=by, at=at) for holder, row in known)


def _adopt_one(row: UnclaimedReading, holder: UUID, *, reason: str, by: User, at: datetime) -> bool:
    try:
        with transaction.atomic():
            adopt([row], holder, reason=reason, by=by, at=at)
    except NotStoredError:
        return False
    return True
