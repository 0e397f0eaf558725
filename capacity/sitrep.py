"""The Virtual Ward SitRep: when it is counted and sent, and what its figures are made of.

Source: NHS England Virtual Ward SitRep (DAPB4068): sent every second Friday, counted at 08:00 on
the Thursday of the week before; sent on 29 December 2023, counted on the 21st.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

from capacity.occupancy import Count

THURSDAY: Final = 4
FRIDAY: Final = 5
_FORTNIGHT: Final = timedelta(days=14)
_COUNTED_BEFORE: Final = timedelta(days=8)


def counted_on(submitted_on: date) -> date:
    """The Thursday of the week before a submission Friday."""
    return submitted_on - _COUNTED_BEFORE


def submitted_on(counted: date) -> date:
    return counted + _COUNTED_BEFORE


def is_counted(day: date, *, friday: date) -> bool:
    """Whether a day is one of the Thursdays, of which `friday` is any submission."""
    return (day - counted_on(friday)) % _FORTNIGHT == timedelta(0)


def thursdays_until(day: date, *, friday: date) -> Iterator[date]:
    """The Thursdays counted for a return up to a day, the latest first, without end."""
    behind = (day - counted_on(friday)) % _FORTNIGHT
    latest = day - behind
    while True:
        yield latest
        latest -= _FORTNIGHT


@dataclass(frozen=True, slots=True)
class Beds:
    """Of one ward that one ICB commissions, by their codes."""

    icb: str
    ward: str
    capacity: int
    surge: int
    closed: int


@dataclass(frozen=True, slots=True)
class Patients:
    """On one pathway and route of a ward."""

    icb: str
    ward: str
    pathway: str
    route: str
    patients: int
    over_capacity: int
    on_leave: int


@dataclass(frozen=True, slots=True)
class Line:
    """A ward's line of the return, for one ICB."""

    icb: str
    ward: str
    count: Count
    surge: int = 0
    closed: int = 0
    over_capacity: int = 0
    on_leave: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What one provider returns: the sums, and only they, are made of these."""

    beds: tuple[Beds, ...]
    patients: tuple[Patients, ...]

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Figures:
        return cls(
            tuple(Beds(**one) for one in kept["beds"]),
            tuple(Patients(**one) for one in kept["patients"]),
        )

    def as_kept(self) -> dict[str, Any]:
        return {
            "beds": [asdict(one) for one in self.beds],
            "patients": [asdict(one) for one in self.patients],
        }

    def of_icbs(self, codes: Iterable[str]) -> Figures:
        wanted = frozenset(codes)
        return Figures(
            tuple(one for one in self.beds if one.icb in wanted),
            tuple(one for one in self.patients if one.icb in wanted),
        )

    @property
    def icbs(self) -> list[str]:
        return sorted({icb for icb, _ in self._places()})

    @property
    def wards(self) -> list[str]:
        return sorted({ward for _, ward in self._places()})

    @property
    def count(self) -> Count:
        return Count(
            sum(one.capacity for one in self.beds), sum(one.patients for one in self.patients)
        )

    @property
    def on_leave(self) -> int:
        """How many of the patients."""
        return sum(one.on_leave for one in self.patients)

    def lines(self) -> list[Line]:
        """By ICB and ward; a ward without beds and one without patients have theirs too."""
        return [self._line(icb, ward) for icb, ward in sorted(self._places())]

    def pathways(self) -> list[tuple[str, str, str, int]]:
        """ICB, pathway, route and patients."""
        sums: dict[tuple[str, str, str], int] = {}
        for one in self.patients:
            key = (one.icb, one.pathway, one.route)
            sums[key] = sums.get(key, 0) + one.patients
        return [(*key, count) for key, count in sorted(sums.items())]

    def _places(self) -> set[tuple[str, str]]:
        """ICB and ward of each line."""
        return {(bed.icb, bed.ward) for bed in self.beds} | {
            (patient.icb, patient.ward) for patient in self.patients
        }

    def _line(self, icb: str, ward: str) -> Line:
        beds = [one for one in self.beds if (one.icb, one.ward) == (icb, ward)]
        patients = [one for one in self.patients if (one.icb, one.ward) == (icb, ward)]
        return Line(
            icb=icb,
            ward=ward,
            count=Figures(tuple(beds), tuple(patients)).count,
            surge=sum(one.surge for one in beds),
            closed=sum(one.closed for one in beds),
            over_capacity=sum(one.over_capacity for one in patients),
            on_leave=sum(one.on_leave for one in patients),
        )
