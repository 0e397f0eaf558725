"""Custody corrected after the fact: whose each reading of a device is, asked again.

The caller holds the device's lock, so that no reading of it is stored meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction

from accounts.models import User
from observations import attribution, lookups
from observations.amends import corrections
from observations.amends.corrections import Key
from observations.attribution import Asked, Claim, Directory, Held, Unclaimed
from observations.draining.store import store
from observations.draining.uploads import Told, Upload, days_of
from observations.intake.sent import Reader, Sent
from observations.models import Device, Holding, Receipt, UnclaimedReading
from observations.storage import partitions

# A gateway's clock may be wrong by hours: readings near the edges are looked at, too.
_SLACK: Final = timedelta(days=1)
KEPT: Final = (Receipt.Outcome.STORED, Receipt.Outcome.LATE, Receipt.Outcome.DUPLICATE)
# What a change of hands may answer; who named nobody, or is unknown, is as unknown after it.
_ASKED_AGAIN: Final = ("no_holder", "unclear_holder", "not_the_holder")


class NotStoredError(Exception):
    """A reading of the tray that cannot be stored, and why: one of a receipt's reasons."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Waiting(NamedTuple):
    """A reading of the tray, and the question whose it is."""

    row: UnclaimedReading
    asked: Asked


def concerns(device: Device, since: datetime) -> bool:
    """Whether a change of hands just now says anything of what has come already: some clocks are
    ahead of it."""
    waiting = UnclaimedReading.objects.open().filter(
        device_id=device.pk, measured_at__gte=since, why__in=_ASKED_AGAIN
    )
    return bool(corrections.of_device(device, since, since + _SLACK)) or waiting.exists()


@transaction.atomic
def ask_again(
    device: Device, start: datetime, end: datetime, *, reason: str, by: User, at: datetime
) -> int:
    """Every reading measured from `start` to before `end` goes to who held the device then, unless
    its sender named somebody else, or to the tray; both patients are judged again. How many changed
    hands."""
    held = _held(device)
    stored = corrections.of_device(device, start - _SLACK, end + _SLACK)
    waiting = _waiting(device, start - _SLACK, end + _SLACK)
    concerned = {key.admission_id for key, _ in stored} | {period.admission_id for period in held}
    named = [asked for _, asked in stored if asked.patient]
    questions = [*named, *(one.asked for one in waiting)]
    directory = lookups.look_up(questions, at=at, also=concerned)
    moved = _move(_changed(device, stored, held, directory), reason=reason, by=by, at=at)
    return moved + _adopt_holders(waiting, directory, reason=reason, by=by, at=at)


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
    refused = _store(dict.fromkeys(waiting, admission_id), reason=reason, by=by, at=at)
    if refused:
        raise NotStoredError(refused[0])


def _store(
    owners: Mapping[UnclaimedReading, UUID], *, reason: str, by: User, at: datetime
) -> list[str]:
    """All in one batch, so that each patient is judged once; what is stored is decided. Tells why
    the others were not."""
    rows = sorted(owners, key=lambda row: row.pk)
    sent_at = dict(
        Receipt.objects.filter(pk__in={row.receipt for row in rows}).values_list("pk", "sent_at")
    )
    uploads = [_upload(row, sent_at.get(row.receipt), owners[row]) for row in rows]
    partitions.ensure_days(days_of(uploads))
    store(uploads, at=at)
    told = [
        upload.told[0] or Told(row.sender_id, 0) for row, upload in zip(rows, uploads, strict=True)
    ]
    _decide(
        (row for row, one in zip(rows, told, strict=True) if one.outcome in KEPT), reason, by, at
    )
    return [one.why for one in told if one.outcome not in KEPT]


def _upload(row: UnclaimedReading, sent_at: datetime | None, admission_id: UUID) -> Upload:
    return Upload(
        row.gateway_id,
        row.receipt,
        row.received_at,
        [row.as_sent],
        sent_at=sent_at,
        offset=row.clock_offset,
        admission_id=admission_id,
    )


def _decide(rows: Iterable[UnclaimedReading], reason: str, by: User, at: datetime) -> None:
    decided = list(rows)
    for row in decided:
        row.decision, row.reason = UnclaimedReading.Decision.ASSIGNED, reason
        row.decided_at, row.decided_by = at, by
    changed = ["decision", "reason", "decided_at", "decided_by"]
    UnclaimedReading.objects.bulk_update(decided, changed)


def _held(device: Device) -> list[Held]:
    periods = Holding.objects.believed().filter(device=device).order_by("starts")
    return [Held(*row) for row in periods.values_list("starts", "ends", "admission_id")]


def _waiting(device: Device, start: datetime, end: datetime) -> list[Waiting]:
    rows = (
        UnclaimedReading.objects.open()
        .select_for_update(of=("self",))
        .filter(device_id=device.pk, measured_at__gte=start, measured_at__lt=end)
        .filter(why__in=_ASKED_AGAIN)
        .order_by("pk")
    )
    asked = ((row, _asked(row)) for row in rows)
    return [Waiting(row, question) for row, question in asked if question is not None]


def _asked(row: UnclaimedReading) -> Asked | None:
    sent = Reader(received_at=row.received_at, offset=row.clock_offset).read(row.as_sent)
    if not isinstance(sent, Sent):
        return None
    return Asked.about(sent, gateway_id=row.gateway_id, offset=row.clock_offset)


def _changed(
    device: Device,
    stored: Sequence[tuple[Key, Asked]],
    held: list[Held],
    directory: Directory,
) -> Iterator[tuple[Key, Claim | Unclaimed]]:
    """What another held, or nobody, than was believed; and whose it is by that."""
    for key, asked in stored:
        claim = attribution.worn_by(device.pk, held, asked.measured_at, asked.at)
        if isinstance(claim, Unclaimed):
            yield key, claim
        elif claim.admission_id != key.admission_id:
            # Asked of a new holder only: for who has it already the name was right when it came,
            # and a number that has changed since takes no reading away.
            yield key, directory.unless_named(claim, asked)


def _move(
    changed: Iterable[tuple[Key, Claim | Unclaimed]], *, reason: str, by: User, at: datetime
) -> int:
    to: dict[UUID, list[Key]] = defaultdict(list)
    nobodys: dict[Key, Unclaimed] = {}
    for key, claim in changed:
        if isinstance(claim, Unclaimed):
            nobodys[key] = claim
        else:
            to[claim.admission_id].append(key)
    moved = sum(
        corrections.move(keys, to=holder, reason=reason, by=by, at=at)
        for holder, keys in sorted(to.items())
    )
    return moved + corrections.unclaim(nobodys, reason=reason, by=by, at=at)


def _adopt_holders(
    waiting: Sequence[Waiting], directory: Directory, *, reason: str, by: User, at: datetime
) -> int:
    """What cannot be stored, or is still nobody's, stays in the tray for a person to see."""
    owners: dict[UnclaimedReading, UUID] = {}
    for row, asked in waiting:
        claim = directory.claim(asked)
        if isinstance(claim, Claim):
            owners[row] = claim.admission_id
        elif (row.why, row.candidates) != (claim.why, list(claim.candidates)):
            row.why, row.candidates = claim.why, list(claim.candidates)
            row.save(update_fields=["why", "candidates"])
    if not owners:
        return 0
    return len(owners) - len(_store(owners, reason=reason, by=by, at=at))
