"""Rows drawn once, for as long as they are the same: what changes by the second is filled in."""

from __future__ import annotations

import datetime as dt
import re
from operator import add
from typing import Final, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from lib.london import age
from lib.recent import Recent
from rounds.board import Row
from rounds.board.making import moment
from rounds.presenters.board_opened import OpenedPresenter
from rounds.presenters.board_row import RowPresenter
from rounds.presenters.board_row_markup import HOLE, row_html

_AGE: Final = re.compile(r'(<time [^>]*data-age datetime="([^"]+)"[^>]*>)[^<]*')


class Drawn(NamedTuple):
    """Of that very row: texts, between which stand the ages of what happened at the moments."""

    row: Row
    texts: tuple[str, ...]
    moments: tuple[dt.datetime, ...]


_drawn: Recent[tuple[str, bool, bool], Drawn] = Recent(most=2000)


def drawn(
    row: Row,
    *,
    at: dt.datetime,
    may_treat: bool,
    namesake: bool,
    token: object,
    opened: OpenedPresenter | None = None,
) -> SafeString:
    """`token` is the form's secret of this answer; what is kept holds nobody's."""
    html = _filled(_known(row, may_treat=may_treat, namesake=namesake, opened=opened), at)
    if HOLE in html:
        html = html.replace(HOLE, str(token))
    return mark_safe(html)  # noqa: S308  # escaped where it was drawn


def forget() -> None:
    _drawn.clear()


def _known(row: Row, *, may_treat: bool, namesake: bool, opened: OpenedPresenter | None) -> Drawn:
    if opened is not None:
        shown = RowPresenter(row, may_treat=may_treat, namesake=namesake, opened=opened)
        return _draw(row, shown)
    key = row.admission.pk, may_treat, namesake
    kept = _drawn.get(key)
    if kept is None or kept.row is not row:
        kept = _draw(row, RowPresenter(row, may_treat=may_treat, namesake=namesake))
        _drawn.put(key, kept)
    return kept


def _draw(row: Row, shown: RowPresenter) -> Drawn:
    # A text, then for each age the time's own tag, the moment that it names, and the text after.
    parts = _AGE.split(row_html(shown))
    texts = map(add, parts[::3], (*parts[1::3], ""))
    return Drawn(row, tuple(texts), tuple(map(moment, parts[2::3])))


def _filled(kept: Drawn, at: dt.datetime) -> str:
    parts = [kept.texts[0]]
    for then, text in zip(kept.moments, kept.texts[1:], strict=True):
        parts += (age(then, at), text)
    return "".join(parts)
