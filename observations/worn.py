"""What is known of the kit that patients use: what they hold or, where they hold nothing, the
shared kit that last measured them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from observations import silence
from observations.models import Device, DeviceStatus
from observations.storage.queries import rows

_MUTE: Final = {
    tells: f"interval '{after.total_seconds()} seconds'"
    for tells, after in silence.DEAD_BY_TELLING.items()
}
# Of a piece, where `d` is a device, `s` its status, `g` its last gateway: what changes seldom, so
# that a board's row that shows it need not be made anew at each heartbeat.
KNOWN: Final = f"""d.kinds, s.battery, s.gateway_id IS NOT NULL, g.down_since,
    coalesce(g.last_heard_at - d.last_heard_at
        >= CASE WHEN s.gateway_id IS NULL THEN {_MUTE[False]} ELSE {_MUTE[True]} END, false)"""
PIECE: Final = f"json_build_array({KNOWN})"
# Rows of admission_id and device_id; put in a query for the admissions' ids.
USED: Final = """
    WITH held AS (
        SELECT one.id AS admission_id, h.device_id FROM ({of}) AS one(id)
        LEFT JOIN observations_holding h
          ON h.admission_id = one.id AND h.superseded_at IS NULL AND h.ends IS NULL
    )
    SELECT admission_id, device_id FROM held WHERE device_id IS NOT NULL
    UNION ALL
    SELECT DISTINCT v.admission_id, v.device_id FROM held
    JOIN observations_latestvital v ON v.admission_id = held.admission_id
    JOIN observations_device o ON o.id = v.device_id AND o.use = 'shared'
    WHERE held.device_id IS NULL
"""
JOINED: Final = """
    JOIN observations_device d ON d.id = used.device_id
    LEFT JOIN observations_devicestatus s ON s.device_id = d.id
    LEFT JOIN observations_gateway g ON g.id = d.last_gateway_id
"""
_OF_THESE: Final = USED.format(of="SELECT unnest(%(ids)s::uuid[])")
_PIECES: Final = (
    f"SELECT used.admission_id, {PIECE}::text "  # noqa: S608 — constants
    f"FROM ({_OF_THESE}) AS used {JOINED} "
    "ORDER BY used.admission_id, d.id"
)
_BEHIND: Final = (
    f"SELECT DISTINCT g.id, a.ward_id FROM ({_OF_THESE}) AS used "  # noqa: S608 — constants
    f"{JOINED} JOIN patients_admission a ON a.id = used.admission_id "
    "WHERE g.down_since IS NOT NULL"
)
_SERVED: Final = """
    WITH reporting AS (SELECT id, use FROM observations_device WHERE last_gateway_id = %s),
    used AS (
        SELECT h.admission_id FROM observations_holding h JOIN reporting r ON r.id = h.device_id
        WHERE h.superseded_at IS NULL AND h.ends IS NULL
        UNION
        SELECT v.admission_id FROM observations_latestvital v
        JOIN reporting r ON r.id = v.device_id AND r.use = 'shared'
        WHERE NOT EXISTS (SELECT FROM observations_holding k WHERE k.admission_id = v.admission_id
                          AND k.superseded_at IS NULL AND k.ends IS NULL)
    )
    SELECT a.ward_id, a.id FROM used
    JOIN patients_admission a ON a.id = used.admission_id AND a.discharged_at IS NULL
    ORDER BY a.id
"""


class Piece(NamedTuple):
    """A device that a patient uses, what it measures, and since when its gateway is down."""

    kinds: tuple[str, ...]
    known: silence.Device = silence.Device()
    gateway_down_since: datetime | None = None


def pieces(ids: Collection[UUID]) -> dict[UUID, list[Piece]]:
    """Of these admissions, in one query."""
    found: dict[UUID, list[Piece]] = defaultdict(list)
    for admission, told in rows(_PIECES, {"ids": list(map(str, ids))}):
        found[admission].append(piece(json.loads(told)))
    return found


def piece(told: Sequence[Any]) -> Piece:
    """Of what `PIECE` says."""
    kinds, battery, tells, down_since, mute = told
    since = datetime.fromisoformat(down_since) if down_since else None
    return Piece(tuple(kinds), silence.Device(battery, tells, since is not None, mute), since)


def known(device: Device) -> silence.Device:
    """The same of a device that was read with `told` and `last_gateway`."""
    told: DeviceStatus | None = getattr(device, "told", None)
    gateway, tells = device.last_gateway, told is not None and told.gateway_id is not None
    heard = gateway.last_heard_at if gateway else None
    return silence.Device(
        battery=told.battery if told else None,
        tells=tells,
        gateway_down=gateway is not None and gateway.down_since is not None,
        mute=silence.is_mute(device.last_heard_at, heard, tells=tells),
    )


def served(gateway_id: int) -> dict[int, list[UUID]]:
    """Current admissions whose kit was last heard through this gateway, by ward."""
    found: dict[int, list[UUID]] = defaultdict(list)
    for ward, admission in rows(_SERVED, [gateway_id]):
        found[ward].append(admission)
    return found


def behind_gateways(ids: Collection[UUID]) -> set[tuple[int, int]]:
    """The gateways that are down and through which these admissions' kit reports, with the ward of
    whom it concerns."""
    return {(gateway, ward) for gateway, ward in rows(_BEHIND, {"ids": list(map(str, ids))})}


def cause(
    kind: str, worn: Iterable[Piece], *, due_at: datetime | None, now: datetime
) -> silence.Cause:
    """Why this kind is silent; for what no device measures, and somebody types in, all speak."""
    kit = list(worn)
    measuring = [piece for piece in kit if kind in piece.kinds] or kit
    return silence.cause((piece.known for piece in measuring), due_at=due_at, now=now)
