"""Makes a table of counts fit for a wider public: small ones suppressed, the rest rounded.

1 to 7 are suppressed and the others rounded to 5 (NHS Digital practice). A suppressed cell must
not be had back from the totals: what a reader can reckon about each is bounded exactly, as the
flow that the table leaves free, and more is suppressed until every count from 1 to 7 stays
possible (of a total: from the number of its cells that are not 0). Rounding is not relied on: the
reader is taken to know all that is shown to the unit, and the grand total in any case, for NHS
England publishes it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from capacity.occupancy import SMALLEST_SHOWN, suppressed

LARGEST_HIDDEN: Final = SMALLEST_SHOWN - 1
# More than any count from 1 to 7 could ever have to give or take.
_ENOUGH: Final = LARGEST_HIDDEN

# A row's name and a column's; None stands for all of them, so (None, None) is the grand total.
Cell = tuple[str | None, str | None]
Node = tuple[str, str]
Arc = tuple[Node, Node]

_BEFORE: Final = ("source", "")
_AFTER: Final = ("sink", "")


@dataclass(frozen=True, slots=True)
class Shown:
    """`cells` has every row and column with their totals (None); a value None is suppressed."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Cell, int | None]
    # Nothing but the totals could be told without telling of somebody.
    withheld: bool = False


def published(counts: Mapping[tuple[str, str], int]) -> Shown:
    """Of counts by (row, column); a pair that is absent counts as 0."""
    table = _Table.of(counts)
    while (step := table.next_to_hide()) is not None:
        table.hidden |= step
    if table.is_protected():
        return table.shown()
    return table.without_cells()


@dataclass(slots=True)
class _Table:
    """The counts as a flow from a source through rows and columns to a sink, and back."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    true: dict[Cell, int]
    hidden: frozenset[Cell]

    @classmethod
    def of(cls, counts: Mapping[tuple[str, str], int]) -> _Table:
        rows = tuple(dict.fromkeys(row for row, _ in counts))
        columns = tuple(dict.fromkeys(column for _, column in counts))
        true = with_totals(counts)
        small = frozenset(cell for cell, count in true.items() if suppressed(count) is None)
        return cls(rows, columns, true, small)

    def shown(self) -> Shown:
        told = {
            cell: None if cell in self.hidden else suppressed(count)
            for cell, count in self.true.items()
        }
        return Shown(self.rows, self.columns, told)

    def without_cells(self) -> Shown:
        """Only the grand total: not even which cells are empty."""
        told: dict[Cell, int | None] = dict.fromkeys(self.true)
        told[None, None] = suppressed(self.true[None, None])
        return Shown(self.rows, self.columns, told, withheld=True)

    def is_protected(self) -> bool:
        return next(self._unprotected(), None) is None

    def next_to_hide(self) -> frozenset[Cell] | None:
        """What else must go; None when all is safe, or when nothing is left that could go."""
        for arc, wanted in self._unprotected():
            step = self._cheapest_way(arc, wanted) or self._everything()
            if step - self.hidden:
                return step
        return None

    def _everything(self) -> frozenset[Cell]:
        return frozenset(cell for cell, count in self.true.items() if count)

    def _unprotected(self) -> Iterator[tuple[Arc, int]]:
        """Cells whose count a reader can bound more closely than 1 to 7, as the arc to fill."""
        for cell in self.true:
            count = self.true[cell]
            if not 0 < count < SMALLEST_SHOWN or self._is_known(cell):
                continue
            start, end = _arc(cell)
            # More of it must come back from its end to its start, less the other way.
            more, fewer = LARGEST_HIDDEN - count, count - self._parts(cell)
            if self._free(end, start, cell, more) < more:
                yield (end, start), more
            elif self._free(start, end, cell, fewer) < fewer:
                yield (start, end), fewer

    def _parts(self, cell: Cell) -> int:
        """The least that a count can be: one, or as many as a total has cells with somebody."""
        row, column = cell
        rows = self.rows if row is None else (row,)
        columns = self.columns if column is None else (column,)
        return sum(self.true[one, other] > 0 for one in rows for other in columns)

    def _is_known(self, cell: Cell) -> bool:
        return cell == (None, None) and self.true[cell] >= SMALLEST_SHOWN

    def _free(self, start: Node, end: Node, without: Cell, wanted: int) -> int:
        """How many units may run from one node to another, all others staying possible."""
        room = {arc: limit for arc, _, limit in self._arcs(without, self.hidden)}
        found = 0
        while found < wanted and (way := _way(room, start, end)):
            for arc in way:
                room[arc] -= 1
                room[arc[1], arc[0]] = room.get((arc[1], arc[0]), 0) + 1
            found += 1
        return found

    def _cheapest_way(self, arc: Arc, wanted: int) -> frozenset[Cell]:
        """The cells of the least count by whose hiding the units get through; empty if none do."""
        start, end = arc
        without = next(c for c in self.true if _arc(c) in {arc, (end, start)})
        steps: dict[Node, list[tuple[Node, Cell, int]]] = {}
        for (one, other), cell, limit in self._arcs(without, self._everything()):
            if limit >= wanted:
                price = 0 if self._lets_through(cell, (one, other), wanted) else self.true[cell]
                steps.setdefault(one, []).append((other, cell, price))
        return _cheapest(steps, start, end)

    def _lets_through(self, cell: Cell, arc: Arc, wanted: int) -> bool:
        return self._room(cell, self.hidden, up=arc == _arc(cell)) >= wanted

    def _arcs(self, without: Cell, hidden: frozenset[Cell]) -> Iterator[tuple[Arc, Cell, int]]:
        for cell in self.true:
            if cell == without:
                continue
            start, end = _arc(cell)
            yield (start, end), cell, self._room(cell, hidden, up=True)
            yield (end, start), cell, self._room(cell, hidden, up=False)

    def _room(self, cell: Cell, hidden: frozenset[Cell], *, up: bool) -> int:
        """How many units more, or fewer, the cell could hold for all that a reader knows.

        What is shown, none; a suppressed one is at least 1, for zeros are shown.
        """
        if cell not in hidden or self._is_known(cell):
            return 0
        return _ENOUGH if up else self.true[cell] - 1


def with_totals(counts: Mapping[tuple[str, str], int]) -> dict[Cell, int]:
    """Every row with every column, and their sums."""
    cells: dict[Cell, int] = {}
    columns = dict.fromkeys(column for _, column in counts)
    for row in dict.fromkeys(row for row, _ in counts):
        for column in columns:
            count = counts.get((row, column), 0)
            for cell in ((row, column), (row, None), (None, column), (None, None)):
                cells[cell] = cells.get(cell, 0) + count
    return cells


def _arc(cell: Cell) -> Arc:
    """From row to column; a row's total feeds it, a column's drains it, the grand one closes."""
    row, column = cell
    if row is None and column is None:
        return _AFTER, _BEFORE
    start = _BEFORE if column is None else (("row", row) if row is not None else ("column", column))
    end = _AFTER if row is None else (("row", row) if column is None else ("column", column))
    return start, end


def _way(room: Mapping[Arc, int], start: Node, end: Node) -> list[Arc]:
    """Any way that has room for one unit more, the shortest first; empty where there is none."""
    came: dict[Node, Arc] = {}
    after: dict[Node, list[Arc]] = {}
    for arc, limit in room.items():
        if limit > 0:
            after.setdefault(arc[0], []).append(arc)
    edge = [start]
    while edge and end not in came:
        found = [arc for node in edge for arc in after.get(node, ())]
        edge = []
        for arc in found:
            if arc[1] not in came and arc[1] != start:
                came[arc[1]] = arc
                edge.append(arc[1])
    return _back(came, end)


def _back(came: Mapping[Node, Arc], end: Node) -> list[Arc]:
    way: list[Arc] = []
    while end in came:
        way.append(came[end])
        end = came[end][0]
    return way


def _cheapest(
    steps: Mapping[Node, list[tuple[Node, Cell, int]]], start: Node, end: Node
) -> frozenset[Cell]:
    """Dijkstra's: the cells on the way whose prices sum to least, without those that are free."""
    queue: list[tuple[int, int, Node, frozenset[Cell]]] = [(0, 0, start, frozenset())]
    done: set[Node] = set()
    number = 0
    while queue:
        price, _, node, cells = heapq.heappop(queue)
        if node == end:
            return cells
        if node in done:
            continue
        done.add(node)
        for other, cell, more in steps.get(node, ()):
            number += 1
            paid = cells | {cell} if more else cells
            heapq.heappush(queue, (price + more, number, other, paid))
    return frozenset()
