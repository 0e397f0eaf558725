"""How people are named: what a referrer wrote, and when two names are the same or alike.

Pure but for the types it names.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Final, Protocol, TypeVar

AS_REFERRED: Final = "as_referred"
"""The key in a referral's facts under which the person stands as the referrer wrote them.

`{"family_name", "given_name", "born", "nhs_number"}`, the date in ISO form.
"""
# Two short names differ by one letter more often by chance than by a slip.
_ALIKE_FROM: Final = 5
Key = TypeVar("Key", bound=Hashable)


class Named(Protocol):
    @property
    def family_name(self) -> str: ...
    @property
    def given_name(self) -> str: ...
    @property
    def born(self) -> dt.date: ...
    @property
    def nhs_number(self) -> str: ...


def as_written(who: Named) -> dict[str, str]:
    return {
        "family_name": who.family_name,
        "given_name": who.given_name,
        "born": who.born.isoformat(),
        "nhs_number": who.nhs_number,
    }


def letters(name: str) -> str:
    """Of any alphabet, without accents, case and what joins double names."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def alike(names: Iterable[tuple[Key, str]]) -> frozenset[Key]:
    """Those whose family name another one bears too, or one that a slip away: SMITH and SMYTH.

    Names that lose one letter each and are then the same. Cost grows with the number of names,
    not of pairs.
    """
    known = [(key, _slips(name)) for key, name in names]
    count = Counter(slip for _, slips in known for slip in slips)
    return frozenset(key for key, slips in known if any(count[slip] > 1 for slip in slips))


@lru_cache(maxsize=8192)
def _slips(name: str) -> frozenset[str]:
    plain = letters(name)
    if len(plain) < _ALIKE_FROM:
        return frozenset({plain})
    return frozenset({plain, *(plain[:at] + plain[at + 1 :] for at in range(len(plain)))})
