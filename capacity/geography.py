"""What became of organisations, and counts of one time restated to the boundaries of another.

A merger passes everything on. A split passes on stated shares, which add up to one; without them
nothing is restated, because nobody knows whose the beds were.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from capacity.occupancy import Count

WHOLE = Fraction(1)


class CannotRestate(Exception):  # noqa: N818 — an answer to a person, not a fault
    """Its message says which organisation stands in the way, and why."""


@dataclass(frozen=True, slots=True)
class Became:
    """From `on` this share of `before` was `after`."""

    before: str
    after: str
    on: date
    share: Fraction = WHOLE


def adds_up(shares: Iterable[Fraction]) -> bool:
    return sum(shares) == WHOLE


@dataclass(frozen=True, slots=True)
class Geography:
    """All that is stated; `ended` says when organisations ceased, by code."""

    stated: tuple[Became, ...]
    ended: Mapping[str, date]

    def shares(self, code: str, since: date, until: date) -> dict[str, Fraction]:
        """Whose it is on the boundaries of `until`, of what was the code's at `since`: itself,
        where nothing became of it. Raises CannotRestate."""
        changes = [one for one in self.stated if one.before == code and since < one.on <= until]
        ended = self.ended.get(code)
        if not changes:
            if ended is not None and since < ended <= until:
                raise CannotRestate(f"{code} ended and nobody has stated what became of it.")
            return {code: WHOLE}
        first = min(one.on for one in changes)
        parts = [one for one in changes if one.on == first]
        if not adds_up(part.share for part in parts):
            raise CannotRestate(f"{code} was split, and its parts’ shares do not add up to one.")
        found: defaultdict[str, Fraction] = defaultdict(Fraction)
        for part in parts:
            for after, share in self.shares(part.after, first, until).items():
                found[after] += part.share * share
        return dict(found)


@dataclass(frozen=True, slots=True)
class Restated:
    """Sums of shares, rounded last. `returned` only where each part was returned; `made_of` are
    the codes of then."""

    count: Count
    population: int
    returned: bool
    made_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What an organisation counted under its code of then."""

    code: str
    count: Count
    population: int
    returned: bool


def restate(
    lines: Iterable[Counted], geography: Geography, since: date, until: date
) -> dict[str, Restated]:
    """By the codes of `until`. Raises CannotRestate where one of them cannot be, and where what was
    counted `since` stands on newer boundaries: what was joined is not taken apart."""
    newer = sorted(one.on for one in geography.stated if until < one.on <= since)
    if newer:
        raise CannotRestate(
            f"{since:%B %Y} was counted on the boundaries of {newer[-1]:%B %Y}, and is not told on "
            f"older ones."
        )
    parts: defaultdict[str, list[tuple[Counted, Fraction]]] = defaultdict(list)
    for line in lines:
        for code, share in geography.shares(line.code, since, until).items():
            parts[code].append((line, share))
    return {code: _sum(made_of) for code, made_of in parts.items()}


def _sum(parts: list[tuple[Counted, Fraction]]) -> Restated:
    return Restated(
        count=Count(
            _rounded(line.count.beds * share for line, share in parts),
            _rounded(line.count.patients * share for line, share in parts),
        ),
        population=_rounded(line.population * share for line, share in parts),
        returned=all(line.returned for line, _ in parts),
        made_of=tuple(sorted(line.code for line, _ in parts)),
    )


def _rounded(values: Iterable[Fraction]) -> int:
    """Half up."""
    return floor(sum(values) + Fraction(1, 2))
