"""Who is on which ward today and what their story is, drawn from a seed. Pure.

A case is one current patient of the demo: the person, how they came, and how their readings go.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from rounds.demo import people, world
from rounds.demo.people import Person
from rounds.demo.vitals import Story, Usual
from rounds.demo.world import Size, WardPlan

Set = tuple[int, dict[str, Any]]
STORIES: Final[tuple[tuple[Story, float], ...]] = (
    ("stable", 0.83),
    ("improving", 0.11),
    ("silent", 0.035),
    ("deteriorating", 0.025),
)
SHAPE: Final = 4.2
"""Of the gamma distribution that lengths of stay are drawn from."""
SOURCES: Final = {
    "step_up": ("gp", "urgent_community_response", "ambulance", "emergency_department"),
    "step_down": ("acute_ward", "acute_ward", "emergency_department"),
}
SEVEN: Final = (
    *("respiratory_rate", "spo2", "oxygen", "systolic", "diastolic", "pulse"),
    *("consciousness", "temperature"),
)
ALSO: Final[dict[str, tuple[str, ...]]] = {
    "heart-failure": ("weight",),
    "cardiology": ("weight",),
    "diabetes": ("glucose",),
}
INSTEAD: Final[dict[str, tuple[str, ...]]] = {
    "palliative": ("respiratory_rate", "spo2", "pulse", "temperature", "consciousness", "pain"),
    "paediatric": ("respiratory_rate", "spo2", "pulse", "temperature", "consciousness"),
}


@dataclass(slots=True, kw_only=True)
class Case:
    """`told` is the row of the ward that is told one by one, else empty."""

    ward: WardPlan
    person: Person
    pathway: str
    route: str
    source: str
    admitted_at: dt.datetime
    expected_days: int
    bed: str | None
    story: Story = "stable"
    usual: Usual = field(default_factory=Usual)
    sets: list[Set] = field(default_factory=list)
    home: bool = False
    scale: int = 1
    comfort: bool = False
    on_leave: bool = False
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        return INSTEAD.get(self.pathway, SEVEN + ALSO.get(self.pathway, ()))

    def chance(self, seed: int, what: str) -> Random:
        """A chance of this person's own, whatever is drawn for others."""
        return Random(f"{seed}-{self.person.nhs_number}-{what}")  # noqa: S311 - a story, no secret


def draw(size: Size, *, seed: int, now: dt.datetime) -> list[Case]:
    """Everybody, ward by ward."""
    numbers = people.numbers()
    found: list[Case] = []
    for ward in world.wards(size):
        chance = Random(f"{seed}-cases-{ward.code}")  # noqa: S311 - a story, no secret
        if ward.code == "RT5-soar-valley":
            found += _told(ward, size, chance, now)
        else:
            found += _drawn(ward, size, chance, numbers, now)
    return found


def _told(ward: WardPlan, size: Size, chance: Random, now: dt.datetime) -> Iterator[Case]:
    cast = world.cast()
    many = max(8, round(len(cast) * size.share)) if size.share < 1 else len(cast)
    needed = [row for row in cast if row.get("hub")]
    for row in (needed + [row for row in cast if not row.get("hub")])[:many]:
        usual = Usual(**{**_usual_of(row["pathway"]), **row.get("usual", {})})
        yield Case(
            ward=ward,
            person=people.from_cast(row, today=now.date()),
            pathway=row["pathway"],
            route=row["route"],
            source=chance.choice(SOURCES[row["route"]]),
            admitted_at=_admitted(chance, row["day"], now),
            expected_days=row["of"],
            bed=row["bed"],
            story=row.get("story", "stable"),
            usual=usual,
            sets=row["sets"],
            scale=row.get("scale", 1),
            told=row,
        )


def _drawn(
    ward: WardPlan, size: Size, chance: Random, numbers: Iterator[str], now: dt.datetime
) -> Iterator[Case]:
    taken = max(3, round(ward.taken * size.share))
    beds: list[str | None] = [str(n) for n in sorted(chance.sample(range(1, ward.beds + 1), taken))]
    over: list[str | None] = [None] * (ward.over if size.share == 1 else 0)
    stories = _stories(chance, taken + len(over))
    for place, (bed, story) in enumerate(zip(beds + over, stories, strict=True)):
        case = _one(ward, chance, next(numbers), now, bed=bed, story=story)
        case.home = place < ward.care_homes
        case.source = "care_home" if case.home and case.route == "step_up" else case.source
        case.comfort = ward.slug == "palliative-at-home" and place == 1
        case.on_leave = ward.slug == "acute-respiratory" and place == 2
        case.scale = 2 if case.pathway == "copd" and place % 4 == 1 else 1
        if case.scale == 2:
            case.usual = Usual(spo2=90, respiratory_rate=18, oxygen=1.0 if place % 8 == 1 else 0.0)
        yield case


def _one(
    ward: WardPlan, chance: Random, number: str, now: dt.datetime, *, bed: str | None, story: Story
) -> Case:
    pathway = chance.choices([*ward.mix], [*ward.mix.values()])[0]
    route = "step_up" if chance.random() < ward.step_up else "step_down"
    expected = max(3, round(chance.gauss(ward.mean_days + 1.5, 2)))
    day = _day(chance, ward.mean_days)
    return Case(
        ward=ward,
        person=people.draw(chance, pathway=pathway, icb=ward.icb, number=number, today=now.date()),
        pathway=pathway,
        route=route,
        source=chance.choice(SOURCES[route]),
        admitted_at=_admitted(chance, max(day, 2) if story != "stable" else day, now),
        expected_days=max(expected, day),
        bed=bed,
        story=story,
        usual=_usual(chance, pathway),
    )


def _day(chance: Random, mean: float) -> int:
    """Whom one finds on a ward: long stays more often than short ones, anywhere within theirs."""
    whole = chance.gammavariate(SHAPE + 1, mean / SHAPE)
    return min(14, 1 + int(chance.random() * whole))


def _stories(chance: Random, many: int) -> list[Story]:
    names, weights = [name for name, _ in STORIES], [weight for _, weight in STORIES]
    return chance.choices(names, weights, k=many)


def _admitted(chance: Random, day: int, now: dt.datetime) -> dt.datetime:
    """Between 10:00 and 19:00 of day one, which is today for day 1; always before now."""
    first = (now - dt.timedelta(days=day - 1)).replace(minute=0, second=0, microsecond=0)
    came = first.replace(hour=10) + dt.timedelta(minutes=chance.randint(0, 540))
    latest = now - dt.timedelta(hours=3)
    return came if came < latest else latest - dt.timedelta(minutes=chance.randint(0, 90))


def _usual_of(pathway: str) -> dict[str, int | float]:
    told: dict[str, dict[str, int | float]] = {
        "copd": {"spo2": 93, "respiratory_rate": 18, "pulse": 82},
        "heart-failure": {"systolic": 116, "diastolic": 68, "weight": 82.0},
        "frailty": {"systolic": 132, "diastolic": 70, "weight": 61.0},
        "acute-respiratory-infection": {"spo2": 96, "respiratory_rate": 17},
        "paediatric": {"respiratory_rate": 24, "pulse": 104, "weight": 21.0},
        "palliative": {"pain": 3, "spo2": 95},
        "diabetes": {"glucose": 10.4},
    }
    return told.get(pathway, {})


def _usual(chance: Random, pathway: str) -> Usual:
    base = _usual_of(pathway)
    return Usual(
        **{
            **base,
            "respiratory_rate": int(base.get("respiratory_rate", 16)) + chance.choice((-1, 0, 0)),
            "spo2": int(base.get("spo2", 97)) + chance.choice((-1, 0, 0, 1)),
            "systolic": int(base.get("systolic", 128)) + chance.randint(0, 16),
            "pulse": int(base.get("pulse", 72)) + chance.randint(-8, 6),
            "weight": round(float(base.get("weight", 74.0)) + chance.gauss(0, 9), 1),
        }  # type: ignore[arg-type]  # by field name
    )
