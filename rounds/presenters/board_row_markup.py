"""The markup of a board's row, written here because fifty of them as a template take 20 ms.

Words and states come as they are from `RowPresenter`; whatever came from outside is escaped.
"""

from __future__ import annotations

from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from rounds.presenters.board_markup import cells_html, escaped
from rounds.presenters.board_row import RowPresenter
from rounds.presenters.board_words import Line

# Stands for the form's secret, which is another in each answer; PostgreSQL keeps no such character.
HOLE: Final = "\x00"


def group_html(heading: str) -> str:
    """Heads a part of the list; nothing for a row in the midst of one."""
    if not heading:
        return ""
    return (
        '<tbody class="board-group" role="rowgroup"><tr role="row"><th colspan="14"'
        f' role="rowheader" scope="rowgroup">{escaped(heading)}</th></tr></tbody>'
    )


def row_html(row: RowPresenter) -> SafeString:
    """One `<tbody>` of the board; see static/src/_board.scss."""
    return mark_safe(  # noqa: S308  # texts are escaped below
        f'{_begin(row)}<tr class="board-line" role="row">'
        f"{_risk(row)}{_patient(row)}"
        f'<td class="trend" role="cell">{row.sparkline}'
        f'<span class="trend__words">{escaped(row.trend)}</span></td>'
        f"{cells_html(row.cells)}{_rest(row)}"
        f"{_lines(_readings_class(row), row.readings)}{_alert(row)}"
        f"{_lines('review', row.review)}{_lines('task', row.task)}{_actions(row)}"
        f"</tr>{_opened(row)}</tbody>"
    )


def _begin(row: RowPresenter) -> str:
    stale = " board-row--stale" if row.whole_stale else ""
    opened = " is-open" if row.opened else ""
    return (
        f'<tbody class="board-row board-row--{row.level}{stale}{opened}" role="rowgroup"'
        f' id="board-row-{row.pk}" data-version="{row.version}"'
        f' data-announce="{escaped(row.announce)}">'
    )


def _risk(row: RowPresenter) -> str:
    return (
        f'<td class="risk risk--{row.level}" role="cell">'
        f'<span class="risk__strip" aria-hidden="true">{row.risk.letter}</span>'
        f'<a class="row-toggle" href="{row.toggle_url}" data-toggle="board-row-{row.pk}"'
        f' aria-expanded="{"true" if row.opened else "false"}">'
        f'<span class="risk__score">{escaped(row.risk.score)}</span> '
        f'<span class="risk__word">{escaped(row.risk.word)}</span> '
        f'<span class="visually-hidden">open or close {escaped(row.family)}</span></a></td>'
    )


def _patient(row: RowPresenter) -> str:
    name = f"<strong>{escaped(row.family)},</strong> {escaped(row.given)}"
    if row.patient_url:
        name = f'<a href="{row.patient_url}">{name}</a>'
    marks = "".join(f" · <strong>{escaped(mark)}</strong>" for mark in row.marks)
    return (
        '<th class="patient" scope="row" role="rowheader">'
        f'<span class="patient__name">{name} · '
        f'<span class="nowrap">{escaped(row.who)}</span></span> '
        f'<span class="patient__line">{escaped(row.line)}{marks}</span></th>'
    )


def _rest(row: RowPresenter) -> str:
    told: str = escaped(row.rest.words)
    if row.rest.at:
        at = row.rest.at.isoformat()
        told += f' · <time data-age datetime="{at}">{escaped(row.rest.age)}</time> ago'
    return f'<td class="board-rest" role="cell">{told}</td>'


def _readings_class(row: RowPresenter) -> str:
    return "readings readings--wanting" if row.wanting else "readings"


def _lines(css: str, line: Line) -> str:
    told = escaped(line.first)
    first = f"<strong>{told}</strong>" if line.strong else told
    second = f'<span class="secondary-line">{escaped(line.second)}</span>'
    return f'<td class="{css}" role="cell">{first} {second}</td>'


def _alert(row: RowPresenter) -> str:
    if row.alert is None:
        return '<td class="alert alert--none" role="cell">–</td>'
    told = render_to_string("components/alert_owner.html", {"alert": row.alert})
    return f'<td class="alert" role="cell">{told}</td>'


def _actions(row: RowPresenter) -> str:
    if not row.buttons:
        return ""
    return render_to_string("rounds/_board_actions.html", {"row": row, "csrf_token": HOLE})


def _opened(row: RowPresenter) -> str:
    if row.opened is None:
        return ""
    shown = {"opened": row.opened, "csrf_token": HOLE}
    return render_to_string("rounds/_board_opened.html", shown)
