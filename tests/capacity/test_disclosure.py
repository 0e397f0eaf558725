"""What leaves for a wider public, attacked by what its reader can reckon from the totals."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capacity.disclosure import Cell, published
from capacity.occupancy import suppressed
from tests.capacity.attack import SMALL, possible, with_totals


def table(*rows: tuple[int, ...]) -> dict[tuple[str, str], int]:
    return {
        (f"row {r}", f"column {c}"): count
        for r, row in enumerate(rows)
        for c, count in enumerate(row)
    }


def parts(given_counts: Mapping[tuple[str, str], int], cell: Cell) -> int:
    """A total is at least the number of its cells in which there is somebody: zeros are shown."""
    return sum(
        count > 0 and cell[0] in {None, row} and cell[1] in {None, column}
        for (row, column), count in given_counts.items()
    )


counts = st.one_of(st.just(0), st.integers(1, 7), st.integers(8, 14))


@st.composite
def tables(draw: st.DrawFn) -> dict[tuple[str, str], int]:
    height, width = draw(st.sampled_from([(1, 2), (1, 3), (2, 2), (2, 3), (3, 2)]))
    return table(*(tuple(draw(counts) for _ in range(width)) for _ in range(height)))


@settings(max_examples=120, deadline=None)
@given(tables())
def test_every_count_from_1_to_7_stays_possible_in_every_suppressed_cell(given_counts):
    true, shown = with_totals(given_counts), published(given_counts)
    for cell, count in true.items():
        if 0 < count < 8:
            assert shown.cells[cell] is None
            left = possible(shown, true, cell)
            # Of a table withheld not even the zeros are known.
            least = 1 if shown.withheld else parts(given_counts, cell)
            assert left == [n for n in SMALL if n >= least], (cell, shown)


@settings(max_examples=200, deadline=None)
@given(tables())
def test_what_is_shown_is_true_and_rounded(given_counts):
    true, shown = with_totals(given_counts), published(given_counts)
    assert set(shown.cells) == set(true)
    for cell, told in shown.cells.items():
        assert told is None or told == suppressed(true[cell])


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 8).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 60), min_size=width, max_size=width), min_size=1, max_size=8
        )
    )
)
def test_in_larger_tables_no_line_has_one_suppressed_cell_beside_its_total(rows):
    shown = published(table(*map(tuple, rows)))
    lines: list[list[Cell]] = [
        [(row, column) for column in (*shown.columns, None)] for row in shown.rows
    ]
    lines += [[(row, column) for row in (*shown.rows, None)] for column in shown.columns]
    for line in lines:
        assert [shown.cells[cell] for cell in line].count(None) != 1, line


@pytest.mark.parametrize(
    ("given_counts", "hidden"),
    [
        # Four small ones cover each other, in both directions …
        (table((5, 20, 4), (30, 40, 50), (4, 60, 5)), 4),
        # … where they are not so few that their sum bounds them.
        (table((3, 20, 4), (30, 40, 50), (5, 60, 2)), 8),
        # The only small one takes three others with it: a rectangle.
        (table((3, 20), (30, 40)), 4),
        # Nothing is small: nothing goes.
        (table((10, 20), (30, 40)), 0),
        (table((0, 0), (0, 40)), 0),
    ],
)
def test_no_more_is_suppressed_than_is_needed(given_counts, hidden):
    shown = published(given_counts)
    inner = [shown.cells[row, column] for row in shown.rows for column in shown.columns]
    assert inner.count(None) == hidden
    assert not shown.withheld


def test_one_small_cell_beside_its_total_is_not_had_back_by_subtraction():
    shown = published(table((3, 9), (40, 50)))
    true = with_totals(table((3, 9), (40, 50)))
    assert possible(shown, true, ("row 0", "column 0")) == list(SMALL)


def test_a_small_total_of_small_cells_takes_no_other_line_with_it():
    shown = published(table((1, 2), (30, 40), (50, 60)))
    assert not shown.withheld
    assert shown.cells["row 0", None] is None
    # One other total goes, since the grand total is known.
    assert [shown.cells[f"row {n}", None] for n in (1, 2)] == [None, 110]


def test_ones_alone_are_withheld_with_the_cells_that_are_empty():
    """Eight of 1 and a total of 8: who knows that each has somebody, knows that each has one."""
    shown = published(table((1, 1, 1, 1), (1, 1, 1, 1)))
    assert shown.withheld
    assert [value for cell, value in shown.cells.items() if cell != (None, None)] == [None] * 14
    assert shown.cells[None, None] == 10


def test_a_table_of_nobody_says_so():
    shown = published(table((0, 0)))
    assert set(shown.cells.values()) == {0}
    assert published({}).cells == {}
