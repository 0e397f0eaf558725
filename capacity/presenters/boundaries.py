"""Which boundaries the figures of a page stand on, and the others that they can stand on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from capacity.presenters import words
from capacity.presenters.switches import Switch


@dataclass(frozen=True, slots=True)
class Boundaries:
    """`map_of` is the day that is asked for; `refused` says why it cannot be told on that. Where
    none is asked for they are the `usual` ones."""

    map_of: dt.date | None = None
    maps: Sequence[dt.date] = ()
    refused: str = ""
    usual: str = "in today’s boundaries"
    usual_label: str = "Today’s boundaries"

    @property
    def words(self) -> str:
        """Stands beside every figure of the page and in its file."""
        if self.map_of is None:
            return self.usual
        return f"restated to the boundaries of {words.month_name(self.map_of)}"

    @property
    def query(self) -> dict[str, str]:
        return {"map": str(self.map_of)} if self.map_of else {}

    def switches(self, query: Callable[[dict[str, str]], str]) -> list[Switch]:
        """Nothing to choose where no boundary changes; `query` writes an address."""
        if not self.maps:
            return []
        return [
            Switch(self.usual_label, query({}), self.map_of is None),
            *(
                Switch(
                    f"Boundaries of {words.month_name(day)}",
                    query({"map": str(day)}),
                    day == self.map_of,
                )
                for day in self.maps
            ),
        ]
