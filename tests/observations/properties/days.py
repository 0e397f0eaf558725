"""What truly happened on one day: who measured what with which kit, and who held it when.

Pure data, drawn by hypothesis. How a day *arrives* is `arrivals`' affair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from tests.observations.conftest import NOW

START: Final = NOW - timedelta(hours=24)
MINUTE: Final = timedelta(minutes=1)
DAY: Final = 24 * 60
AHEAD: Final = timedelta(minutes=10)

ADA: Final = "Ada"
BEN: Final = "Ben"
CY: Final = "Cy"
PEOPLE: Final = (ADA, BEN, CY)

HUB: Final = "hub"
"""Ada's, and Ben's after it changed hands, whomever a reading names; through two gateways."""
OWN: Final = "own hub"
"""Ben's, all day; through two gateways."""
FAST: Final = "hub of a fast clock"
"""Cy's, named or not, until it came back; its gateway's clock is ten minutes ahead."""
SHARED: Final = "shared hub"
"""The care home's: each reading names its patient."""
APP: Final = "app"
"""No device at all: each reading names its patient."""
NOBODYS: Final = "nobody's hub"
"""A device that nobody here knows."""

LEFT, RIGHT, AHEAD_OF_TIME = "left", "right", "ahead"
WAYS: Final[dict[str, tuple[str, ...]]] = {
    HUB: (LEFT, RIGHT),
    OWN: (LEFT, RIGHT),
    FAST: (AHEAD_OF_TIME,),
    SHARED: (LEFT, RIGHT),
    APP: (LEFT,),
    NOBODYS: (RIGHT,),
}
"""By which gateways a kit's readings may come. An app's ids are its gateway's own."""
NAMES: Final[dict[str, tuple[str, ...]]] = {
    HUB: ("", "", ADA, BEN),
    FAST: ("", CY),
    SHARED: (BEN, CY),
    APP: (ADA, CY),
}
"""Whom a kit's readings name; "" for nobody."""
BY_TOKEN: Final = frozenset(((HUB, BEN), (APP, CY)))
"""What names its patient by an enrolment token, everything else by the NHS number."""

VALUES: Final[dict[str, tuple[tuple[Any, str | None], ...]]] = {
    "spo2": ((97, "%"), (93, "%"), (90, "%"), (84, "%")),
    "pulse": ((72, "/min"), (115, "/min"), (135, "/min"), (38, "/min")),
    "respiratory_rate": ((16, "/min"), (22, "/min"), (26, "/min")),
    "oxygen": (("air", None), (2, "L/min")),
    "systolic": ((124, "mmHg"), (95, "mmHg"), (85, "mmHg")),
    "consciousness": (("A", None), ("V", None)),
    "temperature": ((36.8, "Cel"), (100.4, "degF"), (39.4, "Cel")),
    "weight": ((81.0, "kg"), (82.1, "kg"), (83.4, "kg")),
    "glucose": ((6.1, "mmol/L"), (45, "mg/dL")),
}


@dataclass(frozen=True)
class Measured:
    """One reading as its kit made it; `minute` is of the day, by the right clock."""

    kit: str
    named: str
    minute: int
    id: str
    kind: str
    value: Any
    unit: str | None
    more: tuple[tuple[str, str], ...] = ()

    @property
    def at(self) -> datetime:
        return START + self.minute * MINUTE

    @property
    def told_at(self) -> datetime:
        """By the clock of the gateway that brings it."""
        return self.at + AHEAD if self.kit == FAST else self.at


@dataclass(frozen=True)
class Day:
    """The truth. Minutes of the day; `gap` is how long nobody held the hub in between."""

    readings: tuple[Measured, ...]
    handed: int
    gap: int
    returned: int
    left: int | None
    retracted: tuple[Measured, ...] = field(default=())


_MORE: Final = ((), (), (), (), (("quality", "poor"),), (("context", "exertion"),))


@st.composite
def sets(draw: st.DrawFn) -> tuple[str, str, int, tuple[tuple[str, int, int], ...]]:
    """Taken together with one kit: whose, when, and which kinds with which value."""
    kit = draw(st.sampled_from(list(WAYS)))
    named = draw(st.sampled_from(NAMES.get(kit, ("",))))
    kinds = draw(st.lists(st.sampled_from(list(VALUES)), min_size=1, max_size=7, unique=True))
    values = tuple((kind, draw(st.integers(0, 3)), draw(st.integers(0, 5))) for kind in kinds)
    return kit, named, draw(st.integers(0, DAY - 1)), values


@st.composite
def days(draw: st.DrawFn, *, most: int) -> Day:
    """A day of at most `most` sets; some of its readings are taken back by their sender."""
    taken = draw(st.lists(sets(), min_size=most // 2, max_size=most))
    readings = tuple(_readings(taken))
    return Day(
        readings,
        handed=draw(st.integers(60, DAY - 200)),
        gap=draw(st.sampled_from([0, 0, 45])),
        returned=draw(st.integers(60, DAY - 60)),
        left=draw(st.none() | st.integers(60, DAY - 60)),
        retracted=tuple(draw(st.lists(st.sampled_from(readings), max_size=3, unique=True))),
    )


def _readings(taken: list[Any]) -> Iterator[Measured]:
    for number, (kit, named, minute, values) in enumerate(taken):
        for kind, chosen, more in values:
            value, unit = VALUES[kind][chosen % len(VALUES[kind])]
            name = f"{kit}-{number}-{kind}"
            yield Measured(kit, named, minute, name, kind, value, unit, _MORE[more])
