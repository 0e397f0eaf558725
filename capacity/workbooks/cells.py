"""What one cell says: counts, marks, months and headings in the manners met so far."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

# In place of a count: nobody sent one, or it is not told. Above 100% is marked elsewhere.
MARKS: Final = frozenset(
    {"", "*", "**", "***", "-", "–", "—", ".", "..", ":", "n/a", "na", "nr", "null", "not returned"}
)
_MONTHS: Final = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
]
_WRITTEN_MONTH: Final = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[\s\-/,']*((?:20)?\d\d)\b", re.I
)
_NUMBERED_MONTH: Final = re.compile(r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])(?!\d)")


def text(value: Any) -> str:
    """As one line without the edges; breaks and non-breaking spaces are spaces."""
    return " ".join(str("" if value is None else value).split())


def plain_name(value: Any) -> str:
    """Without the asterisks that lead to a footnote."""
    return text(value).strip("* ")


def is_mark(value: Any) -> bool:
    return text(value).lower() in MARKS


def whole(value: Any) -> int | None:
    """A count of 0 or more, or None when the cell says something else.

    Text is read too (`1,234`, `372*`), and 148.0, for both were met; 148.5 and -3 are no counts.
    """
    if isinstance(value, bool):
        return None
    number = value if isinstance(value, int | float) else _from_text(text(value))
    if number is None or not number >= 0 or number % 1:
        return None
    return int(number)


def ratio(value: Any) -> float | None:
    """A printed rate or share; None for marks such as `100%*`, which tell no figure."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    words = text(value).replace(",", "")
    if "*" in words:
        return None
    number = _from_text(words.rstrip("% "))
    return number / 100 if number is not None and words.endswith("%") else number


def month(value: Any) -> dt.date | None:
    """The first day of the month that a cell or a file's name speaks of."""
    if isinstance(value, dt.datetime | dt.date):
        return dt.date(value.year, value.month, 1)
    words = text(value)
    written = _WRITTEN_MONTH.search(words)
    if written:
        year = int(written[2]) % 100 + 2000
        return dt.date(year, _MONTHS.index(written[1].lower()) + 1, 1)
    numbered = _NUMBERED_MONTH.search(words)
    return dt.date(int(numbered[1]), int(numbered[2]), 1) if numbered else None


def heading(value: Any) -> str:
    """Which column a heading begins, or nothing. Longer wordings contain the shorter ones' words,
    so the order of the questions matters."""
    words = re.sub(r"\(?see notes?[^)]*\)?", "", text(value).lower()).strip()
    if "100,000" in words or "100000" in words or "100k" in words:
        return "per_100k"
    if "occupancy" in words:
        return "occupancy"
    return _heading_of_count(words) or _heading_of_label(words)


def tells_sixteen(value: Any) -> bool:
    """Whether a heading counts people aged 16 and over, and not everybody registered."""
    words = re.sub(r"\(?see notes?[^)]*\)?", "", text(value).lower())
    return bool(re.search(r"\b16\b", words)) or "adult" in words


def _heading_of_count(words: str) -> str:
    if "population" in words or "registered" in words:
        return "population"
    if "patients" in words:
        return "patients"
    return "capacity" if "capacity" in words or words.endswith(" beds") else ""


def _heading_of_label(words: str) -> str:
    if "region" in words:
        return "region_code" if "code" in words else "region"
    if "code" in words and "ons" not in words.split():
        return "code"
    return "name" if "name" in words or words in {"icb", "system"} else ""


def _from_text(words: str) -> float | None:
    try:
        return float(words.rstrip("* ").replace(",", "").replace(" ", ""))
    except ValueError:
        return None
