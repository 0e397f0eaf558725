"""What the demo's gateways tell besides readings: that they live, and how their kit is. Pure.

One is down, and a battery is flat, so that the board can show both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from rounds.demo import world
from rounds.demo.kit import Worn
from rounds.demo.sets import Batch

# Lately enough to be told of, early enough to be stored before the demo begins.
LAST: Final = dt.timedelta(minutes=20)
# When the one that is down was last heard: before the hours in which anything is still open.
DOWN_FOR: Final = dt.timedelta(hours=5)
FLAT: Final = 3
FLAT_FOR: Final = dt.timedelta(hours=8)
SIGNAL: Final = 74


def of(worn: list[Worn], *, now: dt.datetime) -> list[Batch]:
    """The last heartbeat of each gateway that brings the readings of these."""
    gates = sorted({one.gate.name for one in worn})
    return [_beat(gate, [one for one in worn if one.gate.name == gate], now) for gate in gates]


def _beat(gate: str, worn: list[Worn], now: dt.datetime) -> Batch:
    at = now - (DOWN_FOR if gate == world.down().name else LAST)
    return Batch(gate, at, [], [told for one in worn for told in _devices(one, at)])


def _devices(one: Worn, at: dt.datetime) -> Iterator[dict[str, Any]]:
    """What no longer measures tells nothing; a battery that ran out told it before."""
    if one.names or one.case.story == "silent":
        return
    without = set(one.case.told.get("without", ()))
    for serial in dict.fromkeys(one.serials.values()):
        measures = {kind for kind, by in one.serials.items() if by == serial}
        if not measures <= without:
            yield {"device": serial, "battery": _charge(one), "signal": SIGNAL}
        elif one.case.told.get("flat"):
            since = (at - FLAT_FOR).isoformat()
            yield {"device": serial, "battery": FLAT, "signal": SIGNAL, "at": since}


def _charge(one: Worn) -> int:
    return 55 + int(one.case.person.nhs_number[-3:]) % 44
