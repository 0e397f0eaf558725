"""Who came and left over four weeks, and how long they stayed: pictures and their tables."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from django.utils.safestring import SafeString

from capacity.occupancy import Count
from capacity.presenters import words
from capacity.reports.flows import (
    BEFORE,
    WEEKS,
    Flow,
    Visit,
    edges,
    lengths,
    median_nights,
    there,
    weeks,
)
from lib import london
from lib.charts import bars, flows
from lib.charts.bars import Bar
from lib.charts.svg import Table

LONGEST: Final = 20
USUAL_STAY: Final = 14


@dataclass(frozen=True)
class MovementsPresenter:
    """Of one place, whose visits they are; the last week ends with the count of `counted_on`."""

    visits: Sequence[Visit]
    counted_on: dt.date

    @cached_property
    def weeks(self) -> list[Flow]:
        return weeks(self.visits)

    @cached_property
    def flows_data(self) -> list[flows.Week]:
        return [
            flows.Week(_label(*between), week.step_up, week.step_down, week.out)
            for between, week in zip(pairwise(edges(self.counted_on)), self.weeks, strict=True)
        ]

    @property
    def flows_chart(self) -> SafeString:
        return flows.flows(self.flows_data)

    @property
    def flows_table(self) -> Table:
        return flows.rows(self.flows_data)

    @property
    def flows_sum(self) -> str:
        """107 + 409 in − 394 out = 122: the counts at both ends, and all between."""
        before, after = there(self.visits, BEFORE), there(self.visits, WEEKS)
        into, out = sum(w.into for w in self.weeks), sum(w.out for w in self.weeks)
        return f"{before} + {into} in − {out} out = {after}"

    @property
    def out_words(self) -> str:
        home, hospital = sum(w.home for w in self.weeks), sum(w.hospital for w in self.weeks)
        other = sum(w.elsewhere for w in self.weeks)
        return f"out: {home} home, {hospital} to hospital, {other} elsewhere or died"

    @cached_property
    def lengths(self) -> list[int]:
        return lengths(self.visits)

    @property
    def lengths_words(self) -> str:
        return f"median {words.nights(median_nights(self.lengths))} nights" if self.lengths else ""

    @cached_property
    def lengths_data(self) -> list[Bar]:
        counted = Counter(min(nights, LONGEST) for nights in self.lengths)
        return [
            Bar(f"{nights}+" if nights == LONGEST else str(nights), counted[nights])
            for nights in range(LONGEST + 1)
        ]

    @property
    def lengths_chart(self) -> SafeString:
        title = f"Length of stay, {words.plural(len(self.lengths), 'stay')} ended in four weeks"
        within = sum(nights <= USUAL_STAY for nights in self.lengths)
        told = f"{words.share(Count(len(self.lengths), within))} by 14 nights"
        return bars.histogram(
            title, self.lengths_data, split_after=USUAL_STAY + 1, split_label=told
        )

    @property
    def lengths_table(self) -> Table:
        return bars.bars_rows("Nights", self.lengths_data)


def _label(since: dt.datetime, until: dt.datetime) -> str:
    first, last = london.day_of(since), london.day_of(until) - dt.timedelta(days=1)
    if first.month == last.month:
        return f"{first.day}–{last.day} {last:%b}"
    return f"{first.day} {first:%b}–{last.day} {last:%b}"
