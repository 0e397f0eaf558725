"""Runs of stored readings that one answer corrects: all that one device measured for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from observations import limits
from observations.amends.corrections import Key
from observations.models import Device
from observations.storage.queries import rows

WITHOUT_DEVICE = "An app or a person, without a device"


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one device as this patient's; negative ids stand for no device."""

    device_id: int
    serial: str
    many: int
    first_at: datetime
    last_at: datetime


def runs_of(admission_id: UUID, at: datetime) -> list[Run]:
    """By device, the newest first, as far back as readings are accepted."""
    answer = rows(
        "SELECT device_id, count(*), min(measured_at), max(measured_at) FROM observations_reading "
        "WHERE admission_id = %s AND measured_at >= %s AND measured_at <= %s AND NOT error "
        "GROUP BY device_id ORDER BY 4 DESC",
        [admission_id, at - limits.ACCEPT_WINDOW, at + limits.ACCEPT_WINDOW],
    )
    serials = dict(
        Device.objects.filter(pk__in=[row[0] for row in answer]).values_list("pk", "serial")
    )
    return [Run(row[0], serials.get(row[0], WITHOUT_DEVICE), *row[1:]) for row in answer]


def readings_of(admission_id: UUID, device_id: int, start: datetime, end: datetime) -> list[Key]:
    """Of one device, both ends included; not what was struck through."""
    answer = rows(
        "SELECT device_id, sender_id, measured_at, admission_id FROM observations_reading "
        "WHERE admission_id = %s AND device_id = %s AND measured_at >= %s AND measured_at <= %s "
        "AND NOT error ORDER BY measured_at, sender_id",
        [admission_id, device_id, start, end],
    )
    return [Key(*row) for row in answer]
