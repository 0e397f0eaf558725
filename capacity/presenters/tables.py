"""The dashboard's table: wards in their providers, or pathways, or routes, and the sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from capacity.leave import LeaveRule
from capacity.models import Provider, Ward
from capacity.occupancy import Count
from capacity.presence import WardCount
from capacity.presenters import words
from capacity.presenters.staffed import NOT_TOLD
from capacity.reports.flows import (
    Flow,
    Visit,
    by_place,
    flow,
    lengths,
    median_nights,
    of_all,
    visits,
)
from capacity.reports.now import Now, added
from capacity.reports.staffed import Told
from lib.addresses import address
from lib.charts import bars
from lib.charts.svg import numbers

HEADINGS = (
    "Where",
    "Beds",
    "Staffed",
    "Patients",
    "Occupancy",
    "Free",
    "Step-up in, 28 days",
    "Step-down in, 28 days",
    "Out, 28 days",
    "Median stay, nights",
    "People on leave",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `kind` is provider, within, plain or sum. Pathways and routes have no beds."""

    kind: str
    label: str
    counted: WardCount
    flow: Flow
    median: float | None
    leave: LeaveRule
    has_beds: bool = True
    ward: str = ""
    provider: str = ""
    staffed: str = ""

    @property
    def code(self) -> str:
        """Of the page about it, where the user may open one."""
        return self.ward or self.provider

    @property
    def link(self) -> str:
        name = "capacity:ward-detail" if self.ward else "capacity:provider-detail"
        return address(name, self.code) if self.code else ""

    @property
    def beds(self) -> str:
        return f"{self.counted.beds:,}" if self.has_beds else ""

    @property
    def patients(self) -> str:
        return f"{self.counted.patients:,}"

    @property
    def count(self) -> Count:
        return self.leave.count(self.counted)

    @property
    def occupancy(self) -> str:
        return words.share(self.count) if self.has_beds else ""

    @property
    def bar(self) -> SafeString | str:
        if not self.has_beds or not self.counted.beds:
            return ""
        return bars.share(100 * self.count.patients / self.count.beds)

    @property
    def free(self) -> str:
        return f"{self.counted.free:,}" if self.has_beds else ""

    @property
    def full(self) -> bool:
        return self.has_beds and self.counted.beds > 0 and self.counted.free == 0

    @property
    def median_words(self) -> str:
        return words.nights(self.median)

    @property
    def counted_figures(self) -> tuple[str, ...]:
        return (self.beds, self.staffed, self.patients, self.occupancy)

    @property
    def moved_figures(self) -> tuple[str, ...]:
        flows = (self.flow.step_up, self.flow.step_down, self.flow.out)
        return (*map(str, flows), self.median_words)

    @property
    def counted_cells(self) -> SafeString:
        """For the page, as those below: left of the bar, and right of what is free."""
        return numbers(self.counted_figures)

    @property
    def moved_cells(self) -> SafeString:
        return numbers(self.moved_figures)

    @property
    def cells(self) -> tuple[str, ...]:
        """As text, for the file that holds exactly what is shown."""
        told = self.leave.short if self.has_beds else ""
        return (self.label, *self.counted_figures, self.free, *self.moved_figures, told)


@dataclass(frozen=True)
class Sources:
    """What the lines are made of: counts now, the stays of 28 days, and names."""

    now: Now
    stays: Sequence[Visit]
    providers: dict[int, Provider]
    wards: dict[int, Ward]
    visible: frozenset[int]
    leave: LeaveRule
    staffed: Mapping[int, Told]

    @cached_property
    def visits(self) -> list[Visit]:
        """Of all places together, of which the sum and the pictures are made."""
        return visits(self.stays, of_all)

    def row(
        self,
        kind: str,
        label: str,
        counted: WardCount,
        of: Sequence[Visit],
        *,
        has_beds: bool = True,
        ward: str = "",
        provider: str = "",
        staffed: str = "",
    ) -> Row:
        return Row(
            kind=kind,
            label=label,
            counted=counted,
            flow=flow(of),
            median=median_nights(lengths(of)),
            leave=self.leave,
            has_beds=has_beds,
            ward=ward,
            provider=provider,
            staffed=staffed,
        )

    def staffed_cell(self, ward: int) -> str:
        """Of a ward whose beds are of several boards nobody said whose of them are staffed."""
        told = self.staffed.get(ward)
        return NOT_TOLD if told is None else "shared" if told.icbs > 1 else f"{told.number:,}"


def table(by: str, sources: Sources, name: str) -> list[Row]:
    """`by` is ward, pathway or route; the last line is the sum of counts, never of shares."""
    rows = {"pathway": _pathways, "route": _routes}.get(by, _wards)(sources)
    return [*rows, sources.row("sum", f"{name}, all", sources.now.total, sources.visits)]


def _wards(sources: Sources) -> list[Row]:
    within = by_place(sources.stays, lambda stay: (stay.provider, stay.ward))
    of = by_place(sources.stays, lambda stay: stay.provider)
    rows: list[Row] = []
    for provider in sorted(sources.providers.values(), key=lambda provider: str(provider)):
        counted = sources.now.of_provider(provider.pk)
        is_seen = any(
            owner == provider.pk and ward in sources.visible for owner, ward in sources.now.places
        )
        code = provider.code if is_seen else ""
        rows.append(sources.row("provider", str(provider), counted, of[provider.pk], provider=code))
        rows += _wards_within(provider, sources, within)
    return rows


def _wards_within(
    provider: Provider, sources: Sources, of: defaultdict[Any, list[Visit]]
) -> list[Row]:
    places = [ward for owner, ward in sources.now.places if owner == provider.pk]
    wards = sorted((sources.wards[pk] for pk in places), key=lambda ward: ward.name)
    return [
        sources.row(
            "within",
            ward.name,
            sources.now.places[provider.pk, ward.pk],
            of[provider.pk, ward.pk],
            ward=ward.code if ward.pk in sources.visible else "",
            staffed=sources.staffed_cell(ward.pk),
        )
        for ward in wards
    ]


def _pathways(sources: Sources) -> list[Row]:
    found = by_place(sources.stays, lambda stay: stay.pathway)
    return _without_beds(sources, sources.now.pathways, found, words.pathway_name)


def _routes(sources: Sources) -> list[Row]:
    found = by_place(sources.stays, lambda stay: stay.route)
    return _without_beds(sources, sources.now.routes, found, words.route_name)


def _without_beds(
    sources: Sources,
    counts: dict[str, WardCount],
    found: defaultdict[Any, list[Visit]],
    name: Callable[[str], str],
) -> list[Row]:
    keys = sorted(
        {*counts, *found},
        key=lambda key: (-counts.get(key, WardCount()).patients, key),
    )
    return [
        sources.row(
            "plain",
            name(key),
            added([counts.get(key, WardCount())]),
            found[key],
            has_beds=False,
        )
        for key in keys
    ]
