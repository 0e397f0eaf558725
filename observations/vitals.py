"""One admission's readings over a time, as pages and API read them, and their public names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from observations import kinds
from observations.storage.queries import rows


class Vital(NamedTuple):
    """A stored reading; `device` is the serial, or None where it came without one."""

    device_id: int
    sender_id: str
    kind: str
    number: float
    code: str | None
    as_sent: str
    measured_at: datetime
    sent_at: datetime | None
    received_at: datetime
    stored_at: datetime
    source: int
    quality: int
    context: int
    late: bool
    error: bool
    device: str | None

    @property
    def public_id(self) -> str:
        return public_id(self.device_id, self.sender_id, self.measured_at)


def public_id(device_id: int, sender_id: str, measured_at: datetime) -> str:
    """`<UTC day>-<digest>`: known as soon as a reading is, and its day finds the partition."""
    day = measured_at.astimezone(UTC)
    told = f"{device_id}\x00{sender_id}\x00{day.isoformat(timespec='microseconds')}"
    return f"{day:%Y%m%d}-{blake2b(told.encode(), digest_size=16).hexdigest()}"


def day_of_public_id(name: str) -> date | None:
    """The UTC day that a public id names; None when it is none."""
    try:
        return datetime.strptime(name[:8], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def vitals(
    admission_id: UUID,
    start: datetime,
    end: datetime,
    *,
    struck: bool = False,
    most: int | None = None,
) -> list[Vital]:
    """From `start` to before `end`, in order of time, `most` at most; `struck` tells those in error
    too."""
    answer = rows(
        """
        SELECT r.device_id, r.sender_id, r.kind, r.number, r.code, r.as_sent, r.measured_at,
               r.sent_at, r.received_at, r.stored_at, r.source, r.quality, r.context, r.late,
               r.error, d.serial
        FROM observations_reading r LEFT JOIN observations_device d ON d.id = r.device_id
        WHERE r.admission_id = %s AND r.measured_at >= %s AND r.measured_at < %s
          AND (NOT r.error OR %s)
        ORDER BY r.measured_at, r.kind, r.device_id, r.sender_id LIMIT %s
        """,
        [admission_id, start, end, struck, most],
    )
    return [Vital._make((*row[:2], kinds.NAMES[row[2]], *row[3:])) for row in answer]
