"""Whose resident a patient is, in words, with what was said before."""

from __future__ import annotations

from capacity.models import IntegratedCareBoard
from lib import london
from patients.boards import Boards, Said
from patients.presenters.home import Line


def board_line(boards: Boards, *, url: str = "") -> Line:
    """`url` is empty for who may not change it."""
    return Line(
        "Board of the GP practice",
        _named(boards.now),
        strong=boards.now is None,
        url=url,
        earlier=tuple(_said(one) for one in boards.earlier),
    )


def _named(board: IntegratedCareBoard | None) -> str:
    return f"{board.code} {board}" if board else "not known"


def _said(one: Said) -> str:
    by = one.by.short_name if one.by else "the system"
    return f"{_named(one.board)}, until {by} changed it, {london.long_moment(one.at)}"
