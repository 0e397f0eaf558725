"""Several ICBs as they are now, restated to the boundaries of another day.

What several of today's boards count is joined, or shared out as is stated; no sum changes by it.
Boards that ended, and still have beds in their name, come in with what became of them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Final

from django.db.models import QuerySet

from capacity.geography import WHOLE, CannotRestate, Geography
from capacity.models import IntegratedCareBoard, Population
from capacity.presence import WardCount
from capacity.reports import together
from capacity.reports.geography import geography
from capacity.reports.together import Part, Whole
from lib import london

Board = IntegratedCareBoard
DAY: Final = dt.timedelta(days=1)
_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Piece:
    """What a board of now has of a board of the other day."""

    part: Part
    share: Fraction


def offered(maps: Iterable[dt.date], today: dt.date) -> list[dt.date]:
    """What is counted now stands on the newest boundaries, or on those to come; never on older
    ones, for what was joined is not taken apart."""
    ordered = sorted(maps)
    past = [day for day in ordered if day <= today]
    return [*past[-1:], *(day for day in ordered if day > today)]


def on_boundaries(
    wanted: Sequence[Board],
    visible: QuerySet[Board],
    until: dt.date,
    *,
    base: str,
    at: dt.datetime,
) -> tuple[list[Board], Whole]:
    """Whose counts are in it, and the sums by the boards of `until`. Raises CannotRestate."""
    known, today = geography(), london.day_of(at)
    boards = [*wanted, *ended_into(wanted, visible, known, today)]
    return boards, restated(together.whole(boards, base, at), known, today, until, base)


def ended_into(
    wanted: Sequence[Board], visible: QuerySet[Board], known: Geography, today: dt.date
) -> list[Board]:
    """Boards that are no more, all of which became the wanted ones. Raises CannotRestate."""
    codes = {icb.code for icb in wanted}
    over = visible.filter(ends__lte=today).select_related("region")
    return [icb for icb in over if {*_shares(known, icb, today, today)} <= codes]


def restated(whole: Whole, known: Geography, today: dt.date, until: dt.date, base: str) -> Whole:
    """By the boards of `until`. Raises CannotRestate."""
    found: defaultdict[str, list[Piece]] = defaultdict(list)
    for part in whole.parts:
        for code, share in _shares(known, part.icb, today, until).items():
            found[code].append(Piece(part, share))
    boards = _boards(found)
    people = _People.of(base, known)
    parts = [
        Part(
            icb=boards[code],
            counted=WardCount(),
            people=None,
            made_of=tuple(piece.part.icb.code for piece in pieces),
            partly=_partly(boards[code], pieces, known, today, until),
        )
        for code, pieces in found.items()
    ]
    counts = _shared_out(found.values())
    return Whole(
        [
            replace(part, counted=count, people=people.behind(part, pieces, until))
            for part, count, pieces in zip(parts, counts, found.values(), strict=True)
        ]
    )


def _boards(codes: Iterable[str]) -> dict[str, Board]:
    rows = Board.objects.filter(code__in=list(codes)).select_related("region")
    found = {icb.code: icb for icb in rows}
    if missing := {*codes} - {*found}:
        raise CannotRestate(f"{min(missing)} is no board that is known here.")
    return found


def _shares(known: Geography, icb: Board, today: dt.date, until: dt.date) -> dict[str, Fraction]:
    """Of a board that is no more, what became of it since its last day."""
    if icb.ends is not None and icb.ends <= today:
        return known.shares(icb.code, icb.ends - DAY, max(until, today))
    return known.shares(icb.code, today, until)


def _partly(
    board: Board, pieces: Sequence[Piece], known: Geography, today: dt.date, until: dt.date
) -> bool:
    """Whether it is also made of a board of today that is not among the pieces."""
    here = {piece.part.icb.code for piece in pieces}
    sources = {one.before for one in known.stated if today < one.on <= until}
    if board.starts <= today:
        sources.add(board.code)
    return any(board.code in known.shares(code, today, until) for code in sources - here)


def _shared_out(found: Iterable[Sequence[Piece]]) -> list[WardCount]:
    """Whole beds and people; what rounding takes from one the next one has, so that they add up
    to what was shared out."""
    counts: list[dict[str, int]] = []
    carried: dict[str, Fraction] = defaultdict(Fraction)
    for pieces in found:
        count: dict[str, int] = {}
        for name in WardCount.__slots__:
            exact = sum(
                (getattr(piece.part.counted, name) * piece.share for piece in pieces),
                start=carried[name],
            )
            count[name] = floor(exact + _HALF)
            carried[name] = exact - count[name]
        counts.append(count)
    return [WardCount(**count) for count in counts]


@dataclass(frozen=True, slots=True)
class _People:
    """The newest population of each board, and since when a board is what it is."""

    newest: dict[str, Population]
    starts: dict[str, dt.date]
    known: Geography

    @classmethod
    def of(cls, base: str, known: Geography) -> _People:
        rows = Population.objects.filter(base=base).select_related("icb").order_by("as_of")
        starts = dict(Board.objects.values_list("code", "starts"))
        return cls({row.icb.code: row for row in rows}, starts, known)

    def behind(self, part: Part, pieces: Sequence[Piece], until: dt.date) -> int | None:
        """Of all of a board, or of the pieces of it that are there; None where one is not held."""
        if not part.partly:
            exact = self._on(part.icb.code, until)
        else:
            told = [
                None if one.part.people is None else one.part.people * one.share for one in pieces
            ]
            exact = _sum(told)
        return None if exact is None else floor(exact + _HALF)

    def _on(self, code: str, day: dt.date) -> Fraction | None:
        """Counted since the board last changed, else the sum of those of whom it was made."""
        own = self.newest.get(code)
        into = [one for one in self.known.stated if one.after == code and one.on <= day]
        changed = max((one.on for one in into), default=None)
        if changed is None or (own is not None and own.as_of >= changed):
            return None if own is None else Fraction(own.value)
        made_of = {one.before: one.share for one in into if one.on == changed}
        if self.starts.get(code, changed) < changed:
            made_of.setdefault(code, WHOLE)  # it was there, and others came to it
        return _sum(
            None if (people := self._on(before, changed - DAY)) is None else people * share
            for before, share in made_of.items()
        )


def _sum(parts: Iterable[Fraction | None]) -> Fraction | None:
    known = list(parts)
    return None if None in known else sum((one for one in known if one), start=Fraction(0))
