"""What a reader can reckon about a suppressed cell from all that is shown to them."""

from collections.abc import Iterator, Mapping

from capacity.disclosure import Cell, Shown

SMALL = range(1, 8)
NO_LIMIT = 10_000


class Attack:
    """Looks for a table that agrees with all that was shown, and has `value` in one cell.

    The attacker knows each figure that is shown to the unit, as if nothing were rounded. Where any
    such table exists, one does in which no cell differs from the truth by more than the target: a
    difference of two tables that add up is a sum of cycles, and those that miss the target can be
    undone. So the search ends.
    """

    def __init__(self, shown: Shown, true: Mapping[Cell, int], target: Cell, value: int):
        self.shown = shown
        self.limits = {cell: self._known(cell, true) for cell in true}
        away = abs(value - true[target])
        for cell, (low, high) in self.limits.items():
            self.limits[cell] = max(low, true[cell] - away), min(high, true[cell] + away)
        low, high = self.limits[target]
        self.limits[target] = (max(low, value), min(high, value))
        self.possible = all(low <= high for low, high in self.limits.values()) and self._search()

    def _known(self, cell: Cell, true: Mapping[Cell, int]) -> tuple[int, int]:
        published_by_nhs_england = cell == (None, None) and true[cell] >= 8
        if self.shown.cells[cell] is not None or published_by_nhs_england:
            return true[cell], true[cell]
        return (0 if self.shown.withheld else 1), NO_LIMIT

    def _search(self) -> bool:
        """By columns: which column sums leave which row sums, tried with bounds on the rest."""
        return self._column(0, dict.fromkeys(self.shown.rows, 0), 0)

    def _column(self, number: int, sums: dict[str, int], grand: int) -> bool:
        columns = self.shown.columns
        if number == len(columns):
            low, high = self.limits[None, None]
            return low <= grand <= high and all(
                self.limits[row, None][0] <= sums[row] <= self.limits[row, None][1] for row in sums
            )
        if not self._can_still(number, sums, grand):
            return False
        for column in self._fillings(columns[number], 0, 0, sums):
            added = {row: sums[row] + count for row, count in column.items()}
            if self._column(number + 1, added, grand + sum(column.values())):
                return True
        return False

    def _can_still(self, number: int, sums: dict[str, int], grand: int) -> bool:
        rest = self.shown.columns[number:]
        for row, so_far in sums.items():
            low, high = self.limits[row, None]
            least = so_far + sum(self.limits[row, column][0] for column in rest)
            most = so_far + sum(self.limits[row, column][1] for column in rest)
            if least > high or most < low:
                return False
        least = grand + sum(self.limits[None, column][0] for column in rest)
        most = grand + sum(self.limits[None, column][1] for column in rest)
        return least <= self.limits[None, None][1] and most >= self.limits[None, None][0]

    def _fillings(
        self, column: str, at: int, total: int, sums: Mapping[str, int]
    ) -> Iterator[dict[str, int]]:
        low, high = self.limits[None, column]
        rows = self.shown.rows
        if total > high:
            return
        if at == len(rows):
            if total >= low:
                yield {}
            return
        row = rows[at]
        first, last = self.limits[row, column]
        last = min(last, high - total, self.limits[row, None][1] - sums[row])
        for count in range(first, last + 1):
            for others in self._fillings(column, at + 1, total + count, sums):
                yield {row: count, **others}


def with_totals(counts: Mapping[tuple[str, str], int]) -> dict[Cell, int]:
    cells: dict[Cell, int] = {}
    for (row, column), count in counts.items():
        for cell in ((row, column), (row, None), (None, column), (None, None)):
            cells[cell] = cells.get(cell, 0) + count
    return cells


def possible(shown: Shown, true: Mapping[Cell, int], cell: Cell) -> list[int]:
    """Which of 1 to 7 a reader cannot exclude."""
    return [value for value in SMALL if Attack(shown, true, cell, value).possible]
