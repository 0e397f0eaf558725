"""The markup of a vital's cell, written here because 350 of them as a template take 25 ms.

State, colour, direction and words come as they are from `Cell`; every one of them is escaped.
"""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from rounds.presenters.board_cells import Cell

_EMPTY: Final = SafeString("")
_ARROWS: Final = {
    way: mark_safe(  # noqa: S308  # constants
        f'<span class="vital__arrow" aria-hidden="true">{arrow}</span>'
        f'<span class="visually-hidden">{way} its band, </span>'
    )
    for way, arrow in (("above", "▲"), ("below", "▼"))
}
_SCALE_2: Final = SafeString('<abbr class="vital__mark" title="SpO2 scale 2">S2</abbr>')
_MISSING: Final = SafeString('–<span class="visually-hidden"> missing,</span>')


def cell_html(cell: Cell) -> SafeString:
    """One `<td>` of the board; see static/src/_board.scss."""
    return format_html(
        '<td class="vital{}" role="cell" data-kind="{}"><span class="vital__label">{} </span>'
        '<span class="vital__value">{}</span> {}<span class="vital__foot">{}</span></td>',
        _tint(cell),
        cell.kind,
        cell.label,
        _value(cell),
        _SCALE_2 if cell.mark else _EMPTY,
        _foot(cell),
    )


def _tint(cell: Cell) -> str:
    if cell.state in {"stale", "missing"}:
        return f" vital--{cell.state}"
    return f" vital--{cell.band}" if cell.band else ""


def _value(cell: Cell) -> SafeString:
    if cell.state == "missing":
        return _MISSING
    if cell.state == "unplanned":
        return SafeString("–")
    unit = format_html('<span class="unit">{}</span>', cell.unit) if cell.unit else _EMPTY
    return format_html("{}{}{}", _ARROWS.get(cell.direction, _EMPTY), cell.value, unit)


def _foot(cell: Cell) -> SafeString:
    if cell.state == "missing":
        return format_html("due {}", cell.due) if cell.due else SafeString("missing")
    if cell.state == "unplanned" or cell.at is None:
        return SafeString("not in plan")
    if cell.from_plan:
        return SafeString("from plan")
    part = format_html('+{}<span class="vital__age"> · </span>', cell.part) if cell.part else _EMPTY
    if cell.state == "stale":
        part = _EMPTY
    return format_html(
        '{}<time{} data-age datetime="{}" title="{}">{}</time>{}',
        part,
        _EMPTY if cell.state == "stale" else SafeString(' class="vital__age"'),
        cell.at.isoformat(),
        cell.time,
        cell.age,
        " old" if cell.state == "stale" else "",
    )
