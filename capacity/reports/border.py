"""Who is looked after across a border between ICBs: by whose resident they are, whose bed they lie
in, whose ward that is and who reports it. The same patients as in every other count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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
    (_, given), _ = counting.statements(counting.now(at, counting=True))
    with connection.cursor() as cursor:
        cursor.execute(_LYING, given | {"icb": icb.pk})
        lying = [Lying(*row) for row in cursor.fetchall()]
    boards = {pk for one in lying for pk in (one.icb, one.ward_icb, one.home) if pk}
    who = {pk for one in lying for pk in (one.provider, one.lead)}
    return Border(
        icb=icb,
        at=at,
        lying=lying,
        icbs=IntegratedCareBoard.objects.in_bulk(boards | {icb.pk}),
        providers=Provider.objects.in_bulk(who),
    )
