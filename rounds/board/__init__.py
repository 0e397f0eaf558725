"""The live ward board: what it reads, in which order its rows stand, and its version."""

from rounds.board.now import Board, board, board_under, row_of
from rounds.board.rows import Row
from rounds.board.version import board_version

__all__ = ["Board", "Row", "board", "board_under", "board_version", "row_of"]
