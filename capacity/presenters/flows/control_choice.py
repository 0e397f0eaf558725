"""What a control chart is of: which figure, by what width, of which pathway, in which time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from capacity.presenters.spans import Span
from capacity.reports.series import MEASURES, WIDTHS, month_before

# How many points are shown where nobody asks for others, and of how many there are shortcuts.
USUAL: Final = {"week": 52, "month": 24}
_OFFERED: Final = {"week": (26, 52, 104), "month": (12, 24, 36)}


@dataclass(frozen=True, slots=True)
class ControlChoice:
    """Which figure, by week or month, of which pathway (empty: all), in which time."""

    measure: str
    by: str
    pathway: str
    span: Span

    @classmethod
    def read(cls, given: Mapping[str, str], counted_on: dt.date) -> ControlChoice:
        """What an address cannot mean is as if not said."""
        asked, by, pathway = (given.get(name, "") for name in ("measure", "by", "pathway"))
        measure = asked if asked in MEASURES else "patients"
        by = by if by in WIDTHS else "week"
        kept = [("measure", measure), ("by", by), ("pathway", pathway[:40])]
        offered = {_days(by, number, counted_on): f"{number} {by}s" for number in _OFFERED[by]}
        usual = dt.timedelta(days=_days(by, USUAL[by], counted_on))
        span = Span.read(given, counted_on, usual, kept=kept, offered=offered)
        return cls(measure, by, pathway[:40], span)

    def query(self, **changed: str) -> str:
        """Days that nobody typed are those usual for what it leads to."""
        said = {"measure": self.measure, "by": self.by, "pathway": self.pathway}
        if self.span.typed:
            said |= {"from": str(self.span.first), "to": str(self.span.last)}
        return urlencode({name: value for name, value in (said | changed).items() if value})


def _days(by: str, number: int, counted_on: dt.date) -> int:
    """So many whole ones up to the last count."""
    if by == "week":
        return 7 * number
    return (counted_on - month_before(counted_on, number)).days
