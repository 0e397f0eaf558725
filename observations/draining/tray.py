"""Readings that found no patient: kept whole, and rung where one alone is worrying."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Min
from psycopg2.extras import execute_values

from capacity.models import Ward
from lib import london
from observations import kinds, silence
from observations.alerting import ward_alerts
from observations.alone import scores_three
from observations.attribution import Directory, Unclaimed
from observations.draining.duplicates import Content, content_of
from observations.draining.uploads import Item, Outcome
from observations.intake.sent import CONTEXTS, QUALITIES, SOURCES, storable
from observations.models import UnclaimedReading
from observations.models.inbox import alert_subject
from observations.rules import NEWS2, Finding
from observations.storage.locks import Lock
from observations.storage.queries import rows
from patients.models import Admission

Doubt = tuple[Item, Unclaimed]
_INSERT: Final = """
    INSERT INTO observations_unclaimedreading (gateway_id, serial, device_id, ward_id, sender_id,
        named, kind, number, code, as_sent, measured_at, received_at, clock_offset, receipt, why,
        candidates, decision, reason)
    VALUES %s ON CONFLICT (gateway_id, serial, named, kind, sender_id, measured_at) DO NOTHING
    RETURNING gateway_id, serial, named, kind, sender_id, measured_at
"""


class Fresh(NamedTuple):
    """A reading that the tray did not have, and the ward whose tray it is."""

    item: Item
    claim: Unclaimed
    ward_id: int | None


def lock(doubts: Iterable[Doubt], *, at: datetime) -> None:
    """Before the batch's number is drawn: two workers that ring for one sender do it one after the
    other, in the order of their numbers. No patient's lock does that for a ward's alert."""
    worrying = {
        _subject(item, claim) for item, claim in doubts if _is_current(item, at) and worries(item)
    }
    if worrying:
        rows(
            "SELECT pg_advisory_xact_lock(%s, key) FROM "
            "(SELECT DISTINCT hashtext(subject) AS key FROM unnest(%s) AS subject ORDER BY 1) k",
            [Lock.TRAY, sorted(worrying)],
        )


def put(doubts: Sequence[Doubt], directory: Directory, *, at: datetime, batch: int) -> None:
    """Keep each whole for a person to decide; ring where one alone is worrying."""
    if not doubts:
        return
    firsts = {_key(item): (item, claim) for item, claim in reversed(doubts)}
    wards = _wards(list(firsts.values()), directory, at=at)
    new = _insert(firsts, wards)
    known = _stored({key: item for key, (item, _) in firsts.items() if key not in new})
    fresh: list[Fresh] = []
    for item, claim in doubts:
        key = _key(item)
        first = firsts[key][0]
        if key in new and first is item:
            item.tell(Outcome.UNCLAIMED, claim.why)
            fresh.append(Fresh(item, claim, wards[key]))
        elif content_of(item.sent) == known.get(key, content_of(first.sent)):
            item.tell(Outcome.DUPLICATE)
        else:
            item.tell(Outcome.REJECTED, "id_reused")
    ring(fresh, at=at, batch=batch)


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
        SOURCES[sent.get("source")],
        QUALITIES[sent.get("quality")],
        CONTEXTS[sent.get("context")],
    )


def _insert(
    doubts: Mapping[tuple[Any, ...], Doubt], wards: Mapping[tuple[Any, ...], int | None]
) -> set[tuple[Any, ...]]:
    rows = [_row(item, claim, wards[key]) for key, (item, claim) in sorted(doubts.items())]
    with connection.cursor() as cursor:
        return set(execute_values(cursor.cursor, _INSERT, rows, page_size=1000, fetch=True))


def _row(item: Item, claim: Unclaimed, ward_id: int | None) -> tuple[Any, ...]:
    upload, position, sent = item
    whole = json.dumps(storable(upload.readings[position]))
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


def ring(fresh: Iterable[Fresh], *, at: datetime, batch: int) -> None:
    """Scoring 3 all by itself, and still current: somebody must find out whose it is."""
    about: dict[ward_alerts.About, list[Finding]] = defaultdict(list)
    for item, claim, ward_id in fresh:
        if ward_id is not None and _is_current(item, at) and worries(item):
            about[ward_alerts.About(ward_id, _subject(item, claim))].append(_finding(item))
    ward_alerts.ring({one: _in_order(some) for one, some in about.items()}, at=at, batch=batch)


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Whichever upload of a batch was read first, it rings in the same words."""
    return sorted(findings, key=lambda one: (one.measured_at, one.key, one.text))


def _finding(item: Item) -> Finding:
    sent = item.sent
    kind = kinds.KINDS[sent.kind]
    shown = kinds.show(sent.kind, sent.number, sent.code)
    told = f"{kind.short} {shown}" if sent.code else f"{kind.short} {shown} {kind.unit}".rstrip()
    return Finding(
        key=f"{NEWS2}:{sent.kind}",
        priority="prompt",
        parameters=frozenset({sent.kind}),
        text=f"Reading without a patient: {told}, {sent.device or 'no device'}",
        values=((sent.kind, shown),),
        measured_at=sent.measured_at,
    )


def _subject(item: Item, claim: Unclaimed) -> str:
    return alert_subject(item.sent.device, item.sent.patient, claim.why)


def _is_current(item: Item, at: datetime) -> bool:
    return at < silence.stale_at(None, item.sent.measured_at)


def worries(item: Item) -> bool:
    """Whether this reading alone scores 3."""
    sent = item.sent
    return sent.marks.counts and scores_three(sent.kind, sent.number, sent.code)
