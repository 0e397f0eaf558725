"""Readings that found no patient, and what the readings ask a person to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Min
from psycopg2.extras import execute_values

from capacity.models import Ward
from lib import london
from observations import kinds, news2, silence
from observations.alerting import ringing
from observations.attribution import Claim, Directory, Unclaimed
from observations.draining.duplicates import Content, content_of
from observations.draining.uploads import Claimed, Item, Outcome
from observations.intake import payload
from observations.models import Prompt, UnclaimedReading
from observations.models.inbox import alert_subject
from observations.rules import NEWS2, Finding
from patients.models import Admission

Doubt = tuple[Item, Unclaimed]
_INSERT: Final = """
    INSERT INTO observations_unclaimedreading (gateway_id, serial, device_id, ward_id, sender_id,
        named, kind, number, code, as_sent, measured_at, received_at, clock_offset, receipt, why,
        candidates, decision, reason)
    VALUES %s ON CONFLICT (gateway_id, serial, named, kind, sender_id, measured_at) DO NOTHING
    RETURNING gateway_id, serial, named, kind, sender_id, measured_at
"""


def put(doubts: Sequence[Doubt], directory: Directory, *, at: datetime, batch: int) -> None:
    """Keep each whole for a person to decide; ring where one alone is worrying."""
    if not doubts:
        return
    firsts = {_key(item): (item, claim) for item, claim in reversed(doubts)}
    wards = _wards(list(firsts.values()), directory, at=at)
    new = _insert(firsts, wards)
    known = _stored({key: item for key, (item, _) in firsts.items() if key not in new})
    for item, claim in doubts:
        key = _key(item)
        first = firsts[key][0]
        if key in new and first is item:
            item.tell(Outcome.UNCLAIMED, claim.why)
            _ring(item, claim, wards[key], at=at, batch=batch)
        elif content_of(item.sent) == known.get(key, content_of(first.sent)):
            item.tell(Outcome.DUPLICATE)
        else:
            item.tell(Outcome.REJECTED, "id_reused")


def ask_again(item: Item, claim: Claim | Unclaimed, directory: Directory, *, at: datetime) -> None:
    """A value that no body can have: somebody should measure once more."""
    if isinstance(claim, Claim) and claim.admission_id in directory.admissions:
        label = kinds.KINDS[item.sent.kind].label
        _prompt(
            Prompt.Kind.REPEAT_MEASUREMENT,
            directory,
            claim,
            f"{label} was sent as {item.sent.as_sent}, which cannot be. Repeat the measurement.",
            at,
        )


def still_measuring(fresh: Iterable[Claimed], directory: Directory, *, at: datetime) -> None:
    """Kit that goes on reporting from the home of somebody who was discharged."""
    told: set[Claim] = set()
    for item, device_id, admission_id in fresh:
        admission = directory.admissions[admission_id]
        ended = admission.discharged_at
        claim = Claim(device_id, admission_id)
        if ended is None or item.sent.measured_at < ended or claim in told:
            continue
        told.add(claim)
        text = f"{item.sent.device or 'The app'} still measures after discharge: call."
        _prompt(Prompt.Kind.STILL_MEASURING, directory, claim, text, at)


def _prompt(kind: str, directory: Directory, claim: Claim, text: str, at: datetime) -> None:
    """One open prompt of a kind for a patient and device."""
    Prompt.objects.bulk_create(
        [
            Prompt(
                kind=kind,
                ward_id=directory.admissions[claim.admission_id].ward_id,
                admission_id=claim.admission_id,
                device_id=claim.device_id if claim.device_id > 0 else None,
                text=text[:240],
                raised_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def _key(item: Item) -> tuple[Any, ...]:
    """Who sent it, of whom and what: an app's ids are unique within one patient only."""
    sent = item.sent
    whose = (item.upload.gateway_id, sent.device, sent.patient)
    return *whose, sent.kind, sent.id, sent.measured_at


def _stored(items: Mapping[tuple[Any, ...], Item]) -> dict[tuple[Any, ...], Content]:
    """What the tray holds, or held, under these keys."""
    if not items:
        return {}
    rows = UnclaimedReading.objects.filter(
        gateway_id__in={item.upload.gateway_id for item in items.values()},
        sender_id__in={item.sent.id for item in items.values()},
        measured_at__in={item.sent.measured_at for item in items.values()},
    )
    found = {
        (r.gateway_id, r.serial, r.named, r.kind, r.sender_id, r.measured_at): _content(r)
        for r in rows
    }
    return {key: found[key] for key in items if key in found}


def _content(row: UnclaimedReading) -> Content:
    sent = row.as_sent
    return Content(
        row.measured_at,
        kinds.NUMBERS[row.kind],
        row.number,
        row.code or None,
        payload.SOURCES[sent.get("source")],
        payload.QUALITIES[sent.get("quality")],
        payload.CONTEXTS[sent.get("context")],
    )


def _insert(
    doubts: Mapping[tuple[Any, ...], Doubt], wards: Mapping[tuple[Any, ...], int | None]
) -> set[tuple[Any, ...]]:
    rows = [_row(item, claim, wards[key]) for key, (item, claim) in sorted(doubts.items())]
    with connection.cursor() as cursor:
        return set(execute_values(cursor.cursor, _INSERT, rows, page_size=1000, fetch=True))


def _row(item: Item, claim: Unclaimed, ward_id: int | None) -> tuple[Any, ...]:
    upload, position, sent = item
    whole = json.dumps(payload.without_nul(upload.readings[position]))
    return (
        *(upload.gateway_id, sent.device, claim.device_id, ward_id, sent.id, sent.patient),
        *(sent.kind, sent.number, sent.code or "", whole, sent.measured_at, upload.received_at),
        *(upload.offset, upload.receipt, claim.why, list(claim.candidates), "", ""),
    )


def _wards(
    doubts: Sequence[Doubt], directory: Directory, *, at: datetime
) -> dict[tuple[Any, ...], int | None]:
    """The ward whose tray it is: a candidate's; else the first of those the kit may belong to."""
    ids = {one for _, claim in doubts for one in claim.candidates}
    of: dict[UUID, int] = dict(Admission.objects.filter(pk__in=ids).values_list("pk", "ward_id"))
    # Nobody looks into the tray of a ward that has closed.
    looked_into = Ward.objects.open_on(london.day_of(at))
    firsts = dict(looked_into.values_list("lead_provider").annotate(first=Min("pk")).order_by())
    return {
        _key(item): next((of[one] for one in claim.candidates if one in of), None)
        or _first_ward(item, claim, directory, firsts)
        for item, claim in doubts
    }


def _first_ward(
    item: Item, claim: Unclaimed, directory: Directory, firsts: Mapping[int, int]
) -> int | None:
    """The kit's own organisation's, else that of any other which the gateway serves."""
    device = directory.devices.get(item.sent.device)
    own = [device.provider_id] if device is not None and claim.device_id is not None else []
    gateway = directory.gateways.get(item.upload.gateway_id)
    served = sorted(gateway.providers) if gateway else []
    return next((firsts[provider] for provider in own + served if provider in firsts), None)


def _ring(item: Item, claim: Unclaimed, ward_id: int | None, *, at: datetime, batch: int) -> None:
    """Scoring 3 all by itself, and still current: somebody must find out whose it is."""
    sent = item.sent
    if ward_id is None or at >= silence.stale_at(None, sent.measured_at) or not _is_worrying(item):
        return
    shown = kinds.show(sent.kind, sent.number, sent.code)
    label = kinds.KINDS[sent.kind].short
    finding = Finding(
        key=f"{NEWS2}:{sent.kind}",
        priority="prompt",
        parameters=frozenset({sent.kind}),
        text=f"Reading without a patient: {label} {shown}, {sent.device or 'no device'}",
        values=((sent.kind, shown),),
        measured_at=sent.measured_at,
    )
    subject = alert_subject(sent.device, sent.patient, claim.why)
    ringing.ring_ward(ward_id, subject=subject, finding=finding, at=at, batch=batch)


def _is_worrying(item: Item) -> bool:
    sent = item.sent
    if sent.kind not in news2.PARAMETERS or sent.quality != 1 or sent.context == 2:
        return False
    given: dict[str, Any] = dict.fromkeys(news2.PARAMETERS)
    given[sent.kind] = kinds.news2_argument(sent.kind, sent.number, sent.code)
    return news2.score(**given).response == "low_medium"
