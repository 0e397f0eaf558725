"""How far along its own scale a value lies, so that something worse is known from the same again.

Two steps are plainly worse (`bells.WORSE_BY`). Counted from the end of the kind's physical range
and not from a limit: a limit that moves makes no value worse. The steps are defaults for the
Clinical Safety Officer of the deploying organisation to confirm.
"""

from collections.abc import Mapping
from math import floor
from typing import Final, Literal

from observations import kinds

Side = Literal["below", "above"]

# Downwards and upwards, in the kind's charted unit.
_STEPS: Final[Mapping[str, tuple[float, float]]] = {
    "respiratory_rate": (2, 2),
    "spo2": (2, 2),
    "oxygen": (1, 1),
    "systolic": (5, 10),
    "diastolic": (5, 10),
    "pulse": (5, 10),
    "consciousness": (0.5, 0.5),  # each letter is plainly worse than the one before
    "temperature": (0.5, 0.5),
    "weight": (1, 1),
    "glucose": (0.5, 2),
    "peak_flow": (25, 25),
    "pain": (1, 1),
}
# Tenths have no exact binary form: 38.5 is a whole step above 38.0.
_TOLERANCE: Final = 1e-6


def steps(kind: str, side: Side, number: float) -> int:
    """Whole steps beyond the calm end of the scale; 0 and more."""
    known, (down, up) = kinds.KINDS[kind], _STEPS[kind]
    far = (known.high - number) / down if side == "below" else (number - known.low) / up
    return max(0, floor(far + _TOLERANCE))


def gained(moved: float, by: float) -> int:
    """Of a gain or loss that crosses at `by`: twice that is plainly worse."""
    return max(0, floor(2 * (abs(moved) / abs(by) - 1) + _TOLERANCE))
