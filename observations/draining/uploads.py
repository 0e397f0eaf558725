"""Readings that arrived together, and what becomes of each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from observations import clocks, limits
from observations.bells import LATE_AFTER
from observations.intake import payload
from observations.intake.payload import Sent
from observations.models import Receipt

Outcome = Receipt.Outcome
_LATE: Final = LATE_AFTER.total_seconds()


class Told(NamedTuple):
    """What became of one reading; `sent` is kept where its value was rejected."""

    id: str
    outcome: int
    why: str = ""
    sent: str = ""


@dataclass(slots=True)
class Upload:
    """Readings that arrived together; `admission_id` names the patient where the house knows, and
    `devices` is what their gateway told of kit."""

    gateway_id: int
    receipt: UUID
    received_at: datetime
    readings: Sequence[Any]
    sent_at: datetime | None = None
    offset: float = 0.0
    admission_id: UUID | None = None
    key_id: int | None = None
    devices: Sequence[Any] = ()
    told: list[Told | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told = [None] * len(self.readings)

    @property
    def set_back(self) -> timedelta:
        """By how much its times are set back where readings are put in order and judged."""
        return clocks.set_back(self.offset)

    def is_late(self, sent: Sent) -> bool:
        """A label: received more than 15 minutes after it was measured, by the right clock."""
        return (self.received_at - sent.measured_at).total_seconds() + self.offset > _LATE


class Item(NamedTuple):
    """A reading that was understood, and where it stands in its upload."""

    upload: Upload
    position: int
    sent: Sent

    def tell(self, outcome: int, why: str = "") -> None:
        self.upload.told[self.position] = Told(self.sent.id, outcome, why)


class Claimed(NamedTuple):
    """A reading whose admission is known."""

    item: Item
    device_id: int
    admission_id: UUID

    @property
    def key(self) -> tuple[int, str, datetime]:
        return self.device_id, self.item.sent.id, self.item.sent.measured_at


def days_of(uploads: Iterable[Upload]) -> set[date]:
    """The UTC days whose partitions these uploads may need."""
    furthest = 2 * limits.ACCEPT_WINDOW.days + 1
    days: set[date] = set()
    for upload in uploads:
        around = upload.received_at.date()
        times = (payload.instant(r.get("measured_at")) for r in _objects(upload.readings))
        claimed = {at.date() for at in times if at is not None}
        days |= {day for day in claimed if abs((around - day).days) <= furthest}
    return days


def _objects(readings: Iterable[Any]) -> Iterable[dict[str, Any]]:
    return (reading for reading in readings if isinstance(reading, dict))
