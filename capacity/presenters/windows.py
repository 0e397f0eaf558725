"""The days of a plan or of a published path that are shown: all of them, or those typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from capacity.presenters.spans import Pairs, day_in, words_of
from capacity.presenters.switches import Switch


@dataclass(frozen=True, slots=True)
class Offer:
    """A shortcut, and the days that it stands for."""

    label: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Window:
    """From `first` to `last`, both included. `typed`: by somebody, else all that there is is
    shown; `misread`: what was typed cannot be, so all is shown. `kept` is what else the page's
    address says."""

    first: dt.date
    last: dt.date
    whole: str
    typed: bool = False
    misread: bool = False
    kept: Pairs = ()
    offers: Sequence[Offer] = ()

    @classmethod
    def read(
        cls,
        given: Mapping[str, str],
        whole: Offer,
        *,
        sound: Callable[[dt.date, dt.date], bool],
        kept: Pairs = (),
        offers: Sequence[Offer] = (),
    ) -> Window:
        """From an address, `from` and `to` as 2026-11-26 or 26/11/2026, if that is `sound`."""
        asked = [given[name] for name in ("from", "to") if given.get(name)]
        first = day_in(given.get("from", "")) or whole.first
        last = day_in(given.get("to", "")) or whole.last
        read = all(day_in(day) for day in asked) and first <= last and sound(first, last)
        typed = bool(asked) and read
        return cls(
            first=first if typed else whole.first,
            last=last if typed else whole.last,
            whole=whole.label,
            typed=typed,
            misread=bool(asked) and not read,
            kept=tuple(kept),
            offers=offers,
        )

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    @property
    def words(self) -> str:
        return words_of(self.first, self.last)

    @property
    def own(self) -> dict[str, str]:
        """What an address says of it; nothing where nobody typed any, so that it grows."""
        return _said(self.first, self.last) if self.typed else {}

    def query(self, **changed: str) -> str:
        return urlencode(dict(self.kept) | self.own | changed)

    @property
    def shortcuts(self) -> list[Switch]:
        kept = dict(self.kept)
        return [
            Switch(self.whole, urlencode(kept), not self.typed),
            *(
                Switch(
                    offer.label,
                    urlencode(kept | _said(offer.first, offer.last)),
                    self.typed and (self.first, self.last) == (offer.first, offer.last),
                )
                for offer in self.offers
            ),
        ]


def _said(first: dt.date, last: dt.date) -> dict[str, str]:
    return {"from": first.isoformat(), "to": last.isoformat()}
