"""The one count at an instant, read where it is kept: 24,000 beds take 0.3 s to count.

A kept line is what `counting` told of its ward (`actions/kept.py`). It holds while nobody came or
went since, which the ward's roster version tells, and no period began or ended, which its `until`
tells. Wards without one that holds are counted within the same statement, and so the answer is the
same whether anything is kept or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from capacity import counting
from capacity.counting import BedLine, PatientLine
from lib import london
from lib.prepared import Statement


def _asked(of: str) -> str:
    """Whether a ward is open and counts is asked anew; the rest is as it was counted."""
    return f"""
asked AS (
    SELECT %(day)s AS day, w.id, w.lead_provider_id, w.icb_id,
           coalesce(k.roster_version = w.roster_version
                    AND k.counted_at <= %(at)s AND k.until > %(at)s, false) AS kept
    FROM capacity_ward w LEFT JOIN capacity_keptward k ON k.ward_id = w.id
    WHERE {counting.OPEN.format(day="%(day)s")} AND {counting.COUNTING.format(day="%(day)s")}
      AND {of}
)
"""  # noqa: S608 — put together from constants only


_ONE_BY_ONE: Final = counting.Instants(
    "here AS (SELECT r.day, r.id, r.lead_provider_id, r.icb_id)",
    day="r.day",
    at="%(at)s",
    few=True,
)
_TYPES: Final = {"day": "date", "at": "timestamptz", "counting": "boolean"}


def instant(at: dt.datetime, *, counting: bool) -> dict[str, Any]:
    """As the statements name it."""
    return {"day": london.day_of(at), "at": at, "counting": counting}


@dataclass(frozen=True, slots=True)
class _Reading:
    """All wards' lines, or some wards': planned apart, since the one reads them from end to end."""

    every: Statement
    some: Statement

    def lines(
        self, at: dt.datetime, wards: Iterable[int] | None, *, counting: bool
    ) -> list[tuple[Any, ...]]:
        given = instant(at, counting=counting)
        if wards is None:
            return self.every.rows(given)
        return self.some.rows(given | {"wards": list(wards)})


def _reading(name: str, columns: Iterable[str], counted: str) -> _Reading:
    told = f"""
SELECT a.day, k.ward_id, k.provider_id, k.icb_id, {", ".join(columns)}
FROM asked a JOIN capacity_kept{name} k ON k.ward_id = a.id WHERE a.kept
UNION ALL
SELECT c.* FROM asked r, LATERAL ({counted}) AS c WHERE NOT r.kept
"""  # noqa: S608 — put together from constants of this module only
    every = f"WITH {_asked('true')} {told}"
    some = f"WITH {_asked('w.id = ANY(%(wards)s::bigint[])')} {told}"
    return _Reading(
        every=Statement(f"kept_{name}", every, **_TYPES),
        some=Statement(f"kept_{name}_of", some, **_TYPES, wards="bigint[]"),
    )


BEDS: Final = _reading("beds", counting.OF_BEDS, counting.beds_then(_ONE_BY_ONE))
PATIENTS: Final = _reading(
    "patients",
    ("pathway", "route", *counting.OF_PATIENTS),
    counting.patients_then(_ONE_BY_ONE),
)


def beds(
    at: dt.datetime, *, wards: Iterable[int] | None = None, counting: bool = False
) -> list[BedLine]:
    """As `counting.beds` of `counting.now`, in no order."""
    return [BedLine(*row) for row in BEDS.lines(at, wards, counting=counting)]


def patients(
    at: dt.datetime, *, wards: Iterable[int] | None = None, counting: bool = False
) -> list[PatientLine]:
    return [PatientLine(*row) for row in PATIENTS.lines(at, wards, counting=counting)]
