"""What a corrected reading is called: the old one keeps its id and is struck through."""

from __future__ import annotations

import re
from typing import Final

# More corrections of one reading than this are somebody's loop.
MOST: Final = 20
_CORRECTED: Final = re.compile(r"(.*)~corrected\.([0-9]{1,2})\Z")


def corrected_id(base: str, number: int) -> str:
    """`number` counts the first sending as 1."""
    return base if number == 1 else f"{base}~corrected.{number}"


def base_of(sender_id: str) -> str:
    found = _CORRECTED.match(sender_id)
    return found[1] if found else sender_id


def number_of(sender_id: str) -> int:
    found = _CORRECTED.match(sender_id)
    return int(found[2]) if found else 1


def ids_of(base: str) -> list[str]:
    """All that it may be stored under."""
    return [corrected_id(base, number) for number in range(1, MOST + 1)]
