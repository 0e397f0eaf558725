"""The one way by which a reading is stored, whoever brings it: a gateway's upload through the
drain, a clinician on the phone, a FHIR client that waits for its answer.

Runs in the caller's transaction. The steps follow the house's order of locks: devices, admissions,
readings by key, vitals, alerts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from observations import kinds
from observations.alerting import current, ringing
from observations.attribution import Asked, Claim, Directory, Unclaimed, no_device
from observations.draining import heard, prompting, retractions, tray
from observations.draining.duplicates import without_duplicates
from observations.draining.uploads import Claimed, Item, Outcome, Told, Upload
from observations.intake import payload
from observations.intake.payload import Rejected, Sent
from observations.judgement import scoring
from observations.judgement.judging import Point
from observations.judgement.scoring import Touch
from observations.lookups import look_up
from observations.storage import copying
from observations.storage.batches import next_batch
from observations.storage.versions import touch_standings
from observations.watch import deadlines

_READING: Final = (
    *("device_id", "sender_id", "measured_at", "admission_id", "kind", "number", "code", "as_sent"),
    *("source", "quality", "context", "late", "reported_by", "comment"),
    *("gateway_id", "sent_at", "received_at", "stored_at", "clock_offset", "batch", "receipt"),
)


def store(uploads: Sequence[Upload], *, at: datetime) -> int:
    """Store what can be stored and tell each upload what became of its readings; returns the
    batch's number. The days' partitions must be there."""
    items, doubtful = _understood(uploads)
    items = _still_meant(items)
    directory = look_up(
        [Asked(i.upload.gateway_id, i.upload.offset, i.sent) for i in (*items, *doubtful)],
        at=at,
        also={u.admission_id for u in uploads if u.admission_id is not None},
    )
    claims = [(item, _claim(item, directory)) for item in items]
    doubts = [(item, claim) for item, claim in claims if isinstance(claim, Unclaimed)]
    tray.lock(doubts, at=at)
    # Drawn after the locks, so that what rang can be replayed in the order in which it happened.
    batch = next_batch()
    tray.put(doubts, directory, at=at, batch=batch)
    claimed = [Claimed(item, *claim) for item, claim in claims if isinstance(claim, Claim)]
    fresh = without_duplicates(claimed)
    _write(fresh, at=at, batch=batch)
    _follow(fresh, directory, at=at, batch=batch)
    prompting.ask_again(((i, _claim(i, directory)) for i in doubtful), directory, at=at)
    heard.note_devices(_heard(claimed))
    return batch


def _understood(uploads: Sequence[Upload]) -> tuple[list[Item], list[Item]]:
    """Readings in order, and those whose value no body can have."""
    items, doubtful = [], []
    for upload in uploads:
        for position, given in enumerate(upload.readings):
            sent = payload.read(given, received_at=upload.received_at, offset=upload.offset)
            if isinstance(sent, Sent):
                items.append(Item(upload, position, sent))
                continue
            upload.told[position] = _rejected(sent, given)
            if sent.sent is not None:
                doubtful.append(Item(upload, position, sent.sent))
    return items, doubtful


def _still_meant(items: list[Item]) -> list[Item]:
    """Without what its sender took back before it was stored."""
    taken = retractions.among(items)
    if not taken:
        return items
    for item in items:
        if retractions.as_taken(item) in taken:
            item.tell(Outcome.REJECTED, retractions.RETRACTED)
    return [item for item in items if retractions.as_taken(item) not in taken]


def _rejected(rejected: Rejected, given: object) -> Told:
    told = given if isinstance(given, dict) else {}
    value = payload.as_sent(told.get("value"), told.get("unit"))
    kind = payload.as_sent(told.get("kind"), None)[:30]
    sent = payload.without_nul(f"{kind} {value}")
    return Told(rejected.id, Outcome.REJECTED, rejected.why, sent)


def _claim(item: Item, directory: Directory) -> Claim | Unclaimed:
    upload, sent = item.upload, item.sent
    if upload.admission_id is None:
        return directory.claim(sent, upload.gateway_id, upload.offset)
    device = directory.devices.get(sent.device)
    known = device.id if device else no_device(upload.gateway_id, upload.admission_id)
    return Claim(known, upload.admission_id)


def _heard(claimed: Iterable[Claimed]) -> Iterator[tuple[int, datetime, int]]:
    uploads = ((c.device_id, c.item.upload) for c in claimed if c.device_id > 0)
    return ((device, upload.received_at, upload.gateway_id) for device, upload in uploads)


def _write(fresh: Sequence[Claimed], *, at: datetime, batch: int) -> None:
    tails: dict[UUID, str] = {}
    lines = []
    for claimed in fresh:
        upload = claimed.item.upload
        tail = tails.get(upload.receipt)
        if tail is None:
            tail = tails[upload.receipt] = _tail(upload, at, batch)
        lines.append(_line(claimed) + tail)
    copying.copy("observations_reading", _READING, lines)


def _line(claimed: Claimed) -> str:
    """All but what the upload says; written by hand, because nothing runs more often."""
    item, device_id, admission_id = claimed
    sent = item.sent
    late = item.upload.is_late(sent)
    item.tell(Outcome.LATE if late else Outcome.STORED)
    escaped = copying.escaped
    return (
        f"{device_id}\t{escaped(sent.id)}\t{sent.measured_at}\t{admission_id}\t"
        f"{kinds.NUMBERS[sent.kind]}\t{sent.number}\t{sent.code or copying.NULL}\t"
        f"{escaped(sent.as_sent)}\t{sent.source}\t{sent.quality}\t{sent.context}\t"
        f"{'t' if late else 'f'}\t{escaped(sent.reported_by)}\t{escaped(sent.comment)}\t"
    )


def _tail(upload: Upload, at: datetime, batch: int) -> str:
    told = [upload.gateway_id, upload.sent_at, upload.received_at, at, upload.offset, batch]
    return copying.line([*told, upload.receipt])


def _follow(fresh: Sequence[Claimed], directory: Directory, *, at: datetime, batch: int) -> None:
    """Everything that a stored reading changes."""
    touched: dict[UUID, list[Touch]] = defaultdict(list)
    for admission_id, touch in _counting(fresh):
        touched[admission_id].append(touch)
    jobs = scoring.rescore(touched, list(directory.admissions.values()), at=at, batch=batch)
    touch_standings({one.admission_id for one in fresh} - set(touched))
    deadlines.move(jobs, at=at)
    ringing.ring(jobs, at=at, batch=batch)
    # Measured under what was agreed before, and arrived after: judged by what holds now, too.
    changed = [job.admission for job in jobs if job.plan.changed(job.instants[0], at)]
    if changed:
        current.ring(changed, at=at, batch=batch)
    prompting.still_measuring(fresh, directory, at=at)


def _counting(fresh: Iterable[Claimed]) -> Iterator[tuple[UUID, Touch]]:
    """Poor readings and those of exertion are kept and shown, and judge nothing."""
    for item, device_id, admission_id in fresh:
        upload, _, sent = item
        if sent.quality == 1 and sent.context != 2:
            back, late = upload.set_back, upload.is_late(sent)
            at = sent.measured_at - back if back else sent.measured_at
            point = Point(at, device_id, sent.id, sent.number, sent.code, sent.source)
            # What is left of the error; most have none, and nothing runs more often.
            left = upload.offset - back.total_seconds() if back else upload.offset
            yield admission_id, Touch(sent.kind, point, left, upload.received_at, late)
