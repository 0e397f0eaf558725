"""Everything that a batch's attribution needs, in one query a table, devices locked before
admissions: custody cannot be corrected between the question and the reading's being stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from lib.london import day_of
from observations.attribution import (
    NO_GATEWAY,
    AdmissionFacts,
    Asked,
    DeviceFacts,
    Directory,
    GatewayFacts,
    Held,
    no_device,
)
from observations.storage import copying
from observations.storage.queries import rows


def unattended(name: str, gateway_id: int, at: datetime) -> int | None:
    """The `device_id` of readings without a device of a patient whom this gateway may name."""
    found = Directory(gateways=_gateways({gateway_id}, at))
    found.tokens, found.patients = _tokens({name}), _patients({name})
    meant = {h.admission_id for held in found.tokens.values() for h in held}
    _lock_admissions(found, meant)
    named = found.named(name, found.gateways.get(gateway_id, NO_GATEWAY), at)
    return no_device(gateway_id, named[0]) if len(named) == 1 else None


def look_up(asked: Collection[Asked], *, at: datetime, also: Collection[UUID] = ()) -> Directory:
    """Everything about these readings; locks devices, then admissions, `also` among them."""
    names = {one.patient for one in asked if one.patient}
    found = Directory()
    found.gateways = _gateways({one.gateway_id for one in asked}, at)
    found.devices = _devices({one.device for one in asked if one.device})
    found.holdings = _holdings([device.id for device in found.devices.values()])
    if names:
        found.tokens, found.patients = _tokens(names), _patients(names)
    _lock_admissions(found, _possible(found, asked) | set(also))
    return found


def _possible(found: Directory, asked: Collection[Asked]) -> set[UUID]:
    """Holders at any time of the batch: a device's earlier ones are left alone."""
    if not asked:
        return set()
    times = [one.at for one in asked]
    first, last = min(times), max(times)
    periods = [h for held in (*found.holdings.values(), *found.tokens.values()) for h in held]
    return {h.admission_id for h in periods if h.starts <= last and not _over(h, first)}


def _over(held: Held, at: datetime) -> bool:
    return held.ends is not None and held.ends < at


def _lock_admissions(found: Directory, ids: Collection[UUID]) -> None:
    admissions = lock_admissions(ids, patients=found.patients.values())
    found.admissions = {admission.id: admission for admission in admissions}
    by_patient: dict[UUID, list[AdmissionFacts]] = defaultdict(list)
    for admission in admissions:
        by_patient[admission.patient_id].append(admission)
    found.of_patient = by_patient


def lock_admissions(
    ids: Collection[UUID], *, patients: Iterable[UUID] = ()
) -> list[AdmissionFacts]:
    """In order of their ids, FOR NO KEY UPDATE: unsorted, every second batch met a deadlock."""
    answer = rows(
        """
        SELECT a.id, a.patient_id, a.ward_id, w.lead_provider_id, a.admitted_at, a.discharged_at,
               a.destination = 'entered_in_error', a.pathway_version_id, a.usual_news2,
               a.board_version
        FROM patients_admission a JOIN capacity_ward w ON w.id = a.ward_id
        WHERE a.id = ANY(%s::uuid[]) OR a.patient_id = ANY(%s::uuid[])
        ORDER BY a.id FOR NO KEY UPDATE OF a
        """,
        [copying.array(list(map(str, ids))), copying.array(list(map(str, patients)))],
    )
    return [AdmissionFacts(*row) for row in answer]


def _gateways(ids: Collection[int], at: datetime) -> dict[int, GatewayFacts]:
    answer = rows(
        """
        SELECT g.id, g.supplier_id, array_remove(array_agg(p.provider_id), NULL)
        FROM observations_gateway g
        LEFT JOIN observations_gatewayprovider p
          ON p.gateway_id = g.id AND p.starts <= %(day)s AND (p.ends IS NULL OR p.ends > %(day)s)
        WHERE g.id = ANY(%(ids)s) GROUP BY g.id
        """,
        {"ids": list(ids), "day": day_of(at)},
    )
    return {row[0]: GatewayFacts(row[1], frozenset(row[2])) for row in answer}


def _devices(serials: Collection[str]) -> dict[str, DeviceFacts]:
    answer = rows(
        "SELECT serial, id, provider_id, use = 'shared', last_heard_at FROM observations_device "
        "WHERE serial = ANY(%s) ORDER BY id FOR SHARE",
        [copying.array(list(serials))],
    )
    return {row[0]: DeviceFacts(*row[1:]) for row in answer}


def _holdings(devices: Collection[int]) -> dict[int, list[Held]]:
    answer = rows(
        "SELECT device_id, starts, ends, admission_id FROM observations_holding "
        "WHERE device_id = ANY(%s) AND superseded_at IS NULL ORDER BY device_id, starts",
        [copying.numbers(devices)],
    )
    return _grouped(answer)


def _tokens(names: Collection[str]) -> dict[tuple[str, int], list[Held]]:
    answer = rows(
        "SELECT token, supplier_id, starts, ends, admission_id FROM observations_enrolmenttoken "
        "WHERE token = ANY(%s) ORDER BY starts",
        [list(names)],
    )
    return _grouped([((row[0], row[1]), *row[2:]) for row in answer])


def _patients(names: Collection[str]) -> dict[str, UUID]:
    answer = rows(
        "SELECT value, patient_id FROM patients_identifier WHERE value = ANY(%s) "
        "AND system = 'nhs_number' AND status IN ('unverified', 'verified')",
        [list(names)],
    )
    return dict(answer)


def _grouped(answer: Iterable[Any]) -> dict[Any, list[Held]]:
    grouped: dict[Any, list[Held]] = defaultdict(list)
    for key, *period in answer:
        grouped[key].append(Held(*period))
    return grouped
