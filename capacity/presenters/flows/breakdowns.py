"""One breakdown: its picture, the table behind it, and what may not be shown to everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from capacity.occupancy import SMALLEST_SHOWN, suppressed, suppressed_table
from lib.charts import pairs
from lib.charts.pairs import Pair
from lib.charts.svg import Table

HIDDEN = "1 to 7 or hidden with it"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`lines` are name, number in the time, number in the time compared; None: suppressed."""

    key: str
    title: str
    lines: Sequence[tuple[str, int | None, int | None]]
    note: str = ""
    unit: str = "Number"

    @property
    def pairs(self) -> list[Pair]:
        return [Pair(*line) for line in self.lines]

    @property
    def chart(self) -> SafeString:
        return pairs.pairs(self.title, self.pairs)

    @property
    def table(self) -> Table:
        headings = (self.title, f"{self.unit} now", "Compared", "Change")
        return Table(headings, [cells(*line) for line in self.lines])

    @property
    def hides(self) -> bool:
        return any(None in line[1:] for line in self.lines)


def cells(name: str, now: int | None, then: int | None) -> tuple[str, str, str, str]:
    return name, _told(now), _told(then), change(now, then)


def _told(number: int | None) -> str:
    return HIDDEN if number is None else f"{number:,}"


def change(now: int | None, then: int | None) -> str:
    """+12, −3 or no change"""
    if now is None or then is None:
        return ""
    return f"{now - then:+,d}".replace("-", "−") if now != then else "0"


def breakdown(
    key: str,
    title: str,
    now: Mapping[str, int],
    then: Mapping[str, int],
    *,
    name: Callable[[str], str],
    order: Sequence[str] | None = None,
    note: str = "",
    unit: str = "Number",
) -> Breakdown:
    """In the order given, else the most frequent first; `order` names lines at nought too."""
    known = order or sorted({*now, *then}, key=lambda value: (-now.get(value, 0), value))
    lines = [(name(value), now.get(value, 0), then.get(value, 0)) for value in known]
    return Breakdown(key, title, lines, note, unit)


def fit_to_show(of: Breakdown) -> Breakdown:
    """Of personal characteristics, for who may not see small numbers: 1 to 7 hidden, the rest
    rounded to 5, nothing to be had back by subtraction from the sum, which is known."""
    now, then = (_fit({name: n or 0 for name, n in column}) for column in _columns(of))
    lines = [(name, now[name], then[name]) for name, _, _ in of.lines]
    return Breakdown(of.key, of.title, lines, of.note, of.unit)


def fit_number(number: int) -> int | None:
    return suppressed(number)


def _columns(of: Breakdown) -> tuple[list[tuple[str, int | None]], list[tuple[str, int | None]]]:
    return [(name, now) for name, now, _ in of.lines], [(name, then) for name, _, then in of.lines]


def _fit(column: dict[str, int]) -> dict[str, int | None]:
    whole = sum(column.values())
    if 0 < whole < SMALLEST_SHOWN:
        # The sum is an operational count and known: a nought beside it would tell the rest.
        return dict.fromkeys(column, None)
    shown, _ = suppressed_table(column)
    return shown
