"""What is known of the kit that patients use: what they hold, and the shared kit that last measured
them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from observations import silence
from observations.storage.queries import rows

_KNOWN: Final = """
    WITH used AS (
        SELECT admission_id, device_id FROM observations_holding
        WHERE superseded_at IS NULL AND ends IS NULL AND admission_id = ANY(%(ids)s::uuid[])
        UNION
        SELECT v.admission_id, v.device_id FROM observations_latestvital v
        JOIN observations_device d ON d.id = v.device_id AND d.use = 'shared'
        WHERE v.admission_id = ANY(%(ids)s::uuid[])
    )
    SELECT used.admission_id, d.kinds, d.model, s.battery, d.last_heard_at,
           s.gateway_id IS NOT NULL, g.down_since, g.last_heard_at
    FROM used JOIN observations_device d ON d.id = used.device_id
    LEFT JOIN observations_devicestatus s ON s.device_id = d.id
    LEFT JOIN observations_gateway g ON g.id = d.last_gateway_id
    ORDER BY used.admission_id, d.id
"""
_SERVED: Final = """
    WITH reporting AS (SELECT id, use FROM observations_device WHERE last_gateway_id = %s),
    used AS (
        SELECT h.admission_id FROM observations_holding h JOIN reporting r ON r.id = h.device_id
        WHERE h.superseded_at IS NULL AND h.ends IS NULL
        UNION
        SELECT v.admission_id FROM observations_latestvital v
        JOIN reporting r ON r.id = v.device_id AND r.use = 'shared'
    )
    SELECT a.ward_id, a.id FROM used
    JOIN patients_admission a ON a.id = used.admission_id AND a.discharged_at IS NULL
    ORDER BY a.id
"""


class Piece(NamedTuple):
    """A device that a patient uses, what it measures, and since when its gateway is down."""

    kinds: tuple[str, ...]
    model: str
    known: silence.Device
    gateway_down_since: datetime | None = None


def pieces(ids: Collection[UUID]) -> dict[UUID, list[Piece]]:
    """Of these admissions, in one query."""
    found: dict[UUID, list[Piece]] = defaultdict(list)
    for admission, kinds, model, battery, heard, tells, down, gateway_heard in rows(
        _KNOWN, {"ids": list(map(str, ids))}
    ):
        known = silence.Device(battery, heard, tells, down is not None, gateway_heard)
        found[admission].append(Piece(tuple(kinds), model, known, down))
    return found


def served(gateway_id: int) -> dict[int, list[UUID]]:
    """Current admissions whose kit was last heard through this gateway, by ward."""
    found: dict[int, list[UUID]] = defaultdict(list)
    for ward, admission in rows(_SERVED, [gateway_id]):
        found[ward].append(admission)
    return found


def cause(
    kind: str, worn: Iterable[Piece], *, due_at: datetime | None, now: datetime
) -> silence.Cause:
    """Why this kind is silent."""
    measuring = [piece.known for piece in worn if kind in piece.kinds]
    return silence.cause(measuring, due_at=due_at, now=now)
