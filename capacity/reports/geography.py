"""Published months restated to the boundaries of another day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from capacity.geography import WHOLE, Became, Counted, Geography, restate
from capacity.models import IntegratedCareBoard, Succession
from capacity.reports.published import League


def geography() -> Geography:
    """All that is stated, in two statements."""
    stated = Succession.objects.all()
    ended = IntegratedCareBoard.objects.exclude(ends=None).values_list("code", "ends")
    return Geography(
        tuple(_became(one) for one in stated),
        {code: ends for code, ends in ended if ends is not None},
    )


def _became(one: Succession) -> Became:
    share = WHOLE if one.share is None else Fraction(one.share)
    return Became(one.predecessor_code, one.successor_code, one.on, share)


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
