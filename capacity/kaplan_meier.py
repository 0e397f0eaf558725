"""How long stays last, when some of them are still going on: the product-limit estimate.

A stay that is still open is known to have lasted at least so long, and no more: it is *censored*.
To drop it would leave out the long ones; to count it as ended would call it short. Source: Kaplan
and Meier, Nonparametric estimation from incomplete observations (J Am Stat Assoc 1958); variance
by Greenwood (1926).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Lasted:
    """`count` stays of as many nights; not `ended`: at least so many, and still going on."""

    nights: int
    ended: bool = True
    count: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """At a number of nights: how many were still there just before it, how many ended then, and
    the share that stays longer. `spread` is Greenwood's sum up to here."""

    nights: int
    at_risk: int
    ended: int
    staying: float
    spread: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The share that stays longer than each number of nights; falls where stays ended."""

    steps: Sequence[Step]
    stays: int
    still_open: int
    longest: int

    def staying(self, nights: float) -> float:
        """The share that stays longer than so many nights."""
        share = 1.0
        for step in self.steps:
            if step.nights > nights:
                break
            share = step.staying
        return share

    def by(self, share: float) -> float | None:
        """Nights by which a share of stays has ended; None where too few have.

        Where the curve lies exactly at the share, the middle of that time, as the median of an
        even number of values does.
        """
        level = 1 - share
        for number, step in enumerate(self.steps):
            if abs(step.staying - level) < 1e-9:
                after = self.steps[number + 1 :]
                return (step.nights + after[0].nights) / 2 if after else float(step.nights)
            if step.staying < level:
                return float(step.nights)
        return None

    @property
    def median(self) -> float | None:
        return self.by(0.5)

    def mean(self, within: int | None = None) -> float:
        """Mean nights, each stay counted up to `within`: the area under the curve.

        Where stays are still open a mean without a bound is not known: then the bound is the
        longest stay seen. Without censoring and bound it is the plain mean.
        """
        return _area(self, 0, self.longest if within is None else within)

    def mean_variance(self, within: int | None = None) -> float:
        """Of that mean, with Kaplan and Meier's correction for few ends: without censoring and
        bound, the sample's variance over its number."""
        bound = self.longest if within is None else within
        ended = sum(step.ended for step in self.steps if step.nights <= bound)
        if ended < 2:
            return 0.0
        spread = sum(
            _area(self, step.nights, bound) ** 2 * _term(step.at_risk, step.ended)
            for step in self.steps
            if step.nights < bound
        )
        return spread * ended / (ended - 1)


def curve(stays: Iterable[Lasted]) -> Curve:
    """Stays of the same number of nights: those that ended then are taken to end before those
    that are still open are lost sight of."""
    known = list(stays)
    ended, lost = _counted(known, ended=True), _counted(known, ended=False)
    at_risk = whole = ended.total() + lost.total()
    staying, spread, steps = 1.0, 0.0, []
    for nights in sorted(ended | lost):
        if ended[nights]:
            staying *= (at_risk - ended[nights]) / at_risk
            spread += _term(at_risk, ended[nights])
            steps.append(Step(nights, at_risk, ended[nights], staying, spread))
        at_risk -= ended[nights] + lost[nights]
    longest = max((one.nights for one in known), default=0)
    return Curve(steps, whole, lost.total(), longest)


def _counted(stays: Iterable[Lasted], *, ended: bool) -> Counter[int]:
    counts: Counter[int] = Counter()
    for one in stays:
        if one.ended is ended:
            counts[one.nights] += one.count
    return counts


def _term(at_risk: int, ended: int) -> float:
    """Greenwood's; where all have ended, nothing is left that could vary."""
    return ended / (at_risk * (at_risk - ended)) if at_risk > ended else 0.0


def _area(of: Curve, start: int, end: int) -> float:
    """Under the curve between two numbers of nights."""
    inside = [step.nights for step in of.steps if start < step.nights < end]
    edges = [start, *inside, max(start, end)]
    return sum((after - before) * of.staying(before) for before, after in pairwise(edges))
