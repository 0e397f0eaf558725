"""The kinds of reading: their words, units, physical ranges and chart precision.

`parse` turns what a device sent into what is charted, or says why not; it never raises, because
everything inside a reading is that reading's own outcome.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import floor, inf
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

Why = Literal[
    "unknown_kind",
    "unit_missing",
    "unit_unknown",
    "not_a_number",
    "not_a_code",
    "implausible",
]
Converter = Callable[[float], float]

AIR: Final = "air"
# The order is that of worsening; the number only lets a chart place the letter.
CONSCIOUSNESS: Final[Mapping[str, float]] = MappingProxyType(
    {"A": 0.0, "C": 1.0, "V": 2.0, "P": 3.0, "U": 4.0}
)
CONSCIOUSNESS_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "A": "Alert",
        "C": "New confusion",
        "V": "Responds to voice",
        "P": "Responds to pain",
        "U": "Unresponsive",
    }
)
# Two binary fractions that stand for the same decimal differ by less than this.
_TOLERANCE: Final = 1e-9


class Parsed(NamedTuple):
    """A charted value: a number in the kind's own unit, and a code where the value is a word."""

    number: float
    code: str | None


class Problem(NamedTuple):
    """Why a reading cannot be charted."""

    why: Why


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of reading; `low` and `high` are the physical range, in the charted unit."""

    name: str
    label: str
    short: str
    unit: str
    ucum: str
    low: float
    high: float
    units: Mapping[str | None, Converter | None]
    decimals: int = 0
    # Halves below this go down, others up: always to the neighbour that scores more in NEWS2.
    rising_from: float = -inf
    argument: str | None = None
    codes: Mapping[str, float] = field(default_factory=dict)
    only_codes: bool = False


def _fahrenheit(value: float) -> float:
    return (value - 32) * 5 / 9


def _glucose_mass(value: float) -> float:
    return value / 18.0156  # mg/dL; glucose is 180.156 g/mol


def _same(*spellings: str | None) -> dict[str | None, Converter | None]:
    return dict.fromkeys(spellings)


_PER_MINUTE = ("/min", "1/min", "{beats}/min", "{breaths}/min", "bpm", "beats/min", "breaths/min")
_PRESSURE = _same("mm[Hg]", "mmHg")
_FLOW = ("L/min", "l/min", "LPM")

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                name="respiratory_rate",
                label="Breathing rate",
                short="Breathing",
                unit="/min",
                ucum="/min",
                low=1,
                high=99,
                units=_same(*_PER_MINUTE),
                rising_from=16,
                argument="respiratory_rate",
            ),
            Kind(
                name="spo2",
                label="Oxygen saturation (SpO2)",
                short="SpO2",
                unit="%",
                ucum="%",
                low=30,
                high=100,
                units=_same("%", "percent"),
                rising_from=inf,
                argument="spo2",
            ),
            Kind(
                name="oxygen",
                label="Air or oxygen",
                short="Oxygen",
                unit="L/min",
                ucum="L/min",
                low=0.1,
                high=80,
                units=_same(None, *_FLOW),
                decimals=1,
                argument="oxygen",
                codes={AIR: 0.0},
            ),
            Kind(
                name="systolic",
                label="Systolic blood pressure",
                short="Systolic",
                unit="mmHg",
                ucum="mm[Hg]",
                low=30,
                high=300,
                units=_PRESSURE,
                rising_from=165,
                argument="systolic",
            ),
            Kind(
                name="diastolic",
                label="Diastolic blood pressure",
                short="Diastolic",
                unit="mmHg",
                ucum="mm[Hg]",
                low=10,
                high=250,
                units=_PRESSURE,
            ),
            Kind(
                name="pulse",
                label="Pulse",
                short="Pulse",
                unit="/min",
                ucum="/min",
                low=15,
                high=300,
                units=_same(*_PER_MINUTE),
                rising_from=70,
                argument="pulse",
            ),
            Kind(
                name="consciousness",
                label="Consciousness (ACVPU)",
                short="ACVPU",
                unit="",
                ucum="",
                low=0,
                high=4,
                units=_same(None, ""),
                argument="consciousness",
                codes=CONSCIOUSNESS,
                only_codes=True,
            ),
            Kind(
                name="temperature",
                label="Temperature",
                short="Temp.",
                unit="°C",
                ucum="Cel",
                low=25,
                high=45,
                units=_same("Cel", "degC", "°C")
                | dict.fromkeys(("degF", "[degF]", "°F"), _fahrenheit),
                decimals=1,
                rising_from=37,
                argument="temperature",
            ),
            Kind(
                name="weight",
                label="Weight",
                short="Weight",
                unit="kg",
                ucum="kg",
                low=0.5,
                high=500,
                units=_same("kg"),
                decimals=1,
            ),
            Kind(
                name="glucose",
                label="Capillary blood glucose",
                short="Glucose",
                unit="mmol/L",
                ucum="mmol/L",
                low=0.3,
                high=60,
                units=_same("mmol/L", "mmol/l") | dict.fromkeys(("mg/dL", "mg/dl"), _glucose_mass),
                decimals=1,
            ),
            Kind(
                name="peak_flow",
                label="Peak expiratory flow",
                short="Peak flow",
                unit="L/min",
                ucum="L/min",
                low=20,
                high=1000,
                units=_same(*_FLOW),
            ),
            Kind(
                name="pain",
                label="Pain, 0 to 10",
                short="Pain",
                unit="",
                ucum="{score}",
                low=0,
                high=10,
                units=_same(None, "", "{score}", "1"),
            ),
        )
    }
)
# What rows hold instead of a kind's name; a number, once given, never means another kind.
NUMBERS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "respiratory_rate": 1,
        "spo2": 2,
        "oxygen": 3,
        "systolic": 4,
        "diastolic": 5,
        "pulse": 6,
        "consciousness": 7,
        "temperature": 8,
        "weight": 9,
        "glucose": 10,
        "peak_flow": 11,
        "pain": 12,
    }
)
NAMES: Final[Mapping[int, str]] = MappingProxyType({n: name for name, n in NUMBERS.items()})
# A chart holds the seven of NEWS2 by the score's own argument names.
NEWS2_KINDS: Final = tuple(kind.name for kind in KINDS.values() if kind.argument)

_UNKNOWN_KIND: Final = Problem("unknown_kind")
_NOT_A_NUMBER: Final = Problem("not_a_number")
_NOT_A_CODE: Final = Problem("not_a_code")
_IMPLAUSIBLE: Final = Problem("implausible")
_UNIT_MISSING: Final = Problem("unit_missing")
_UNIT_UNKNOWN: Final = Problem("unit_unknown")


def parse(kind: object, value: object, unit: object = None) -> Parsed | Problem:
    """Chart a value as sent; `unit` None is absent. Takes anything that JSON can hold."""
    known = KINDS.get(kind) if isinstance(kind, str) else None
    if known is None:
        return _UNKNOWN_KIND
    if unit is not None and not isinstance(unit, str):
        return _UNIT_UNKNOWN
    if unit not in known.units:
        return _UNIT_UNKNOWN if unit else _UNIT_MISSING
    if isinstance(value, str):
        return _code(known, value)
    return _NOT_A_CODE if known.only_codes else _number(known, value, known.units[unit])


def chart(kind: str, value: float) -> float:
    """Round to the kind's chart precision, a half to the neighbour that scores more."""
    return _chart(KINDS[kind], value)


def unit_to_send(kind: str) -> str | None:
    """The unit in which a charted number may be sent; None where it needs none."""
    known = KINDS[kind]
    return next((unit for unit in (known.ucum, known.unit) if unit and unit in known.units), None)


def show(kind: str, number: float, code: str | None = None) -> str:
    """The value as people read it, without its unit: "38.4", "Air", "A"."""
    if code is not None:
        return code.capitalize()
    return f"{number:.{KINDS[kind].decimals}f}"


def news2_argument(kind: str, number: float, code: str | None) -> float | bool | str | None:
    """A charted value of one of `NEWS2_KINDS` as `news2.score` wants it."""
    if kind == "oxygen":
        return number > 0
    return code if kind == "consciousness" else number


def _code(kind: Kind, value: str) -> Parsed | Problem:
    number = kind.codes.get(value)
    if number is None:
        return _NOT_A_CODE if kind.codes else _NOT_A_NUMBER
    return Parsed(number, value)


def _number(kind: Kind, value: object, convert: Converter | None) -> Parsed | Problem:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return _NOT_A_NUMBER
    try:
        number = float(value)
    except OverflowError:
        return _IMPLAUSIBLE
    if not -inf < number < inf:
        return _NOT_A_NUMBER
    converted = number if convert is None else convert(number)
    # Before rounding: 1e308 has no tenths.
    if not kind.low - 1 < converted < kind.high + 1:
        return _IMPLAUSIBLE
    charted = _chart(kind, converted)
    return Parsed(charted, None) if kind.low <= charted <= kind.high else _IMPLAUSIBLE


def _chart(kind: Kind, value: float) -> float:
    scale = 10.0**kind.decimals
    scaled = value * scale
    whole = floor(scaled)
    over = scaled - whole - 0.5
    # 38.05 has no exact binary form: what lies this close to a half was sent as a half.
    half = -_TOLERANCE < over < _TOLERANCE
    up = value >= kind.rising_from if half else over > 0
    return (whole + up) / scale
