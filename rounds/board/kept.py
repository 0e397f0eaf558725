"""The rows that this process made last, for as long as they would be made the same again.

In memory and not in Redis, which holds no patient's name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from lib.recent import Recent
from rounds.board import making, trends
from rounds.board.entries import PastScore
from rounds.board.facts import Facts
from rounds.board.moments import holds_until, step_end
from rounds.board.rows import Row


class Kept(NamedTuple):
    """The very texts that the row was made of: equal ones make an equal row until `until`."""

    facts: Facts
    row: Row
    until: dt.datetime


_kept: Recent[str, Kept] = Recent(most=2000)


def rows(found: Sequence[Facts], at: dt.datetime) -> list[Row]:
    """In the order given; ages are all that may differ from a row made anew."""
    known = [_known(facts, at) for facts in found]
    new = [facts.pk for facts, row in zip(found, known, strict=True) if row is None]
    past = trends.scores(new, step_end(at))
    return [
        row or _make(facts, past.get(facts.pk, ()), at)
        for facts, row in zip(found, known, strict=True)
    ]


def forget() -> None:
    _kept.clear()


def _known(facts: Facts, at: dt.datetime) -> Row | None:
    kept = _kept.get(facts.pk)
    if kept is None or not kept.row.at <= at < kept.until or kept.facts != facts:
        return None
    return kept.row


def _make(facts: Facts, scores: tuple[PastScore, ...], at: dt.datetime) -> Row:
    row = making.row(facts, scores, at)
    _kept.put(facts.pk, Kept(facts, row, holds_until(row)))
    return row
