"""All the tables of a page in one file, each under its title."""

from __future__ import annotations

from collections.abc import Iterable

from lib.charts.svg import Table

Sheet = tuple[str, Table]


def in_one(sheets: Iterable[Sheet]) -> list[tuple[str, ...]]:
    """Title, headings, rows; an empty line between two."""
    lines: list[tuple[str, ...]] = []
    for title, table in sheets:
        if lines:
            lines.append(())
        lines += [(title,), table.headings, *table.rows]
    return lines
