"""How long a person's record is kept: by the person, never by the age of a row.

Eight years after an adult was last seen; a child's until the 25th birthday, or the 26th of whoever
was 17 then. Records Management Code of Practice for Health and Social Care, 2021, Appendix II.
"""

from __future__ import annotations

from datetime import date
from typing import Final

YEARS: Final = 8
_OF_AGE: Final = 18
_CHILDS_UNTIL: Final = 25
_OF_SEVENTEEN_UNTIL: Final = 26


def kept_until(*, born: date, last_seen: date) -> date:
    """The first day on which nothing asks for the record any more."""
    after = _years_after(last_seen, YEARS)
    age = _age(born, last_seen)
    if age >= _OF_AGE:
        return after
    birthday = _OF_SEVENTEEN_UNTIL if age == _OF_AGE - 1 else _CHILDS_UNTIL
    return max(after, _years_after(born, birthday))


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _years_after(day: date, years: int) -> date:
    """A 29 February is followed by a 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
