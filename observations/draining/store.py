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

from observations.alerting import current, ringing
from observations.attribution import Claim, Directory, Unclaimed, no_device
from observations.draining import heard, prompting, retractions, tray
from observations.draining.duplicates import without_duplicates
from observations.draining.uploads import (
    Claimed,
    Item,
    Outcome,
    Together,
    Told,
    Upload,
    together,
)
from observations.intake.sent import PLAINLY, Reader, Rejected, Sent, as_sent, storable
from observations.judgement import scoring
from observations.judgement.judging import Point
from observations.judgement.scoring import Touch
from observations.lookups import look_up
from observations.storage import copying
from observations.storage.batches import next_batch
from observations.storage.versions import touch_standings
from observations.watch import deadlines

_READING: Final = (
    *("device_id", "sender_id", "measured_at", "admission_id", "named"),
    *("kind", "number", "code", "as_sent"),
    *("source", "quality", "context", "late", "reported_by", "comment"),
    *("gateway_id", "sent_at", "received_at", "stored_at", "clock_offset", "batch", "receipt"),
)


def store(uploads: Sequence[Upload], *, at: datetime) -> int:
    """Store what can be stored and tell each upload what became of its readings; returns the
    batch's number. The days' partitions must be there."""
    items, doubtful = _understood(uploads)
    groups, unlikely = _still_meant(list(together(items))), list(together(doubtful))
    directory = look_up(
        [group.asked for group in (*groups, *unlikely)],
        at=at,
        also={u.admission_id for u in uploads if u.admission_id is not None},
    )
    claims = [(group, _claim(group, directory)) for group in groups]
    claimed = [Claimed(group, claim) for group, claim in claims if isinstance(claim, Claim)]
    doubts = [
        (item, claim)
        for group, claim in claims
        if isinstance(claim, Unclaimed)
        for item in group.items
    ]
    tray.lock(doubts, at=at)
    # Drawn after the locks, so that what rang can be replayed in the order in which it happened.
    batch = next_batch()
    tray.put(doubts, directory, at=at, batch=batch)
    fresh = without_duplicates(claimed)
    _write(fresh, at=at, batch=batch)
    _follow(fresh, directory, at=at, batch=batch)
    prompting.ask_again(((group, _claim(group, directory)) for group in unlikely), directory, at=at)
    heard.note_devices(_heard(claimed, directory))
    return batch


def _understood(uploads: Sequence[Upload]) -> tuple[list[Item], list[Item]]:
    """Readings in order, and those whose value no body can have."""
    items, doubtful = [], []
    for upload in uploads:
        read = Reader(received_at=upload.received_at, offset=upload.offset).read
        for position, given in enumerate(upload.readings):
            sent = read(given)
            if isinstance(sent, Sent):
                items.append(Item(upload, position, sent))
                continue
            upload.told[position] = _rejected(sent, given)
            if sent.sent is not None:
                doubtful.append(Item(upload, position, sent.sent))
    return items, doubtful


def _still_meant(groups: list[Together]) -> list[Together]:
    """Without what its sender took back before it was stored."""
    taken = retractions.among(groups)
    if not taken:
        return groups
    for group in groups:
        for item in group.items:
            if retractions.as_taken(item) in taken:
                item.tell(Outcome.REJECTED, retractions.RETRACTED)
        group.items = [item for item in group.items if retractions.as_taken(item) not in taken]
    return [group for group in groups if group.items]


def _rejected(rejected: Rejected, given: object) -> Told:
    told = given if isinstance(given, dict) else {}
    value = as_sent(told.get("value"), told.get("unit"))
    kind = as_sent(told.get("kind"), None)[:30]
    sent = storable(f"{kind} {value}")
    return Told(rejected.id, Outcome.REJECTED, rejected.why, sent)


def _claim(group: Together, directory: Directory) -> Claim | Unclaimed:
    upload = group.upload
    if upload.admission_id is None:
        return directory.claim(group.asked)
    device = directory.devices.get(group.asked.device)
    known = device.id if device else no_device(upload.gateway_id, upload.admission_id)
    return Claim(known, upload.admission_id)


def _heard(claimed: Iterable[Claimed], directory: Directory) -> Iterator[tuple[int, datetime, int]]:
    """Kit that was not noted in the last minute."""
    for group, _ in claimed:
        device, upload = directory.devices.get(group.asked.device), group.upload
        if device is not None and heard.is_due(device.heard_at, upload.received_at):
            yield device.id, upload.received_at, upload.gateway_id


def _write(fresh: Sequence[Claimed], *, at: datetime, batch: int) -> None:
    tails: dict[UUID, str] = {}
    lines: list[str] = []
    for claimed in fresh:
        upload = claimed.together.upload
        tail = tails.get(upload.receipt)
        if tail is None:
            tail = tails[upload.receipt] = _tail(upload, at, batch)
        lines += _lines(claimed, tail)
    # Two workers that insert the same keys do so in the same order.
    lines.sort()
    copying.copy("observations_reading", _READING, lines)


def _lines(claimed: Claimed, tail: str) -> Iterator[str]:
    """Written by hand, because nothing runs more often."""
    group, (device_id, admission_id) = claimed
    late = group.upload.is_late(group.measured_at)
    outcome, flag = (Outcome.LATE, "t") if late else (Outcome.STORED, "f")
    # Without a known device the name is in its number, and no custody is ever corrected.
    patient = group.asked.patient
    named = copying.escaped(patient) if patient and device_id > 0 else copying.NULL
    whose = f"\t{group.measured_at}\t{admission_id}\t{named}\t"
    plainly = f"{PLAINLY.columns}\t{flag}\t{copying.NULL}\t{copying.NULL}\t{tail}"
    for item in group.items:
        sent = item.sent
        item.tell(outcome)
        rest = plainly if sent.marks is PLAINLY else _marked(sent, flag, tail)
        yield f"{device_id}\t{copying.escaped(sent.id)}{whose}{sent.charted.columns}\t{rest}"


def _marked(sent: Sent, flag: str, tail: str) -> str:
    marks = sent.marks
    told = (copying.escaped(marks.reported_by), copying.escaped(marks.comment))
    return "\t".join((marks.columns, flag, *told, tail))


def _tail(upload: Upload, at: datetime, batch: int) -> str:
    told = [upload.gateway_id, upload.sent_at, upload.received_at, at, upload.offset, batch]
    return copying.line([*told, upload.receipt])


def _follow(fresh: Sequence[Claimed], directory: Directory, *, at: datetime, batch: int) -> None:
    """Everything that a stored reading changes."""
    touched: dict[UUID, list[Touch]] = defaultdict(list)
    for one in fresh:
        touches = _counting(one)
        if touches:
            touched[one.claim.admission_id] += touches
    jobs = scoring.rescore(touched, list(directory.admissions.values()), at=at, batch=batch)
    touch_standings({one.claim.admission_id for one in fresh} - touched.keys())
    deadlines.move(jobs, at=at)
    ringing.ring(jobs, at=at, batch=batch)
    # Measured under what was agreed before, and arrived after: judged by what holds now, too.
    changed = [job.admission for job in jobs if job.plan.changed(job.instants[0], at)]
    if changed:
        current.ring(changed, at=at, batch=batch)
    prompting.still_measuring(fresh, directory, at=at)


def _counting(claimed: Claimed) -> list[Touch]:
    """Poor readings and those of exertion are kept and shown, and judge nothing."""
    group, (device_id, _) = claimed
    upload, measured_at = group.upload, group.measured_at
    back, late = upload.set_back, upload.is_late(measured_at)
    at = measured_at - back if back else measured_at
    # What is left of the clock's error; most have none.
    left = upload.offset - back.total_seconds() if back else upload.offset
    touches = []
    for _, _, sent in group.items:
        charted, marks = sent.charted, sent.marks
        if marks is PLAINLY or marks.counts:
            value = (charted.number, charted.code, marks.source, upload.received_at, late)
            touches.append(Touch(charted.kind, Point(at, device_id, sent.id, *value), left))
    return touches
