"""Whose reading it is: who held the device when it was measured, or whom the sender named.

Answered from memory, for each reading of a batch; `lookups` asks the database once for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple
from uuid import UUID

from observations.intake.sent import Sent

_SECOND: Final = timedelta(seconds=1)


class Held(NamedTuple):
    """A period in which an admission held a device."""

    starts: datetime
    ends: datetime | None
    admission_id: UUID

    def covers(self, at: datetime) -> bool:
        return self.starts <= at and (self.ends is None or at < self.ends)


class DeviceFacts(NamedTuple):
    id: int
    provider_id: int
    shared: bool
    heard_at: datetime | None = None


class GatewayFacts(NamedTuple):
    supplier_id: int
    providers: frozenset[int]


class AdmissionFacts(NamedTuple):
    """An admission under its lock; times and versions are the newest."""

    id: UUID
    patient_id: UUID
    ward_id: int
    provider_id: int
    admitted_at: datetime
    discharged_at: datetime | None
    entered_in_error: bool
    pathway_version_id: int
    usual_news2: int | None
    version: int

    def covers(self, at: datetime) -> bool:
        ended = self.discharged_at is not None and at >= self.discharged_at
        return self.admitted_at <= at and not ended and not self.entered_in_error


class Asked(NamedTuple):
    """Whose is what this gateway brought of this device or patient; its clock error in seconds."""

    gateway_id: int
    offset: float
    device: str
    patient: str
    measured_at: datetime

    @classmethod
    def about(cls, sent: Sent, *, gateway_id: int, offset: float) -> Asked:
        return cls(gateway_id, offset, sent.device, sent.patient, sent.measured_at)

    @property
    def at(self) -> datetime:
        return self.measured_at - self.offset * _SECOND if self.offset else self.measured_at


class Claim(NamedTuple):
    """The reading is this admission's; `device_id` is negative where no device is known."""

    device_id: int
    admission_id: UUID


class Unclaimed(NamedTuple):
    """Nobody's, for now; `candidates` are admissions that it may be of."""

    why: str
    device_id: int | None
    candidates: tuple[UUID, ...]


@dataclass(slots=True)
class Directory:
    """All that a batch's readings may be asked about."""

    gateways: dict[int, GatewayFacts] = field(default_factory=dict)
    devices: dict[str, DeviceFacts] = field(default_factory=dict)
    holdings: dict[int, list[Held]] = field(default_factory=dict)
    tokens: dict[tuple[str, int], list[Held]] = field(default_factory=dict)
    patients: dict[str, UUID] = field(default_factory=dict)
    admissions: dict[UUID, AdmissionFacts] = field(default_factory=dict)
    of_patient: dict[UUID, list[AdmissionFacts]] = field(default_factory=dict)

    def claim(self, asked: Asked) -> Claim | Unclaimed:
        """Whose readings are; identity keeps the time as sent, custody uses the corrected one."""
        gateway = self.gateways.get(asked.gateway_id, NO_GATEWAY)
        if not asked.device:
            return self._of_named(asked, gateway)
        device = self.devices.get(asked.device)
        if device is None or device.provider_id not in gateway.providers:
            return Unclaimed("unknown_device", None, self.named(asked.patient, gateway, asked.at))
        if device.shared:
            return self._of_shared(asked, device, gateway)
        return self._of_personal(asked, device)

    def _of_personal(self, asked: Asked, device: DeviceFacts) -> Claim | Unclaimed:
        claim = worn_by(device.id, self.holdings.get(device.id, []), asked.measured_at, asked.at)
        if not asked.patient or isinstance(claim, Unclaimed):
            return claim
        return self.unless_named(claim, asked)

    def unless_named(self, claim: Claim, asked: Asked) -> Claim | Unclaimed:
        """Who wore it has it, unless the sender named somebody else."""
        if not asked.patient:
            return claim
        gateway = self.gateways.get(asked.gateway_id, NO_GATEWAY)
        named = self.named(asked.patient, gateway, asked.at)
        if claim.admission_id in named:
            return claim
        return Unclaimed("not_the_holder", claim.device_id, _known((claim.admission_id, *named)))

    def _of_shared(
        self, asked: Asked, device: DeviceFacts, gateway: GatewayFacts
    ) -> Claim | Unclaimed:
        if not asked.patient:
            return Unclaimed("patient_not_named", device.id, ())
        named = self.named(asked.patient, gateway, asked.at)
        if len(named) != 1:
            return Unclaimed("unknown_patient", device.id, named)
        return Claim(device.id, named[0])

    def _of_named(self, asked: Asked, gateway: GatewayFacts) -> Claim | Unclaimed:
        named = self.named(asked.patient, gateway, asked.at)
        if len(named) != 1:
            return Unclaimed("unknown_patient", None, named)
        return Claim(no_device(asked.gateway_id, named[0]), named[0])

    def named(self, name: str, gateway: GatewayFacts, at: datetime) -> tuple[UUID, ...]:
        """The admission that a token or NHS number meant then, if this gateway may know of it."""
        if not name:
            return ()
        token = holder_at(self.tokens.get((name, gateway.supplier_id), []), at)
        if token is not None:
            return (token,)
        admissions = self.of_patient.get(self.patients.get(name, _NOBODY), [])
        return tuple(
            a.id for a in admissions if a.covers(at) and a.provider_id in gateway.providers
        )


NO_GATEWAY: Final = GatewayFacts(0, frozenset())
_NOBODY: Final = UUID(int=0)


def no_device(gateway_id: int, admission_id: UUID) -> int:
    """What stands for the device of a reading that has none: the sender's ids are unique only
    within one patient of one gateway."""
    digest = blake2b(admission_id.bytes + gateway_id.to_bytes(8, "big"), digest_size=8).digest()
    return -1 - (int.from_bytes(digest, "big") >> 2)


def worn_by(
    device_id: int, held: list[Held], sent_at: datetime, true_at: datetime
) -> Claim | Unclaimed:
    """Of a personal device: whose it was by the right clock, unless the sender's says otherwise."""
    holder = holder_at(held, true_at)
    if true_at is not sent_at:
        by_its_clock = holder_at(held, sent_at)
        if by_its_clock != holder:
            return Unclaimed("unclear_holder", device_id, _known((holder, by_its_clock)))
    if holder is None:
        return Unclaimed("no_holder", device_id, _nearest(held, true_at))
    return Claim(device_id, holder)


def holder_at(held: list[Held], at: datetime) -> UUID | None:
    # From the newest: of a device's holders it is nearly always the last.
    for period in reversed(held):
        if period.starts <= at:
            return period.admission_id if period.covers(at) else None
    return None


def _nearest(held: list[Held], at: datetime) -> tuple[UUID, ...]:
    """Who held it before, and who after."""
    before = [period.admission_id for period in held if period.starts <= at]
    after = [period.admission_id for period in held if period.starts > at]
    return _known((*before[-1:], *after[:1]))


def _known(ids: Iterable[UUID | None]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(one for one in ids if one is not None))
