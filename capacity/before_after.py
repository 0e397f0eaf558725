"""Whether stays became longer or shorter at a date, the mix of patients being made the same.

Both times are brought to the mix of both together (direct standardisation): within each kind of
patient (age band, route, source) the mean nights before and after are compared, and the
differences are weighed by how many of that kind there are in all. Means count each stay up to a
bound, so that stays still open can be counted (restricted mean, Irwin 1949); the interval is from
Greenwood's variance, and holds in 95 of 100 such comparisons.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from capacity.kaplan_meier import Curve, Lasted, curve

FEWEST: Final = 20  # stays on either side, or nothing is said
FEWEST_OF_A_KIND: Final = 5
KEPT: Final = 0.8  # of the stays on either side, or the kinds are told apart less finely
USUAL_BOUND: Final = 30  # nights
FEWEST_NIGHTS: Final = 7  # of follow-up after the change
_CERTAIN: Final = 1.96
WAYS: Final[Sequence[Sequence[str]]] = (
    ("age", "route", "source"),
    ("age", "route"),
    ("age",),
    (),
)

Kind = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StayOf:
    """`count` stays alike; `after` where they began on the day of the change or later."""

    after: bool
    lasted: Lasted
    mix: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the change, as it was: nothing is adjusted here."""

    stays: int
    still_open: int
    median: float | None
    mean: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Nights shorter (below nought) or longer after the change, and between what it lies."""

    nights: float
    low: float
    high: float

    @property
    def told_from_chance(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """`adjusted_for` names what the mix was made the same by; `left_out` are stays of kinds too
    rare on one side; `bound` is the number of nights up to which a stay counts in a mean."""

    before: Side
    after: Side
    crude: Difference
    adjusted: Difference
    adjusted_for: tuple[str, ...]
    left_out: int
    bound: int


@dataclass(frozen=True, slots=True)
class TooFew:
    """Refused: how many stays there are on either side, and of how many nights' follow-up."""

    before: int
    after: int
    followed: int


def compare(stays: Iterable[StayOf], *, followed: int) -> Comparison | TooFew:
    """`followed` is how many nights have passed since the change: no bound lies beyond them."""
    known = list(stays)
    sides = [_curve(one for one in known if one.after is after) for after in (False, True)]
    before, after = sides
    if min(before.stays, after.stays) < FEWEST or followed < FEWEST_NIGHTS:
        return TooFew(before.stays, after.stays, followed)
    bound = min(USUAL_BOUND, followed)
    way, kinds = _finest(known, before.stays, after.stays)
    return Comparison(
        before=_side(before, bound),
        after=_side(after, bound),
        crude=_difference([(1.0, before, after)], bound),
        adjusted=_difference(_weighed(kinds), bound),
        adjusted_for=tuple(way),
        left_out=before.stays + after.stays - sum(b.stays + a.stays for b, a in kinds),
        bound=bound,
    )


def _curve(stays: Iterable[StayOf]) -> Curve:
    return curve(one.lasted for one in stays)


def _side(of: Curve, bound: int) -> Side:
    return Side(of.stays, of.still_open, of.median, of.mean(bound))


def _finest(
    stays: Sequence[StayOf], before: int, after: int
) -> tuple[Sequence[str], list[tuple[Curve, Curve]]]:
    """The finest way to tell kinds apart that still keeps nearly all stays of either side."""
    for way in WAYS[:-1]:
        kinds = _kinds(stays, way)
        kept = (sum(b.stays for b, _ in kinds), sum(a.stays for _, a in kinds))
        if kept[0] >= KEPT * before and kept[1] >= KEPT * after:
            return way, kinds
    return WAYS[-1], _kinds(stays, WAYS[-1])


def _kinds(stays: Sequence[StayOf], way: Sequence[str]) -> list[tuple[Curve, Curve]]:
    """Before and after of each kind that is common enough on both sides."""
    by_kind: defaultdict[Kind, list[StayOf]] = defaultdict(list)
    for one in stays:
        by_kind[tuple(one.mix[name] for name in way)].append(one)
    pairs = [
        (_curve(s for s in of if not s.after), _curve(s for s in of if s.after))
        for _, of in sorted(by_kind.items())
    ]
    return [pair for pair in pairs if min(one.stays for one in pair) >= FEWEST_OF_A_KIND]


def _weighed(kinds: Sequence[tuple[Curve, Curve]]) -> list[tuple[float, Curve, Curve]]:
    whole = sum(before.stays + after.stays for before, after in kinds)
    return [((b.stays + a.stays) / whole, b, a) for b, a in kinds]


def _difference(weighed: Sequence[tuple[float, Curve, Curve]], bound: int) -> Difference:
    nights = sum(w * (after.mean(bound) - before.mean(bound)) for w, before, after in weighed)
    variance = sum(
        w * w * (before.mean_variance(bound) + after.mean_variance(bound))
        for w, before, after in weighed
    )
    room = _CERTAIN * sqrt(variance)
    return Difference(nights, nights - room, nights + room)
