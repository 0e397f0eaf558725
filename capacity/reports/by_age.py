"""The population by age band and sex: what those admitted stand beside."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from capacity.ages import band_of
from capacity.models import IntegratedCareBoard, PopulationBand

Person = tuple[str, str]  # (age band as `width_bucket` numbers it, sex)


@dataclass(frozen=True, slots=True)
class ByAge:
    """People by age band and sex, counted by `source` at `as_of`."""

    people: Counter[Person]
    as_of: dt.date
    source: str

    @property
    def whole(self) -> int:
        return self.people.total()

    def of(self, age: str | None = None, sex: str | None = None) -> int:
        """None: of every age, of both sexes."""
        return sum(
            number
            for (its_age, its_sex), number in self.people.items()
            if age in (None, its_age) and sex in (None, its_sex)
        )


def by_age(icb: IntegratedCareBoard) -> ByAge | None:
    """The newest that is loaded."""
    newest = PopulationBand.objects.filter(icb=icb).order_by("-as_of").values("as_of")[:1]
    rows = list(PopulationBand.objects.filter(icb=icb, as_of=newest))
    if not rows:
        return None
    people: Counter[Person] = Counter()
    for row in rows:
        people[str(band_of(row.age_from)), row.sex] += row.people
    return ByAge(people, rows[0].as_of, rows[0].source)
