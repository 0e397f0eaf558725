"""The markup of a vital's cell, written here because 350 of them as a template take 25 ms.

State, colour, direction and words come as they are from `Cell`; whatever came from outside is
escaped.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from html import escape
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from rounds.presenters.board_cells import Cell

_ARROWS: Final = {
    "": "",
    "above": '<span class="vital__arrow" aria-hidden="true">▲</span>'
    '<span class="visually-hidden">above its band, </span>',
    "below": '<span class="vital__arrow" aria-hidden="true">▼</span>'
    '<span class="visually-hidden">below its band, </span>',
}
_SCALE_2: Final = '<abbr class="vital__mark" title="SpO2 scale 2">S2</abbr>'
_MISSING: Final = '–<span class="visually-hidden"> missing,</span>'


def escaped(text: str) -> str:
    """What is markup already stays as it is."""
    return str(text) if isinstance(text, SafeString) else _escaped(text)


# Django's own takes four times as long, and most words of a board stand in many of its cells.
@lru_cache(maxsize=4096)
def _escaped(text: str) -> str:
    return escape(text)


def cells_html(cells: list[Cell]) -> SafeString:
    return mark_safe("".join(map(_cell, cells)))  # noqa: S308  # texts are escaped below


def cell_html(cell: Cell) -> SafeString:
    """One `<td>` of the board; see static/src/_board.scss."""
    return cells_html([cell])


def _cell(cell: Cell) -> str:
    return (
        f'<td class="vital{_tint(cell)}"{_label(cell.kind, cell.label)}'
        f'<span class="vital__value">{_value(cell)}</span> {_SCALE_2 if cell.mark else ""}'
        f'<span class="vital__foot">{_foot(cell)}</span></td>'
    )


@lru_cache(maxsize=64)
def _label(kind: str, label: str) -> str:
    """The same in every row."""
    return (
        f' role="cell" data-kind="{escape(kind)}">'
        f'<span class="vital__label">{escape(label)} </span>'
    )


def _tint(cell: Cell) -> str:
    if cell.state in {"stale", "missing"}:
        return f" vital--{cell.state}"
    return f" vital--{cell.band}" if cell.band else ""


def _value(cell: Cell) -> str:
    if cell.state == "missing":
        return _MISSING
    if cell.state == "unplanned":
        return "–"
    unit = f'<span class="unit">{escaped(cell.unit)}</span>' if cell.unit else ""
    return f"{_ARROWS[cell.direction]}{escaped(cell.value)}{unit}"


def _foot(cell: Cell) -> str:
    if cell.state == "missing":
        return f"due {escaped(cell.due)}" if cell.due else "missing"
    if cell.state == "unplanned" or cell.at is None:
        return "not in plan"
    if cell.from_plan:
        return "from plan"
    if cell.state == "stale":
        return f"{_age(cell.at, cell.time, cell.age)} old"
    part = f'+{cell.part}<span class="vital__age"> · </span>' if cell.part else ""
    return part + _age(cell.at, cell.time, cell.age, ' class="vital__age"')


# The values of a set share it.
@lru_cache(maxsize=4096)
def _age(at: dt.datetime, time: str, age: str, css: str = "") -> str:
    begin = f'<time{css} data-age datetime="{at.isoformat()}" title="{escape(time)}">'
    return f"{begin}{escape(age)}</time>"
