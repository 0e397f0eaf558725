"""Who is looked after across a border between ICBs: by whose resident they are, whose bed they lie
in, whose ward that is and who reports it. The same patients as in every other count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from capacity import counting
from capacity.models import IntegratedCareBoard, Provider

_LYING: Final = f"""
WITH {counting.ONE.here}
SELECT coalesce(a.icb_id, h.icb_id), coalesce(a.provider_id, h.lead_provider_id),
       h.icb_id, h.lead_provider_id, p.home_icb_id, count(*)
FROM here h
JOIN {counting.ONE.stays("s.ward_id = h.id")} AND {counting.ONE.then("s")} AND {counting.REAL}
JOIN capacity_spell p ON p.id = s.spell_id
{counting.ONE.allocation("s.bed_id")}
WHERE %(icb)s IN (coalesce(a.icb_id, h.icb_id), h.icb_id, p.home_icb_id)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608 — put together from constants only
_EARLIER: Final = _LYING.replace("%(day)s", "%(earlier_day)s").replace("%(at)s", "%(earlier_at)s")
_BOTH: Final = f"""
SELECT true, now.* FROM ({_LYING}) now UNION ALL SELECT false, earlier.* FROM ({_EARLIER}) earlier
"""  # noqa: S608 — put together from constants only


@dataclass(frozen=True, slots=True)
class Lying:
    """Patients by ids: `icb` commissions the bed, or runs the ward where there is none; `home` is
    the ICB of their GP practice, and None where that is not known."""

    icb: int
    provider: int
    ward_icb: int
    lead: int
    home: int | None
    patients: int


@dataclass(frozen=True, slots=True)
class Border:
    """All that one ICB has to do with, and what the ids are called."""

    icb: IntegratedCareBoard
    at: dt.datetime
    lying: Sequence[Lying]
    icbs: dict[int, IntegratedCareBoard]
    providers: dict[int, Provider]


def border(icb: IntegratedCareBoard, at: dt.datetime) -> Border:
    """Three statements, however many wards there are."""
    rows = _rows(_LYING, icb, _then(at))
    (only,) = _named(icb, [(at, [Lying(*row) for row in rows])])
    return only


def borders(
    icb: IntegratedCareBoard, at: dt.datetime, earlier: dt.datetime
) -> tuple[Border, Border]:
    """At both instants, in three statements too."""
    before = {f"earlier_{name}": value for name, value in _then(earlier).items()}
    found: dict[bool, list[Lying]] = {True: [], False: []}
    for is_now, *row in _rows(_BOTH, icb, _then(at) | before):
        found[is_now].append(Lying(*row))
    now, then = _named(icb, [(at, found[True]), (earlier, found[False])])
    return now, then


def _then(at: dt.datetime) -> dict[str, Any]:
    (_, given), _ = counting.statements(counting.now(at, counting=True))
    return given


def _rows(sql: str, icb: IntegratedCareBoard, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given | {"icb": icb.pk})
        return list(cursor.fetchall())


def _named(
    icb: IntegratedCareBoard, found: Sequence[tuple[dt.datetime, list[Lying]]]
) -> list[Border]:
    every = [one for _, lying in found for one in lying]
    boards = {pk for one in every for pk in (one.icb, one.ward_icb, one.home) if pk}
    icbs = IntegratedCareBoard.objects.in_bulk(boards | {icb.pk})
    who = Provider.objects.in_bulk({pk for one in every for pk in (one.provider, one.lead)})
    return [Border(icb, at, lying, icbs, who) for at, lying in found]
