"""The ward board as its template shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lib.addresses import address
from lib.london import clock, day_of, long_day
from patients.naming import alike
from rounds.board import Board, Row
from rounds.board.risk import needs_somebody
from rounds.presenters import board_glance as glance
from rounds.presenters.ages import ticking
from rounds.presenters.board_cells import COLUMNS
from rounds.presenters.board_drawn import drawn
from rounds.presenters.board_opened import OpenedPresenter
from rounds.presenters.board_row_markup import group_html
from rounds.presenters.holding import HoldingPresenter

_TREND: Final = "NEWS2, last 24 h"
_TREND_CSS: Final = ' class="trend"'
_HEADINGS: Final = (
    "NEWS2 risk",
    "Patient",
    _TREND,
    *(column.heading for column in COLUMNS),
    "Readings",
    "Alert, owner",
    "Last review",
    "Next task",
)
# The same on every board.
HEAD: Final = mark_safe(  # noqa: S308  # of constants
    "".join(
        f'<th scope="col" role="columnheader"{_TREND_CSS if one == _TREND else ""}>{one}</th>'
        for one in _HEADINGS
    )
)


# In the hand more of them would push the patients off the screen.
WARD_ALERTS: Final = 2


class WardAlert(NamedTuple):
    """`whose` is never cut, however long the title."""

    title: str
    whose: SafeString


class BoardPresenter:
    """The whole page; `show` is the count whose rows were asked for."""

    def __init__(
        self,
        board: Board,
        *,
        url: str,
        user_id: int,
        show: str = "",
        opened: Mapping[str, OpenedPresenter] | None = None,
        token: object = "",
    ) -> None:
        self._board = board
        self._opened = opened or {}
        self._token = token
        self.url = url
        self.ward = board.ward
        self.as_of = board.at
        self.lag = int(board.lag.total_seconds())
        self.show = show
        self.filter_words = glance.filter_words(show)
        self._namesakes = namesakes(board.rows)
        self.shown = glance.chosen(board.rows, show)
        self.total = len(board.rows)
        self.cards = glance.cards(board, url)
        self.tally = glance.tally(board, url)
        self.ups = glance.ups(board)
        self.head = HEAD
        self.holding = HoldingPresenter(
            self.ward,
            board.watch,
            board.call,
            user_id=user_id,
            may_treat=board.may_treat,
            patients=self.total,
        )

    @property
    def day(self) -> str:
        return long_day(day_of(self.as_of))

    @property
    def time(self) -> str:
        return clock(self.as_of)

    @property
    def round_url(self) -> str:
        """Where a round is started, or gone on with."""
        if not self._board.may_treat:
            return ""
        return address("rounds:round-create", self.ward.code)

    @property
    def handover_url(self) -> str:
        """Where the ward is handed over."""
        return address("rounds:handover-prepare", self.ward.code) if self._board.may_treat else ""

    @property
    def ward_alerts(self) -> list[WardAlert]:
        """What nobody owns first: in the hand the first few are one line each."""
        found = sorted(self._board.ward_alerts, key=lambda alert: bool(alert.owner))
        return [
            WardAlert(
                alert.title,
                format_html(
                    "{}, {}", alert.owner or "nobody owns it", ticking(alert.rang_at, self.as_of)
                ),
            )
            for alert in found
        ]

    @property
    def more_ward_alerts(self) -> int:
        """Beyond those that a hand is shown."""
        return max(0, len(self._board.ward_alerts) - WARD_ALERTS)

    @property
    def alerts_url(self) -> str:
        return address("observations:alert-list", self.ward.code)

    @property
    def rows(self) -> SafeString:
        """Theirs in order; on a phone each part of the list is headed."""
        parts = zip(map(group_html, _headings(self.shown)), map(self._row, self.shown), strict=True)
        return mark_safe("".join(chain.from_iterable(parts)))  # noqa: S308  # escaped where drawn

    @property
    def poll_url(self) -> str:
        return f"{self.url}?show={self.show}" if self.show else self.url

    def _row(self, row: Row) -> str:
        return drawn(
            row,
            at=self.as_of,
            may_treat=self._board.may_treat,
            namesake=row.admission.pk in self._namesakes,
            token=self._token,
            opened=self._opened.get(row.admission.pk),
        )


def namesakes(rows: Iterable[Row]) -> frozenset[str]:
    """Whose family name another one on the ward bears, or nearly: to be asked who is meant."""
    return alike((row.admission.pk, row.admission.patient.family_name) for row in rows)


def _headings(rows: list[Row]) -> list[str]:
    """Needs you now, cannot be scored, low: the first of each part of the list is headed."""
    groups = [_group(row) for row in rows]
    return [
        _heading(group, groups) if group != before else ""
        for group, before in zip(groups, ["", *groups], strict=False)
    ]


def _heading(group: str, groups: list[str]) -> str:
    many = groups.count(group)
    return f"{group}: {many} of {len(groups)}" if group == groups[0] else f"{group}: {many}"


def _group(row: Row) -> str:
    if needs_somebody(row.facts):
        return "Needs you now"
    return "Low" if row.level == "low" else "Cannot be scored"
