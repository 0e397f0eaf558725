"""One breakdown: its picture, the table behind it, and what may not be shown to everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from capacity.disclosure import Cell, Shown, published, with_totals
from capacity.occupancy import SMALLEST_SHOWN, suppressed
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
    def anybody(self) -> bool:
        """Lines that are named even at nought are no news where all of them are at nought."""
        return any(number != 0 for line in self.lines for number in line[1:])

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


def fit_number(number: int) -> int | None:
    return suppressed(number)


def fitted(counts: Mapping[tuple[str, str], int], *, exact: bool) -> Shown:
    """A table of personal characteristics. Unless `exact`, 1 to 7 are hidden and the rest rounded
    to 5, so that nothing is had back from the sum of all, which is known: see ADR 22."""
    if not exact and not 0 < sum(counts.values()) < SMALLEST_SHOWN:
        return published(counts)
    true = with_totals(counts)
    # Less than eight is an operational count and known: a nought beside it would tell the rest.
    cells: Mapping[Cell, int | None] = true if exact else dict.fromkeys(true)
    rows, columns = (tuple(dict.fromkeys(names)) for names in zip(*counts, strict=True))
    return Shown(rows, columns, cells, withheld=not exact)
