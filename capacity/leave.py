"""Whether people on leave count in occupancy, as it was set from one date to another.

They are patients in every count; what is set is whether an occupancy has them above its beds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from capacity.occupancy import Count


class Counted(Protocol):
    """A count of any place; `on_leave` are among the `patients`."""

    @property
    def beds(self) -> int: ...
    @property
    def patients(self) -> int: ...
    @property
    def on_leave(self) -> int: ...


@dataclass(frozen=True, slots=True)
class LeaveRule:
    """What holds on a day; `since` is None until somebody has set it."""

    counted: bool = True
    since: date | None = None

    def count(self, of: Counted) -> Count:
        """Beds, and the patients of whom occupancy is made: a difference of counts, so that sums
        come before ratios whichever way it is set."""
        return self.of(Count(of.beds, of.patients), of.on_leave)

    def of(self, count: Count, on_leave: int) -> Count:
        return count if self.counted else Count(count.beds, count.patients - on_leave)

    @property
    def words(self) -> str:
        """As it stands beside an occupancy, in a sentence and in a file."""
        return f"people on leave {self.short}"

    @property
    def short(self) -> str:
        return "counted" if self.counted else "not counted"


COUNTED = LeaveRule()


@dataclass(frozen=True, slots=True)
class LeaveRules:
    """Every setting, each from its date on until the next; before the first they are counted."""

    rules: tuple[LeaveRule, ...] = ()

    @classmethod
    def of(cls, settings: Iterable[tuple[date, bool]]) -> "LeaveRules":
        return cls(tuple(LeaveRule(counted, since) for since, counted in sorted(settings)))

    def on(self, day: date) -> LeaveRule:
        held = (rule for rule in reversed(self.rules) if rule.since and rule.since <= day)
        return next(held, COUNTED)
