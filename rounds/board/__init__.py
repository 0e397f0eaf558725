"""The live ward board: what it reads, in which order its rows stand, and its version."""

from rounds.board.now import Board, board, row_of
from rounds.board.rows import Row
from rounds.board.version import board_version

__all__ = ["Board", "Row", "board", "board_version", "row_of"]
