"""Who came and who left over some weeks, and how long they stayed, told without anybody's name.

A visit is the unbroken time of one spell within one place: a move to another bed of the same ward
begins no visit, a transfer to another ward begins one there, and none in the ICB as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from capacity.models import BedAllocation, IntegratedCareBoard, Stay, Ward
from capacity.models.stays import Destination
from capacity.occupancy import nights
from capacity.reports.now import wards_of
from lib import london

WEEKS = 4


@dataclass(frozen=True, slots=True)
class Leg:
    """One stay, as far as flows ask about it; `destination` is the spell's, where it ended here:
    who was moved to another ward has gone nowhere yet."""

    spell: UUID
    ward: int
    provider: int
    route: str
    pathway: str
    starts: dt.datetime
    ends: dt.datetime | None
    destination: str


@dataclass(frozen=True, slots=True)
class Visit:
    """The unbroken time of a spell in one place."""

    key: Any
    route: str
    pathway: str
    starts: dt.datetime
    ends: dt.datetime | None
    destination: str

    def came(self, since: dt.datetime, until: dt.datetime) -> bool:
        """After the count at `since`, and counted at `until` unless already gone by then."""
        return since < self.starts <= until

    def went(self, since: dt.datetime, until: dt.datetime) -> bool:
        return self.ends is not None and since < self.ends <= until

    @property
    def nights(self) -> int:
        return nights(self.starts, self.ends) if self.ends else 0


@dataclass(frozen=True, slots=True)
class Flow:
    """Between two counts: those there at the first + in − out = those there at the second."""

    since: dt.datetime
    until: dt.datetime
    step_up: int
    step_down: int
    home: int
    hospital: int
    elsewhere: int

    @property
    def into(self) -> int:
        return self.step_up + self.step_down

    @property
    def out(self) -> int:
        return self.home + self.hospital + self.elsewhere


def icb_legs(icb: IntegratedCareBoard, since: dt.datetime) -> list[Leg]:
    """Stays in the ICB's beds, and without a bed on its wards, of spells not over by `since`."""
    stays = (
        _dated()
        .filter(ward__in=wards_of(icb))
        .alias(by_icb=Coalesce(_allocated("icb"), "ward__icb", output_field=BigIntegerField()))
    )
    return _legs(stays.filter(by_icb=icb.pk), since)


def ward_legs(ward: Ward, since: dt.datetime) -> list[Leg]:
    return _legs(_dated().filter(ward=ward), since)


def visits(legs: Iterable[Leg], place: Callable[[Leg], Any]) -> list[Visit]:
    """The legs of each spell joined while the place is the same and no time lies between."""
    ordered = sorted(legs, key=lambda leg: (leg.spell, leg.starts, leg.ends or _NEVER))
    found: list[Visit] = []
    for _, of_spell in groupby(ordered, key=lambda leg: leg.spell):
        found += _joined(of_spell, place)
    return found


def flow(of: Iterable[Visit], since: dt.datetime, until: dt.datetime) -> Flow:
    known = list(of)
    came = [visit.route for visit in known if visit.came(since, until)]
    went = [visit.destination for visit in known if visit.went(since, until)]
    home, hospital = went.count(Destination.HOME), went.count(Destination.HOSPITAL)
    return Flow(
        since=since,
        until=until,
        step_up=came.count("step_up"),
        step_down=came.count("step_down"),
        home=home,
        hospital=hospital,
        elsewhere=len(went) - home - hospital,
    )


def weeks(of: Iterable[Visit], last: dt.date) -> list[Flow]:
    """Four weeks from 08:00 to 08:00, the last one ending with the count of `last`."""
    known = list(of)
    edges = [london.count_instant(last - dt.timedelta(days=7 * n)) for n in range(WEEKS, -1, -1)]
    return [flow(known, since, until) for since, until in pairwise(edges)]


def lengths(of: Iterable[Visit], since: dt.datetime, until: dt.datetime) -> list[int]:
    """Nights of each visit that ended in the time, in order."""
    return sorted(visit.nights for visit in of if visit.went(since, until))


def median_nights(found: list[int]) -> float | None:
    return median(found) if found else None


_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def _joined(legs: Iterable[Leg], place: Callable[[Leg], Any]) -> Iterator[Visit]:
    run: list[Leg] = []
    for leg in legs:
        if run and (run[-1].ends != leg.starts or place(run[-1]) != place(leg)):
            yield _visit(run, place)
            run = []
        run.append(leg)
    if run:
        yield _visit(run, place)


def _visit(run: list[Leg], place: Callable[[Leg], Any]) -> Visit:
    first, last = run[0], run[-1]
    return Visit(
        key=place(first),
        route=first.route,
        pathway=first.pathway,
        starts=first.starts,
        ends=last.ends,
        destination=last.destination,
    )


def _allocated(what: str) -> Subquery:
    """Whose the bed was on the London day that the stay began."""
    then = BedAllocation.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=OuterRef("first_day")),
        bed=OuterRef("bed"),
        starts__lte=OuterRef("first_day"),
    )
    return Subquery(then.values(what)[:1])


def _provider() -> Coalesce:
    return Coalesce(_allocated("provider"), "ward__lead_provider", output_field=BigIntegerField())


def _destination() -> Case:
    return Case(
        When(ends__gte=F("spell__discharged_at"), then=F("spell__destination")), default=Value("")
    )


def _dated() -> QuerySet[Stay]:
    return Stay.objects.alias(first_day=TruncDate("starts", tzinfo=london.LONDON))


def _legs(stays: QuerySet[Stay], since: dt.datetime) -> list[Leg]:
    rows = (
        stays.counted()  # type: ignore[attr-defined]  # the stubs lose our queryset's own methods
        # All stays of these spells: a visit's length begins with its first, long before.
        .filter(Q(spell__discharged_at__isnull=True) | Q(spell__discharged_at__gt=since))
        .annotate(provider=_provider(), here=_destination())
        .values_list(
            "spell",
            "ward",
            "provider",
            "route",
            "pathway",
            "starts",
            "ends",
            "here",
        )
    )
    return [Leg(*row) for row in rows]
