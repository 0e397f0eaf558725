"""Made-up populations by age and sex for the demo's boards: the real ones are loaded from a file.

Each board's sum is its registered population of all ages; how it is spread is drawn from nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from capacity.actions.populations import Band, load_population
from capacity.ages import EDGES
from capacity.models import Population

SOURCE: Final = "synthetic, made up for this demonstration"
AS_OF: Final = dt.date(2024, 4, 1)
# Per 1,000 people, by age band; the oldest are women more often.
SPREAD: Final = {
    "female": (102, 144, 162, 50, 33, 16),
    "male": (107, 148, 158, 46, 25, 9),
}


def tell(*, at: dt.datetime) -> None:
    whole = Population.objects.filter(base=Population.Base.ALL, as_of=AS_OF).select_related("icb")
    bands = [band for one in whole for band in _bands(one.icb.code, one.value)]
    load_population(bands=bands, as_of=AS_OF, source=SOURCE, at=at)


def _bands(code: str, whole: int) -> Iterator[Band]:
    """The youngest men take what rounding leaves, so that they add up."""
    first, *others = [
        Band(code, sex, since, until, round(whole * per_1000 / 1000))
        for sex in ("male", "female")
        for (since, until), per_1000 in zip(_ages(), SPREAD[sex], strict=True)
    ]
    yield first._replace(people=whole - sum(band.people for band in others))
    yield from others


def _ages() -> Iterator[tuple[int, int | None]]:
    for since, until in pairwise((0, *EDGES)):
        yield since, until - 1
    yield EDGES[-1], None
