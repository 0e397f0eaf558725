"""Writes down what a recount changes in a day that had settled, within the recount itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from capacity.models import SettledDay
from lib import london

COUNTED_AGAIN: Final = "counted again"

# Beside the rows that it writes; `compared` has each figure as it is and, as was_…, as it was.
_CORRECTED: Final = """
corrected AS (
    INSERT INTO capacity_countcorrection
        (day, ward_id, provider_id, icb_id, figure, change, corrected_at, why)
    SELECT c.day, c.ward_id, c.provider_id, c.icb_id, f.figure, sum(f.change), %(computed)s,
           coalesce(min(n.why), %(unsaid)s)
    FROM compared c
    CROSS JOIN LATERAL (VALUES {changes}) AS f(figure, change)
    LEFT JOIN unnest(%(noted)s::date[], %(whys)s::text[]) AS n(day, why) ON n.day = c.day
    WHERE c.day = ANY(%(settled)s::date[])
    GROUP BY c.day, c.ward_id, c.provider_id, c.icb_id, f.figure
    HAVING sum(f.change) <> 0
)
"""
_CHANGE: Final = "('{0}', coalesce(c.{0}, 0) - coalesce(c.was_{0}, 0))"


def corrected(names: Iterable[str]) -> str:
    """A part of the recount's statement, for the figures of these names."""
    return _CORRECTED.format(changes=", ".join(_CHANGE.format(name) for name in names))


def was(names: Iterable[str]) -> str:
    """What `compared` needs to hold of the rows `k` for it."""
    return ", ".join(f"k.{name} AS was_{name}" for name in names)


def parameters(days: Collection[dt.date], notes: Mapping[dt.date, str]) -> dict[str, Any]:
    """`notes` say why a day is counted again, where somebody noted it."""
    return {
        "settled": list(settled(days)),
        "noted": list(notes),
        "whys": list(notes.values()),
        "unsaid": COUNTED_AGAIN,
    }


def settle(days: Iterable[dt.date], *, at: dt.datetime, after: dt.timedelta) -> None:
    """These were counted everywhere at that moment; too fresh ones settle with the next count."""
    late = (day for day in days if at >= london.count_instant(day) + after)
    SettledDay.objects.bulk_create(
        (SettledDay(day=day, settled_at=at) for day in late), ignore_conflicts=True
    )


def settled(days: Collection[dt.date]) -> set[dt.date]:
    return set(SettledDay.objects.filter(day__in=days).values_list("day", flat=True))


def is_settled(day: dt.date) -> bool:
    return bool(settled([day]))
