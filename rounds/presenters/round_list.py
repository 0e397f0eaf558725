"""A round's list and its progress, as its pages and its printed record show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from uuid import UUID

from accounts.models import User
from lib.addresses import address
from lib.london import clock, long_day, near_moment, plain_day
from rounds.board.risk import LETTERS, LEVELS, Level
from rounds.models import Review
from rounds.presenters import board_words as words
from rounds.round.listed import Line, Listed

_SEEN: Final = {
    Review.Seen.VISIT: "at home",
    Review.Seen.VIDEO: "by video",
    Review.Seen.PHONE: "by phone",
    Review.Seen.DESK: "at the desk",
}


class Segment(NamedTuple):
    """One patient of the bar: `css` says whose it is, `told` the same in words."""

    css: str
    told: str
    url: str
    current: bool


class RoundLine(NamedTuple):
    """A line of the list; `moved` where the patient needs somebody sooner than at the start."""

    pk: UUID
    position: int
    name: str
    given: str
    about: str
    letter: str
    level: str
    state: str
    word: str
    more: str
    moved: str
    url: str
    excuse_url: str


class ProgressPresenter:
    """How far the round is: 17 of 40 reviewed, 3 by others."""

    def __init__(self, listed: Listed, user: User, *, current: UUID | None = None) -> None:
        self._listed, self._user, self._current = listed, user, current
        self.round = listed.round
        self.as_of = listed.at
        self.lag = int(listed.lag.total_seconds())
        self.total = len(listed.lines)
        self.reviewed = listed.many("reviewed")
        self.waiting = len(listed.waiting)
        self.url = address("rounds:round-detail", self.round.pk)

    @property
    def title(self) -> str:
        return f"{self.round.get_shift_display().capitalize()} round"

    @property
    def figure(self) -> str:
        return f"{self.reviewed} of {self.total}"

    @property
    def words(self) -> str:
        told = ["reviewed"]
        others = self._listed.by_others(self._user.pk)
        if others:
            told.append(f"{others} by others")
        excused, left = self._listed.many("excused"), self._listed.many("left")
        told += [f"{excused} excused"] if excused else []
        told += [f"{left} left the ward"] if left else []
        return ", ".join(told) + self._this()

    @property
    def started(self) -> str:
        """Thu 14 Dec, started 09:04 by K. Mensah"""
        by = self.round.started_by.short_name
        return f"started {near_moment(self.round.started_at, self._listed.at)} by {by}"

    @property
    def ended(self) -> str:
        at, by = self.round.ended_at, self.round.ended_by
        return f"ended {near_moment(at, self._listed.at)} by {by.short_name}" if at and by else ""

    @property
    def segments(self) -> list[Segment]:
        return [self._segment(line) for line in self._listed.lines]

    @property
    def end_url(self) -> str:
        return "" if self.round.ended_at else address("rounds:round-end", self.round.pk)

    def state_word(self, line: Line) -> str:
        if line.review:
            by = "you" if line.review.by_id == self._user.pk else line.review.by
            return f"Reviewed {clock(line.review.at)} by {by}"
        if line.state == "excused":
            return "Excused"
        if line.state == "left":
            return "Left the ward"
        writing = [one.by for one in line.writing if one.by_id != self._user.pk]
        return f"{writing[-1]} is writing" if writing else "Not reviewed"

    def _this(self) -> str:
        place = next((x.position for x in self._listed.lines if x.pk == self._current), 0)
        return f"; this is number {place}" if place else ""

    def _segment(self, line: Line) -> Segment:
        return Segment(
            css=self._css(line),
            told=f"{line.position}. {line.family_name}: {self.state_word(line)}",
            url=address("rounds:round-patient", self.round.pk, line.pk),
            current=line.pk == self._current,
        )

    def _css(self, line: Line) -> str:
        if line.review:
            return "mine" if line.review.by_id == self._user.pk else "others"
        return "out" if line.state in ("excused", "left") else "waiting"


class RoundPresenter:
    """The list; `now` are the board's levels at this moment, by admission."""

    def __init__(
        self, listed: Listed, user: User, now: Mapping[UUID, Level], *, may_run: bool
    ) -> None:
        self._listed, self._now, self.may_run = listed, now, may_run
        self.round, self.ward = listed.round, listed.round.ward
        self.progress = ProgressPresenter(listed, user)
        self.lines = [self._line(line) for line in listed.lines]
        self.board_url = address("rounds:ward-board", self.ward.code)

    @property
    def day(self) -> str:
        return long_day(self.round.day)

    @property
    def going_on(self) -> bool:
        return self.round.ended_at is None

    @property
    def first_url(self) -> str:
        """Where the round goes on."""
        waiting = self._listed.waiting
        return self._url(waiting[0]) if waiting and self.may_run else ""

    def _line(self, line: Line) -> RoundLine:
        level = self._now.get(line.pk)
        shown = level or line.level
        open_ = self.going_on and self.may_run and line.state == "waiting"
        return RoundLine(
            pk=line.pk,
            position=line.position,
            name=line.family_name.upper(),
            given=line.given_name,
            about=f"{words.nhs_number(line.nhs_number)}, born {plain_day(line.born)}",
            letter=_letter(shown),
            level=shown,
            state=line.state,
            word=self.progress.state_word(line),
            more=self._more(line),
            moved=_moved(line, level) if self.going_on else "",
            url=self._url(line),
            excuse_url=address("rounds:place-excuse", self.round.pk, line.pk) if open_ else "",
        )

    def _url(self, line: Line) -> str:
        return address("rounds:round-patient", self.round.pk, line.pk)

    def _more(self, line: Line) -> str:
        """How, and by which kind of review; or why not, and who said so."""
        if line.review:
            kind = Review.Kind(line.review.kind).label
            return f"{kind} review, {_SEEN[Review.Seen(line.review.seen)]}"
        if line.state == "excused" and line.excused_at:
            when = near_moment(line.excused_at, self._listed.at)
            return f"{line.excuse}. {line.excused_by}, {when}"
        if line.left_at:
            return near_moment(line.left_at, self._listed.at)
        return ""


def _letter(level: str) -> str:
    return LETTERS[LEVELS[LEVELS.index(level)]] if level in LEVELS else ""


def _moved(line: Line, level: Level | None) -> str:
    """What has changed since the list was made."""
    if line.joined:
        return f"joined {clock(line.admitted_at)}"
    if level is None or line.level not in LEVELS:
        return ""
    before = LEVELS[LEVELS.index(line.level)]
    if LEVELS.index(level) >= LEVELS.index(before):
        return ""
    return f"up: was {words.level_word(before).lower()}"


def next_words(listed: Listed, pk: UUID) -> str:
    """MACTEST, Hamish, then LI-TEST, Bo. 6 left after this one."""
    waiting = [line for line in listed.waiting if line.pk != pk]
    first = listed.next_waiting(pk)
    if first is None:
        return "Nobody else waits on this round."
    second = listed.next_waiting(first.pk)
    then = f", then {_named(second)}" if second and second.pk not in (pk, first.pk) else ""
    return f"Next: {_named(first)}{then}. {len(waiting)} left after this one."


def _named(line: Line) -> str:
    risk = words.level_word(LEVELS[LEVELS.index(line.level)]) if line.level in LEVELS else ""
    return f"{line.family_name.upper()}, {line.given_name}" + (f" ({risk})" if risk else "")
