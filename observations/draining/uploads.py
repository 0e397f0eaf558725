"""Readings that arrived together, and what becomes of each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from observations import clocks, limits
from observations.attribution import Asked, Claim
from observations.bells import LATE_AFTER
from observations.intake import payload
from observations.intake.sent import Sent
from observations.models import Receipt

Outcome = Receipt.Outcome
_LATE: Final = LATE_AFTER.total_seconds()


class Told(NamedTuple):
    """What became of one reading; `sent` is kept where its value was rejected."""

    id: str
    outcome: int
    why: str = ""
    sent: str = ""


@dataclass(slots=True, eq=False)
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

    def is_late(self, measured_at: datetime) -> bool:
        """A label: received more than 15 minutes after it was measured, by the right clock."""
        return (self.received_at - measured_at).total_seconds() + self.offset > _LATE


@dataclass(slots=True, eq=False)
class Together:
    """Readings of one upload with one device, patient and time: whose they are is one question."""

    upload: Upload
    asked: Asked
    items: list[Item] = field(default_factory=list)

    @property
    def measured_at(self) -> datetime:
        return self.asked.measured_at


class Item(NamedTuple):
    """A reading that was understood, and where it stands in its upload."""

    upload: Upload
    position: int
    sent: Sent

    def tell(self, outcome: int, why: str = "") -> None:
        self.upload.told[self.position] = Told(self.sent.id, outcome, why)


class Claimed(NamedTuple):
    """Readings taken together whose admission is known."""

    together: Together
    claim: Claim

    @property
    def items(self) -> list[Item]:
        return self.together.items

    def only(self, items: list[Item]) -> Claimed:
        together = Together(self.together.upload, self.together.asked, items)
        return Claimed(together, self.claim)


def together(items: Iterable[Item]) -> Iterator[Together]:
    """Neighbours that belong together; a sender who mixes them gets the same answers, slower."""
    group, last = None, None
    for item in items:
        upload, _, sent = item
        if (
            group is None
            or last is None
            or upload is not group.upload
            or sent.measured_at is not last.measured_at
            or sent.device != last.device
            or sent.patient != last.patient
        ):
            if group is not None:
                yield group
            asked = Asked.about(sent, gateway_id=upload.gateway_id, offset=upload.offset)
            group = Together(upload, asked)
        group.items.append(item)
        last = sent
    if group is not None:
        yield group


def days_of(uploads: Iterable[Upload]) -> set[date]:
    """The UTC days whose partitions these uploads may need."""
    furthest = 2 * limits.ACCEPT_WINDOW.days + 1
    days: set[date] = set()
    for upload in uploads:
        around = upload.received_at.date()
        told = {t for t in map(_time_of, upload.readings) if isinstance(t, str)}
        claimed = {at.date() for text in told if (at := payload.instant(text)) is not None}
        days |= {day for day in claimed if abs((around - day).days) <= furthest}
    return days


def _time_of(reading: object) -> object:
    return reading.get("measured_at") if isinstance(reading, dict) else None
