"""The morning after: what became of the ward since it was handed over."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from uuid import UUID

from capacity.presenters.hours import call_words
from lib.addresses import address
from lib.london import clock, dated, day_of, long_day, near_moment
from rounds.board.entries import AlertNow
from rounds.board.rows import Row
from rounds.handover.changed import Action, Changed
from rounds.models import HandoverLine
from rounds.presenters import board_words as words
from rounds.presenters import sbar
from rounds.presenters.handover_record import receiver
from rounds.presenters.holding import HoldingPresenter, held_more_words, holder_words

_RESPONSES = {"high": "high", "medium": "medium", "low_medium": "a single 3"}


class ChangedLine(NamedTuple):
    """One patient; `told` is what was handed over, empty for whoever came after."""

    pk: UUID
    letter: str
    level: str
    risk: str
    name: str
    about: str
    url: str
    alert: str
    unowned: bool
    worst: str
    actions: list[str]
    told: str
    came_after: bool


class ChangedPresenter:
    """Who needs somebody or about whom something happened, then those of whom nothing did."""

    def __init__(self, found: Changed, *, user_id: int) -> None:
        self._found = found
        self.ward = found.ward
        self._came = {row.admission.pk for row in found.came}
        self._actions: dict[UUID, list[Action]] = {}
        for action in reversed(found.actions):
            self._actions.setdefault(action.admission, []).append(action)
        lines = [self._line(row) for row in found.rows]
        self.busy = [line for line in lines if _is_busy(line)]
        self.quiet = [line for line in lines if not _is_busy(line)]
        self.total = len(lines)
        self.holding = HoldingPresenter(
            found.ward,
            found.watch,
            found.call,
            user_id=user_id,
            may_treat=True,
            patients=self.total,
        )
        holder = found.watch.holder
        self.is_mine = holder is not None and holder.user_id == user_id
        self.board_url = address("rounds:ward-board", found.ward.code)
        self.prepare_url = address("rounds:handover-prepare", found.ward.code)
        self.list_url = address("rounds:handover-list", found.ward.code)

    @property
    def now(self) -> str:
        return f"{long_day(day_of(self._found.at))}, {clock(self._found.at)}"

    @property
    def since(self) -> str:
        """Thu 26 Nov, 19:40: A. Okafor to K. Lindqvist"""
        last = self._found.handover
        if last is None or last.accepted_at is None:
            return "Nothing was handed over here yet: the last four days are shown"
        giver = last.offered_by.short_name
        return f"Since the handover of {dated(last.accepted_at)}: {giver} to {receiver(last)}"

    @property
    def remark(self) -> str:
        return self._found.handover.remark if self._found.handover else ""

    @property
    def handover_url(self) -> str:
        last = self._found.handover
        return address("rounds:handover-detail", last.pk) if last else ""

    @property
    def held(self) -> str:
        return holder_words(self._found.watch)

    @property
    def held_more(self) -> str:
        return held_more_words(self._found.watch)

    @property
    def call(self) -> str:
        return call_words(self._found.call, self._found.at)

    @property
    def count(self) -> str:
        unowned = len(self._found.unowned) + sum(not one.owner for one in self._found.ward_alerts)
        alerts = "1 alert nobody owns" if unowned == 1 else f"{unowned} alerts nobody owns"
        came, left = len(self._came), len(self._found.left)
        return f"{self.total} patients, {alerts}, {came} came since, {left} left since"

    @property
    def ward_alerts(self) -> list[str]:
        return [self._alert(alert) for alert in self._found.ward_alerts]

    @property
    def left(self) -> list[str]:
        """Handed over, and not on the ward any more; whoever moved is held by the other ward."""
        told = []
        for one in self._found.left:
            if one.discharged_at is not None:
                where = f"{one.get_destination_display()}, {self._near(one.discharged_at)}"
            else:
                where = f"on {one.ward.name} now, held by that ward"
            told.append(f"{one.patient.family_name.upper()}, {one.patient.given_name}: {where}")
        return told

    @property
    def away(self) -> list[str]:
        """On leave: held by others meanwhile."""
        return [
            f"{one.admission.patient}: {one.place}, held by {one.held_by} {one.phone}".rstrip()
            + f", back {self._near(one.leave.expected_back)}"
            for one in self._found.leaves
        ]

    def _line(self, row: Row) -> ChangedLine:
        pk = UUID(row.admission.pk)
        line = self._found.lines.get(pk)
        return ChangedLine(
            pk=pk,
            letter=sbar.letter(row.level),
            level=row.level,
            risk=words.risk(row).word,
            name=sbar.name(row),
            about=sbar.about(row),
            url=address("rounds:patient-detail", pk),
            alert=self._alert(row.alert) if row.alert else "",
            unowned=row.unowned,
            worst=self._worst(pk),
            actions=[self._action(one) for one in self._actions.get(pk, ())],
            told=_told(line),
            came_after=row.admission.pk in self._came,
        )

    def _alert(self, alert: AlertNow) -> str:
        more = f" and {alert.more} more" if alert.more else ""
        owner = alert.owner or "nobody owns it"
        return f"{alert.title.removesuffix('.')}{more}, rang {self._near(alert.rang_at)}, {owner}"

    def _worst(self, pk: UUID) -> str:
        worst = self._found.worst.get(pk)
        if worst is None:
            return ""
        total = str(worst.total) if worst.total is not None else f"at least {worst.lowest}"
        return f"Worst: NEWS2 {total} ({_RESPONSES[worst.response]}) at {self._near(worst.at)}"

    def _action(self, one: Action) -> str:
        by = f", {one.by}" if one.by else ""
        words = f": {one.words}" if one.words else ""
        return f"{self._near(one.at)} {one.what}{words}{by}"

    def _near(self, at: dt.datetime) -> str:
        return near_moment(at, self._found.at)


def _is_busy(line: ChangedLine) -> bool:
    return bool(line.alert or line.worst or line.actions or line.came_after)


def _told(line: HandoverLine | None) -> str:
    if line is None:
        return ""
    return " ".join(filter(None, (line.recommendation, line.escalate)))
