"""Opens the demo's providers, wards and beds; what happens today began long before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Final

from capacity.actions.beds import add_beds, close_bed
from capacity.actions.hours import set_ward_hours
from capacity.actions.organisations import add_provider, open_ward
from capacity.actions.reference import load_reference_data
from capacity.models import Bed, IntegratedCareBoard, Provider, Ward
from patients.actions.pathways import load_pathways, offer_pathway
from patients.models import Pathway, PathwayVersion
from rounds.demo import populations, world
from rounds.demo.world import Size, WardPlan

# A ward grows: the share of its beds that was open so many days ago.
GROWTH: Final = ((0.7, 400), (0.82, 70), (0.92, 38), (1.0, 17))


@dataclass(slots=True)
class Places:
    """What was opened, by code; beds by ward and label."""

    providers: dict[str, Provider] = field(default_factory=dict)
    wards: dict[str, Ward] = field(default_factory=dict)
    beds: dict[str, dict[str, Bed]] = field(default_factory=dict)
    pathways: dict[str, Pathway] = field(default_factory=dict)


def open_places(size: Size, *, now: dt.datetime) -> Places:
    since = now - dt.timedelta(days=400)
    load_reference_data(at=since)
    populations.tell(at=since)
    versions = load_pathways(at=since)
    places = Places(pathways={version.pathway_id: version.pathway for version in versions})
    for plan in world.providers():
        places.providers[plan.code] = add_provider(
            code=plan.code,
            name=plan.name,
            short_name=plan.short_name,
            kind=plan.kind,
            starts=dt.date(2013, 4, 1),
            by=None,
            at=since,
        )
    for ward in world.wards(size):
        _open(places, ward, versions, now=now)
    return places


def _open(
    places: Places, plan: WardPlan, versions: list[PathwayVersion], *, now: dt.datetime
) -> None:
    since = now - dt.timedelta(days=400)
    ward = open_ward(
        code=plan.code,
        name=plan.name,
        lead_provider=places.providers[plan.provider],
        icb=IntegratedCareBoard.objects.get(code=plan.icb),
        opens=since.date(),
        by=None,
        at=since,
    )
    set_ward_hours(
        ward=ward,
        opens=dt.time(8),
        closes=dt.time(20),
        phone="0116 496 0321",
        out_of_hours_team="Out-of-hours virtual ward team",
        out_of_hours_phone="07700 900 555",
        starts=since.date(),
        by=None,
        at=since,
    )
    for version in versions:
        if version.pathway_id in plan.mix:
            offer_pathway(ward=ward, version=version, by=None, at=since)
    places.wards[plan.code] = ward
    beds = [bed for number, at in _openings(plan, now) for bed in _add(places, ward, number, at)]
    places.beds[plan.code] = {bed.label: bed for bed in beds}
    _close_some(plan, beds, now=now)


def _openings(plan: WardPlan, now: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """How many more beds opened when; those planned open at dates to come."""
    openings, known = [], 0
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for share, days in GROWTH:
        wanted = round((plan.beds + plan.closed) * share)
        openings.append((wanted - known, midnight - dt.timedelta(days=days)))
        known = wanted
    half = plan.planned // 2
    openings.append((plan.planned - half, midnight + dt.timedelta(days=45)))
    openings.append((half, midnight + dt.timedelta(days=120)))
    return [(number, at) for number, at in openings if number]


def _add(places: Places, ward: Ward, number: int, starts: dt.datetime) -> list[Bed]:
    provider = places.providers[ward.code.partition("-")[0]]
    return add_beds(
        ward=ward, number=number, provider=provider, icb=ward.icb, starts=starts, by=None, at=starts
    )


def _close_some(plan: WardPlan, beds: list[Bed], *, now: dt.datetime) -> None:
    """The last ones that are open today."""
    closed = beds[plan.beds : plan.beds + plan.closed]
    for bed in closed:
        close_bed(
            bed=bed,
            reason="no_kit",
            note="Glucose meters on order",
            expected_until=now + dt.timedelta(days=2),
            by=None,
            at=now - dt.timedelta(days=3),
        )


def seeded(seed: int, what: str) -> Random:
    """A chance of its own for each part, so that none moves the others."""
    return Random(f"{seed}-{what}")  # noqa: S311 - a story, no secret
