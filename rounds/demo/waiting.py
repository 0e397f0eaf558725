"""Today's referrals: some nobody has looked at yet, some accepted, some declined."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any, Final

from capacity.models import Bed
from patients.actions.clocks import set_referral_clock
from patients.actions.people import register_patient
from patients.actions.referrals import accept, decline, refer
from patients.models import Referral
from rounds.demo import people, world
from rounds.demo.admitting import REASONS
from rounds.demo.cases import SOURCES, Case
from rounds.demo.people import Person
from rounds.demo.places import Places, seeded
from rounds.demo.staff import FIRST_WARD, Staff
from rounds.demo.world import WardPlan

# Minutes; as urgent community response promises.
DECIDE_WITHIN: Final = 120
_LONG_SET: Final = dt.timedelta(days=90)
FIRST_NUMBER: Final = 999_006_000
# How many of each a ward has: referred so many minutes ago at most.
STATES: Final = (("waiting", 0.9, 200), ("accepted", 0.8, 420), ("declined", 0.6, 900))


def refer_all(
    places: Places,
    staff: Staff,
    cases: list[Case],
    plans: tuple[WardPlan, ...],
    *,
    seed: int,
    now: dt.datetime,
) -> int:
    """How many."""
    numbers = people.numbers(FIRST_NUMBER)
    taken = {(case.ward.code, case.bed) for case in cases}
    many = 0
    for plan in plans:
        ward, lead = places.wards[plan.code], staff.lead(plan.code)
        set_referral_clock(ward=ward, minutes=DECIDE_WITHIN, by=lead, at=now - _LONG_SET)
        chance = seeded(seed, f"waiting-{plan.code}")
        asked = _told(now) if plan.code == FIRST_WARD else _drawn(plan, chance, numbers, now)
        free = _free(places, plan, taken, now)
        for person, state, minutes, pathway in asked:
            referred = now - dt.timedelta(minutes=minutes)
            referral = _refer(places, staff, plan, person, pathway, chance, at=referred)
            _decide(staff, referral, state, chance, free=free, now=now)
            many += 1
    return many


Asked = tuple[Person, str, int, str]


def _told(now: dt.datetime) -> list[Asked]:
    return [
        (
            people.from_cast(row, today=now.date()),
            row["state"],
            row["minutes"],
            row["pathway"],
        )
        for row in world.asked()
    ]


def _drawn(plan: WardPlan, chance: Random, numbers: Any, now: dt.datetime) -> list[Asked]:
    found: list[Asked] = []
    for state, often, longest in STATES:
        if chance.random() < often:
            pathway = chance.choices([*plan.mix], [*plan.mix.values()])[0]
            number = next(numbers)
            person = people.draw(
                chance, pathway=pathway, icb=plan.icb, number=number, today=now.date()
            )
            found.append((person, state, chance.randint(60, longest), pathway))
    return found


def _refer(
    places: Places,
    staff: Staff,
    plan: WardPlan,
    person: Person,
    pathway: str,
    chance: Random,
    *,
    at: dt.datetime,
) -> Referral:
    by = staff.referrer(plan.icb)
    patient = register_patient(
        family_name=person.family_name,
        given_name=person.given_name,
        born=person.born,
        sex=person.sex,
        nhs_number=person.nhs_number,
        by=by,
        at=at,
        **person.more(),
    )
    route = "step_up" if chance.random() < plan.step_up else "step_down"
    return refer(
        patient=patient,
        ward=places.wards[plan.code],
        pathway=places.pathways[pathway],
        route=route,
        source=chance.choice(SOURCES[route]),
        reason=REASONS[pathway],
        facts={"news2": chance.randint(0, 3), "agrees": True, "home_safe": True, "spo2": 95},
        referrer_organisation="Acute medicine" if route == "step_down" else "Test Lane Surgery",
        referrer_phone="0116 496 0018",
        by=by,
        at=at,
    )


def _free(
    places: Places, plan: WardPlan, taken: set[tuple[str, str | None]], now: dt.datetime
) -> list[Bed]:
    """Open beds in which nobody lies."""
    beds = places.beds[plan.code].items()
    there = [bed for label, bed in beds if bed.starts <= now and (plan.code, label) not in taken]
    return there[: len(there) - plan.closed]


def _decide(
    staff: Staff,
    referral: Referral,
    state: str,
    chance: Random,
    *,
    free: list[Bed],
    now: dt.datetime,
) -> None:
    """Within the hour; an accepted one's bed is held where one is free."""
    at = referral.referred_at + dt.timedelta(minutes=chance.randint(15, 55))
    by = staff.lead(referral.ward.code)
    if state == "declined":
        note = "Needs intravenous treatment that we cannot give at home today."
        decline(referral=referral, reason="too_unwell", note=note, by=by, at=at)
    elif state == "accepted":
        held = free.pop() if free else None
        until = now + dt.timedelta(hours=3) if held else None
        accept(referral=referral, held_bed=held, held_until=until, by=by, at=at)
