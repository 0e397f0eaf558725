"""Whether people on leave count in occupancy, in words: since when, by whom and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from capacity.leave import LeaveRules
from capacity.models import LeaveSetting
from lib import london


@dataclass(frozen=True, slots=True)
class LeaveLine:
    day: str
    counted: str
    reason: str
    who: str
    current: bool


@dataclass(frozen=True)
class LeavePresenter:
    """`settings` are the newest first."""

    settings: Sequence[LeaveSetting]
    today: dt.date

    @property
    def sentence(self) -> str:
        rule = LeaveRules.of((one.starts, one.counted) for one in self.settings).on(self.today)
        since = f", since {london.plain_day(rule.since)}" if rule.since else ""
        return f"People on leave are {rule.short} in occupancy{since}"

    @property
    def lines(self) -> list[LeaveLine]:
        past = [one.starts for one in self.settings if one.starts <= self.today]
        now = max(past, default=None)
        return [
            LeaveLine(
                london.plain_day(one.starts),
                "counted" if one.counted else "not counted",
                one.reason,
                _who(one),
                one.starts == now,
            )
            for one in self.settings
        ]


def _who(setting: LeaveSetting) -> str:
    """Ada Cole, 3 Mar 2026"""
    by = setting.set_by.get_full_name() if setting.set_by else "before this service"
    return f"{by}, {london.plain_day(london.day_of(setting.set_at))}"
