"""The demo's gateways with their keys, and the kit that each patient has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from accounts.models import User
from observations.actions.devices import issue_device
from observations.actions.equipment import add_device, enrol
from observations.actions.gateways import register_gateway
from observations.actions.keys import issue_key
from observations.models import Device, Supplier
from patients.actions.places import add_place
from patients.models import Admission, Place
from rounds.demo import world
from rounds.demo.cases import Case
from rounds.demo.places import Places

# What measures what where a patient has more than one piece of kit.
PIECES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("H", "Home hub", ("respiratory_rate", "oxygen", "consciousness", "pain")),
    ("OX", "Pulse oximeter", ("spo2", "pulse")),
    ("BP", "Blood pressure cuff", ("systolic", "diastolic", "pulse")),
    ("TH", "Ear thermometer", ("temperature",)),
    ("WS", "Scales", ("weight",)),
    ("GM", "Glucose meter", ("glucose",)),
)
BOUGHT: Final = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Gate:
    """A gateway as the demo uses it: its key, and how wrong its clock is (seconds)."""

    name: str
    key: str
    skew: float


@dataclass(slots=True)
class Kit:
    """Keys by gateway, suppliers by name, care homes and their shared kit by ward."""

    gates: dict[str, Gate] = field(default_factory=dict)
    suppliers: dict[str, Supplier] = field(default_factory=dict)
    homes: dict[str, Place] = field(default_factory=dict)
    shared: dict[str, Device] = field(default_factory=dict)


@dataclass(slots=True)
class Worn:
    """A patient's kit: the serial that measures each kind; `names` is what readings call them."""

    case: Case
    admission: Admission
    gate: Gate
    serials: dict[str, str]
    names: str = ""


def set_up(places: Places, *, now: dt.datetime) -> Kit:
    """Suppliers, gateways and their keys, as they were before the readings began."""
    since = now - dt.timedelta(days=30)
    kit = Kit()
    for plan in world.gateways():
        served = [places.providers[code] for code in plan.providers]
        gateway = register_gateway(
            supplier=plan.supplier, name=plan.name, providers=served, by=None, at=since
        )
        kit.suppliers[plan.supplier] = gateway.supplier
        key = issue_key(gateway=gateway, by=None, at=since)
        kit.gates[plan.name] = Gate(plan.name, key, plan.skew)
    return kit


def hand_out(kit: Kit, places: Places, case: Case, admission: Admission, *, by: User) -> Worn:
    """Kit arrives with the patient, or stands in the care home already."""
    plan = gateway_of(case)
    gate, supplier = kit.gates[plan.name], kit.suppliers[plan.supplier]
    if case.home:
        device = _shared(kit, places, case, supplier)
        token = enrol(admission=admission, supplier=supplier, by=by, at=case.admitted_at)
        return Worn(case, admission, gate, dict.fromkeys(case.kinds, device.serial), token.token)
    serials: dict[str, str] = {}
    for device in _own(places, case, supplier):
        issue_device(device=device, admission=admission, by=by, at=case.admitted_at)
        serials |= dict.fromkeys(device.kinds, device.serial)
    return Worn(case, admission, gate, serials)


def gateway_of(case: Case) -> world.GatewayPlan:
    """Who is silent where one is down reports through that one."""
    cut_off = case.story == "silent" and case.ward.provider in world.down().providers
    return world.down() if cut_off else world.gateway_of(case.ward.provider)


def _own(places: Places, case: Case, supplier: Supplier) -> Iterator[Device]:
    """The first one is the hub through which the others report."""
    hub: Device | None = None
    for prefix, model, kinds in _pieces(case):
        device = add_device(
            serial=f"{prefix}-{_number(case)}",
            supplier=supplier,
            provider=places.providers[case.ward.provider],
            model=model,
            kinds=kinds,
            hub=hub,
            battery=None if hub is None else 55 + int(case.person.nhs_number[-3:]) % 44,
            firmware="4.2.1",
            by=None,
            at=case.admitted_at - BOUGHT,
        )
        hub = hub or device
        yield device


def _number(case: Case) -> int:
    """Once in the demo, whichever process hands it out."""
    return 2000 + int(case.person.nhs_number[3:9]) - 10


def _pieces(case: Case) -> list[tuple[str, str, tuple[str, ...]]]:
    """Several where the ward is told one by one, so that one piece can be silent; else one hub."""
    if not case.told or case.told.get("hub"):
        return [("H", "Home hub with sensors", case.kinds)]
    found = [(prefix, model, _both(kinds, case.kinds)) for prefix, model, kinds in PIECES]
    hub, *others = (piece for piece in found if piece[2])
    # What two of them could measure, the later one does: none that measures nothing else any more.
    return [hub, *sorted(others, key=lambda piece: not _is_broken(piece[2], case))]


def _is_broken(kinds: tuple[str, ...], case: Case) -> bool:
    return any(kind in case.told.get("without", ()) for kind in kinds)


def _both(kinds: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(kind for kind in kinds if kind in wanted)


def home_of(kit: Kit, case: Case, *, at: dt.datetime) -> Place:
    """The care home that this ward's residents live in."""
    code = case.ward.code
    if code not in kit.homes:
        kit.homes[code] = add_place(
            name=f"{case.ward.name.split()[0]} House care home (sample)",
            kind=Place.Kind.CARE_HOME,
            address=case.person.address,
            postcode=case.person.postcode,
            phone="0116 496 0700",
            by=None,
            at=at,
        )
    return kit.homes[code]


def _shared(kit: Kit, places: Places, case: Case, supplier: Supplier) -> Device:
    code = case.ward.code
    if code not in kit.shared:
        kit.shared[code] = add_device(
            serial=f"CH-{_number(case)}",
            supplier=supplier,
            provider=places.providers[case.ward.provider],
            model="Care home kit",
            kinds=case.kinds,
            place=kit.homes[code],
            battery=88,
            by=None,
            at=case.admitted_at - BOUGHT,
        )
    return kit.shared[code]
