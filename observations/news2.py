"""The National Early Warning Score 2 (Royal College of Physicians, 2017), with its gaps kept open.

A score here is never guessed: a missing parameter leaves `total` empty, while `lowest` says the
least that the score can be whatever the missing ones turn out to be.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, nextafter
from typing import Any, Final, Literal

Response = Literal["low", "low_medium", "medium", "high", "incomplete"]

PARAMETERS: Final = (
    "respiratory_rate",
    "spo2",
    "oxygen",
    "systolic",
    "pulse",
    "consciousness",
    "temperature",
)

LABELS: Final[dict[Response, str]] = {
    "high": "Emergency",
    "medium": "Urgent",
    "low_medium": "Single 3",
    "low": "Low",
    "incomplete": "Incomplete",
}

# RCP 2017, chart 4 "Clinical response to the NEWS trigger thresholds". The intervals were written
# for hospital: pages show them beside the locally agreed response, never instead of it.
RCP_TEXTS: Final[dict[Response, str]] = {
    "high": "emergency assessment, continuous monitoring",
    "medium": "urgent review, monitoring hourly",
    "low_medium": "clinician reviews, monitoring hourly",
    "low": "nurse assesses, monitoring every 4 to 6 hours",
    "incomplete": "no response without a complete set: measure what is missing",
}
RCP_TEXT_ZERO: Final = "routine monitoring, at least every 12 hours"

EMERGENCY_THRESHOLD: Final = 7
URGENT_THRESHOLD: Final = 5
HIGHEST: Final = 20


@dataclass(frozen=True, slots=True)
class Score:
    """One NEWS2: `parts` by argument name; `total` only when nothing is missing."""

    total: int | None
    parts: dict[str, int | None]
    missing: tuple[str, ...]
    lowest: int
    response: Response


@dataclass(frozen=True, slots=True)
class Band:
    """Values from `low` to `high` score `points`; the edges lie halfway between chart values."""

    low: float
    high: float
    points: int


class _Bands:
    """Points by value, cut halfway between two chart values; a half falls to the lower band
    up to `rising_from`, and to the higher band from there (the neighbour that scores more)."""

    __slots__ = ("_cuts", "_points")

    def __init__(self, cuts: Sequence[float], points: Sequence[int], *, rising_from: float) -> None:
        self._cuts = [cut if cut < rising_from else nextafter(cut, -inf) for cut in cuts]
        self._points = tuple(points)

    def __call__(self, value: float | None) -> int | None:
        if value is None:
            return None
        number = float(value)
        if not -inf < number < inf:
            raise ValueError("a vital sign must be a finite number")
        return self._points[bisect_left(self._cuts, number)]

    def drawn(self) -> tuple[Band, ...]:
        edges = [-inf, *(round(cut, 2) for cut in self._cuts), inf]
        return tuple(map(Band, edges, edges[1:], self._points))


_respiratory_rate = _Bands([8.5, 11.5, 20.5, 24.5], [3, 1, 0, 2, 3], rising_from=16)
_systolic = _Bands([90.5, 100.5, 110.5, 219.5], [3, 2, 1, 0, 3], rising_from=165)
_pulse = _Bands([40.5, 50.5, 90.5, 110.5, 130.5], [3, 1, 0, 1, 2, 3], rising_from=70)
_temperature = _Bands([35.05, 36.05, 38.05, 39.05], [3, 1, 0, 1, 2], rising_from=37)
# A half of SpO2 goes downwards on both scales, even where the higher value would score more.
_spo2_scale_1 = _Bands([91.5, 93.5, 95.5], [3, 2, 1, 0], rising_from=inf)
_spo2_scale_2_air = _Bands([83.5, 85.5, 87.5], [3, 2, 1, 0], rising_from=inf)
_spo2_scale_2_oxygen = _Bands(
    [83.5, 85.5, 87.5, 92.5, 94.5, 96.5], [3, 2, 1, 0, 1, 2, 3], rising_from=inf
)
_DRAWN: Final = {
    "respiratory_rate": _respiratory_rate,
    "spo2": _spo2_scale_1,
    "systolic": _systolic,
    "pulse": _pulse,
    "temperature": _temperature,
}
_CONSCIOUSNESS: Final = {None: None, "A": 0, "C": 3, "V": 3, "P": 3, "U": 3}
_OXYGEN: Final = {None: None, False: 0, True: 2}


def score(
    *,
    respiratory_rate: float | None,
    spo2: float | None,
    oxygen: bool | None,
    systolic: float | None,
    pulse: float | None,
    consciousness: str | None,
    temperature: float | None,
    spo2_scale: int = 1,
) -> Score:
    """Score what is known, in /min, %, mmHg and degrees Celsius; `None` is missing.

    `oxygen` is True on oxygen, `consciousness` one of A C V P U, `spo2_scale` 1 or 2.
    Raises ValueError for anything else, because a typing slip must not look like a low score.
    """
    parts = {
        "respiratory_rate": _respiratory_rate(respiratory_rate),
        "spo2": _spo2_part(spo2, spo2_scale, oxygen=oxygen),
        "oxygen": _choice(_OXYGEN, oxygen, "oxygen"),
        "systolic": _systolic(systolic),
        "pulse": _pulse(pulse),
        "consciousness": _choice(_CONSCIOUSNESS, consciousness, "consciousness"),
        "temperature": _temperature(temperature),
    }
    given = (respiratory_rate, spo2, oxygen, systolic, pulse, consciousness, temperature)
    missing = () if None not in given else _missing(given)
    # Every missing part can be 0, and so can an SpO2 that waits for its oxygen (on air), all at
    # once: the joint minimum is therefore the sum of the parts that are settled.
    lowest = sum(filter(None, parts.values()))
    total = None if missing else lowest
    return Score(total, parts, missing, lowest, _response(lowest, parts, complete=not missing))


def bands(parameter: str, *, spo2_scale: int = 1, oxygen: bool = False) -> tuple[Band, ...]:
    """The bands of a measured parameter, from the lowest, as the RCP's paper chart shades them."""
    if parameter == "spo2" and spo2_scale == 2:
        return (_spo2_scale_2_oxygen if oxygen else _spo2_scale_2_air).drawn()
    return _DRAWN[parameter].drawn()


def rcp_text(result: Score) -> str:
    """What the RCP asks for at this score, in its words."""
    return RCP_TEXT_ZERO if result.total == 0 else RCP_TEXTS[result.response]


def _spo2_part(spo2: float | None, scale: int, *, oxygen: bool | None) -> int | None:
    if scale == 1:
        return _spo2_scale_1(spo2)
    if scale != 2:
        raise ValueError("the SpO2 scale is 1 or 2")
    if spo2 is None:
        return None
    if oxygen is not None:
        return (_spo2_scale_2_oxygen if oxygen else _spo2_scale_2_air)(spo2)
    # Above 92 scale 2 scores only on oxygen: not knowing whether leaves this part open too.
    on_air, on_oxygen = _spo2_scale_2_air(spo2), _spo2_scale_2_oxygen(spo2)
    return on_air if on_air == on_oxygen else None


def _choice(choices: Mapping[Any, int | None], value: object, name: str) -> int | None:
    try:
        return choices[value]
    except (KeyError, TypeError):
        raise ValueError(f"{name} cannot be {value!r}") from None


def _missing(given: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(name for name, value in zip(PARAMETERS, given, strict=True) if value is None)


def _response(lowest: int, parts: dict[str, int | None], *, complete: bool) -> Response:
    if lowest >= EMERGENCY_THRESHOLD:
        return "high"
    if lowest >= URGENT_THRESHOLD:
        return "medium"
    if 3 in parts.values():
        return "low_medium"
    return "low" if complete else "incomplete"
