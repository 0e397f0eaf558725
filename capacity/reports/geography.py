"""Published months restated to the boundaries of another day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from capacity.geography import Became, Counted, Geography, restate
from capacity.models import IntegratedCareBoard, Succession
from capacity.reports.published import League


def geography() -> Geography:
    """All that is stated, in two statements."""
    rows = Succession.objects.values_list("predecessor_code", "successor_code", "on", "share")
    ended = IntegratedCareBoard.objects.exclude(ends=None).values_list("code", "ends")
    return Geography(
        tuple(Became(before, after, on, Fraction(share or 1)) for before, after, on, share in rows),
        {code: ends for code, ends in ended if ends is not None},
    )


def maps() -> list[dt.date]:
    """The days on which boundaries changed, oldest first."""
    rows = Succession.objects.order_by("on").values_list("on", flat=True).distinct()
    return list(rows)


def restated(leagues: Iterable[League], known: Geography, until: dt.date) -> list[League]:
    """England stays what it was. Raises CannotRestate."""
    boards = IntegratedCareBoard.objects.only("code", "name", "region")
    named = {board.code: board for board in boards}
    return [_restated(league, known, until, named) for league in leagues]


def _restated(
    league: League, known: Geography, until: dt.date, named: dict[str, IntegratedCareBoard]
) -> League:
    lines = {line.code: line for line in league.icbs}
    counted = [
        Counted(line.code, line.count, line.population, line.returned) for line in league.icbs
    ]
    found = restate(counted, known, league.month, until)
    return League(
        england=league.england,
        icbs=[
            replace(
                lines[one.made_of[0]],
                code=code,
                name=named[code].name if code in named else code,
                region_code=named[code].region_id if code in named else "",
                population=one.population,
                capacity=one.count.beds,
                patients=one.count.patients if one.returned else None,
                returned=one.returned,
            )
            for code, one in sorted(found.items())
        ],
    )
