"""The counts on top of the board: what needs somebody, and where its rows are."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.utils.html import format_html

from lib.london import clock, to_utc, wall
from rounds.board import Board, Row
from rounds.board.entries import SILENCES
from rounds.board.risk import LETTERS, LEVELS, needs_somebody
from rounds.presenters.ages import ticking
from rounds.presenters.board_words import level_word, silent_devices

Filter = Callable[[Row], bool]
FILTERS: Final[dict[str, tuple[str, Filter]]] = {
    "needs": ("who need you now", lambda row: needs_somebody(row.facts)),
    "unowned": ("with an alert nobody owns", lambda row: row.unowned),
    "unreviewed": ("not reviewed in 24 h", lambda row: row.unreviewed),
    "silent": ("with silent devices", lambda row: row.readings.state in SILENCES),
    "leaving": ("who leave today", lambda row: row.leaves_today),
}
# Names beyond these would push the counts off the screen.
NAMED: Final = 3
_SHIFTS: Final = (dt.time(8), dt.time(20))


class Person(NamedTuple):
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """What components/glance_card.html wants."""

    figure: int
    label: str
    more: str = ""
    tone: str = ""
    url: str = ""
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """One of components/tally.html's."""

    level: str
    letter: str
    word: str
    count: int
    url: str


def cards(board: Board, url: str) -> list[Card]:
    return [_unowned(board, url), _unreviewed(board, url), _silent(board, url), _free(board, url)]


def tally(board: Board, url: str) -> list[Tally]:
    found = Counter(row.level for row in board.rows)
    return [
        Tally(level, LETTERS[level], level_word(level), found[level], f"{url}?show={level}")
        for level in LEVELS
        if found[level]
    ]


def ups(board: Board) -> str:
    """How many scores rose since the shift began, and how many patients have no bed."""
    since = shift_began(board.at)
    risen = sum(_rose(row, since) for row in board.rows)
    told = f"{risen} score{'' if risen == 1 else 's'} up since {clock(since)}"
    over = board.count.over_capacity
    return f"{told} · {over} over capacity" if over else told


def shift_began(at: dt.datetime) -> dt.datetime:
    """08:00 or 20:00 London, whichever was last."""
    today = wall(at).date()
    begins = [
        to_utc(day, time) for day in (today - dt.timedelta(days=1), today) for time in _SHIFTS
    ]
    return max(begin for begin in begins if begin <= at)


def chosen(rows: Iterable[Row], show: str) -> list[Row]:
    """The rows that a count counts; all of them for a word that is no filter."""
    if show in FILTERS:
        return [row for row in rows if FILTERS[show][1](row)]
    if show in LEVELS:
        return [row for row in rows if row.level == show]
    return list(rows)


def filter_words(show: str) -> str:
    if show in FILTERS:
        return FILTERS[show][0]
    return next((f"at “{level_word(level)}”" for level in LEVELS if level == show), "")


def _unowned(board: Board, url: str) -> Card:
    alerts = [row.alert for row in board.rows if row.alert] + list(board.ward_alerts)
    nobody = [alert for alert in alerts if not alert.owner]
    rows = [row for row in board.rows if row.unowned]
    oldest = min((alert.rang_at for alert in nobody), default=None)
    emergency = any(alert.priority == "emergency" for alert in nobody)
    more = f"of {len(alerts)} open"
    if oldest:
        more = format_html("{} · oldest {}", more, ticking(oldest, board.at))
    return Card(
        figure=len(nobody),
        label="alert nobody owns" if len(nobody) == 1 else "alerts nobody owns",
        more=more,
        tone=("alarm" if emergency else "inverse") if nobody else "",
        url=f"{url}?show=unowned",
        people=tuple(_person(row) for row in rows[:NAMED]),
    )


def _unreviewed(board: Board, url: str) -> Card:
    rows = [row for row in board.rows if row.unreviewed]
    longest = min((row.reviewed_at for row in rows), default=None)
    more = "in 24 h"
    if longest:
        more = format_html("in 24 h\nlongest {}", ticking(longest, board.at))
    return Card(len(rows), "not reviewed", more, url=f"{url}?show=unreviewed")


def _silent(board: Board, url: str) -> Card:
    rows = [row for row in board.rows if row.readings.state in SILENCES]
    devices = Counter(name for row in rows for name in silent_devices(row))
    counted = ", ".join(f"{n} {name}" for name, n in devices.items())
    down = any(row.gateway_down for row in board.rows)
    more = "\n".join(filter(None, (counted, "gateway down" if down else "")))
    label = "silent patient" if len(rows) == 1 else "silent patients"
    return Card(len(rows), label, more, url=f"{url}?show=silent")


def _free(board: Board, url: str) -> Card:
    leaving = sum(row.leaves_today for row in board.rows)
    count = board.count
    more = f"of {count.beds}\n{leaving} leave{'s' if leaving == 1 else ''} today"
    label = "bed free" if count.free == 1 else "beds free"
    return Card(count.free, label, more, url=f"{url}?show=leaving" if leaving else "")


def _person(row: Row) -> Person:
    return Person(row.admission.patient.family_name.upper(), f"#board-row-{row.admission.pk}")


def _rose(row: Row, since: dt.datetime) -> bool:
    now = row.score_at_least
    before = [past.lowest for past in row.scores if past.measured_at <= since]
    return now is not None and bool(before) and not row.score_is_stale and now > before[-1]
