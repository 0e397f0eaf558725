"""A ward's board as at one instant: the same object behind page, fragment and API."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from capacity.hours import ToCall
from capacity.models import Ward
from capacity.presence import WardCount, count_of
from patients.models import Admission
from patients.policies import can_see_on, can_treat_on
from rounds.board import facts, kept, making, trends
from rounds.board.entries import AlertNow
from rounds.board.head import Head, head
from rounds.board.moments import step_end
from rounds.board.rows import Row
from rounds.board.version import version_of
from rounds.holding import Watch


@dataclass(frozen=True)
class Board:
    """Rows stand in the order in which they need somebody."""

    ward: Ward
    at: dt.datetime
    version: str
    rows: tuple[Row, ...]
    count: WardCount
    watch: Watch
    call: ToCall | None
    ward_alerts: tuple[AlertNow, ...]
    lag: dt.timedelta
    may_treat: bool


def board(ward: Ward, *, user: User, at: dt.datetime) -> Board:
    found = head(ward.code, at)
    assert found, "a ward that was read a moment ago"
    return board_under(found, user=user, version=version_of(found, user))


def board_under(found: Head, *, user: User, version: str) -> Board:
    """Below what stands above the rows, which was read before them and never after.

    Who sees none of the ward's patients gets an empty board; views answer 404 before.
    """
    ward, at = found.ward, found.at
    return Board(
        ward=ward,
        at=at,
        version=version,
        rows=rows(ward, at) if can_see_on(user, ward, at=at) else (),
        count=count_of(ward, at),
        watch=found.watch,
        call=found.call,
        ward_alerts=found.alerts,
        lag=found.lag,
        may_treat=can_treat_on(user, ward, at=at),
    )


def rows(ward: Ward, at: dt.datetime) -> tuple[Row, ...]:
    """Everybody on the ward, in two statements however many they are."""
    return tuple(sorted(kept.rows(facts.on_ward(ward, at), at), key=lambda row: row.place))


def row_of(admission: Admission, *, at: dt.datetime) -> Row:
    """One patient's row alone, made anew."""
    found = facts.of_one(admission.pk, at)
    past = trends.scores([found.pk], step_end(at))
    return making.row(found, past.get(found.pk, ()), at)
