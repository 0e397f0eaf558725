"""Reads a ward's hours around a day: a part for other statements, and a statement of its own."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from typing import Final

from capacity.hours import Period, ToCall, Week, next_turn, to_call
from capacity.models import Ward
from lib.london import day_of
from lib.prepared import Statement

# `{ward}` is the ward's id; `%(day)s` a London date. What begins within ten days is needed for
# when the ward opens next.
WEEKS: Final = """(
SELECT json_agg(json_build_array(h.starts, h.ends, h.out_of_hours_team, h.out_of_hours_phone,
    (SELECT json_agg(json_build_array(p.weekday, p.opens, p.closes, p.phone)
                     ORDER BY p.weekday, p.opens)
     FROM capacity_wardperiod p WHERE p.hours_id = h.id)) ORDER BY h.starts)
FROM capacity_wardhours h
WHERE h.ward_id = {ward} AND h.starts <= %(day)s + 10
  AND (h.ends IS NULL OR h.ends >= %(day)s))::text"""
_OF_WARD: Final = Statement(
    "weeks_of_ward", f"SELECT {WEEKS.format(ward='%(ward)s')}", ward="bigint", day="date"
)


def weeks_of(ward: Ward, at: dt.datetime) -> tuple[Week, ...]:
    (row,) = _OF_WARD.rows({"ward": ward.pk, "day": day_of(at)})
    return read(row[0])


def every_week(ward: Ward) -> tuple[Week, ...]:
    """Past ones and planned ones too, in order."""
    found = ward.hours.prefetch_related("periods").order_by("starts")
    return tuple(
        Week(
            hours.starts,
            hours.ends,
            hours.out_of_hours_team,
            hours.out_of_hours_phone,
            tuple(Period(p.weekday, p.opens, p.closes, p.phone) for p in hours.periods.all()),
        )
        for hours in found
    )


@lru_cache(maxsize=512)
def read(text: str | None) -> tuple[Week, ...]:
    """What WEEKS told."""
    return tuple(_week(*told) for told in json.loads(text)) if text else ()


def called(text: str | None, at: dt.datetime) -> ToCall | None:
    """Whom to call at that instant; asked at each poll of a board."""
    return _called(text, at.replace(second=0, microsecond=0))


def turn_after(ward: Ward, at: dt.datetime) -> dt.datetime | None:
    return next_turn(weeks_of(ward, at), at)


# Hours turn with the minute.
@lru_cache(maxsize=2048)
def _called(text: str | None, at: dt.datetime) -> ToCall | None:
    return to_call(read(text), at)


def _week(
    starts: str, ends: str | None, team: str, phone: str, periods: list[list[str]] | None
) -> Week:
    return Week(
        dt.date.fromisoformat(starts),
        dt.date.fromisoformat(ends) if ends else None,
        team,
        phone,
        tuple(_period(*told) for told in periods or []),
    )


def _period(weekday: str, opens: str, closes: str, phone: str) -> Period:
    return Period(int(weekday), dt.time.fromisoformat(opens), dt.time.fromisoformat(closes), phone)
