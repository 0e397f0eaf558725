"""The stays and referrals of the weeks before, drawn backwards from who lies in each bed today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

from capacity.actions.history import (
    PastRefusal,
    PastSpell,
    record_past_refusals,
    record_past_spells,
)
from capacity.facts import SpellFacts
from capacity.models import Bed, Ward
from patients.pseudonym import person_key
from rounds.demo.cases import SHAPE, SOURCES, Case
from rounds.demo.people import AGES
from rounds.demo.places import Places, seeded
from rounds.demo.world import Size, WardPlan, name_groups, wards

DESTINATIONS: Final = (
    ("home", 0.84),
    ("hospital", 0.095),
    ("other_service", 0.02),
    ("care_home", 0.02),
    ("died", 0.02),
    ("self_discharged", 0.005),
)
DECLINES: Final = (
    ("too_unwell", 5),
    ("not_acute", 4),
    ("no_bed", 3),
    ("home_unsafe", 2),
    ("no_consent", 2),
    ("out_of_area", 1),
)
DECLINED_PER_STAY: Final = 0.14
DELAYED: Final = 0.12
CAUSES: Final[tuple[tuple[str, float], ...]] = (
    ("social_care", 5),
    ("medicines", 3),
    ("housing", 2),
    ("kit", 1),
    ("", 1),
)


def record(places: Places, cases: list[Case], size: Size, *, seed: int, now: dt.datetime) -> int:
    """How many spells."""
    since = now - dt.timedelta(days=size.history_days + 3)
    taken = {(case.ward.code, case.bed): case.admitted_at for case in cases}
    many = 0
    for plan in wards(size):
        chance = seeded(seed, f"past-{plan.code}")
        spells = [
            spell
            for label, bed in places.beds[plan.code].items()
            if bed.starts < now and not bed.closures.exists()
            for spell in _chain(
                plan, bed, chance, since=since, now=now, until=taken.get((plan.code, label))
            )
        ]
        waits = seeded(seed, f"delays-{plan.code}")
        asked = seeded(seed, f"asked-{plan.code}")
        spells = [
            _asked(_held_up(spell, waits), places.wards[plan.code], asked) for spell in spells
        ]
        many += record_past_spells(ward=places.wards[plan.code], spells=spells, by=None, at=now)
        refusals = [_refusal(plan, chance, since, now) for _ in range(_refused(spells))]
        record_past_refusals(ward=places.wards[plan.code], refusals=refusals, by=None, at=now)
    return many


def _chain(
    plan: WardPlan,
    bed: Bed,
    chance: Random,
    *,
    since: dt.datetime,
    now: dt.datetime,
    until: dt.datetime | None,
) -> Iterator[PastSpell]:
    """One after the other, with the bed empty in between, as full as the ward is today."""
    full = min(0.97, plan.taken / plan.beds)
    emptied = plan.mean_days * (1 - full) / full
    left = _left(until or now - dt.timedelta(hours=3), chance, emptied)
    while left > max(since, bed.starts):
        admitted = left - dt.timedelta(
            days=_days(chance, plan.mean_days), hours=chance.random() * 4
        )
        if admitted <= bed.starts:
            return
        yield _spell(plan, bed, chance, admitted, left)
        # Some months were emptier than now, as pictures of any ward's year show.
        slack = emptied * (1 + 0.9 * min(1.0, (now - admitted).days / 60))
        left = _left(admitted, chance, slack)


def _left(before: dt.datetime, chance: Random, empty_days: float) -> dt.datetime:
    """When the one before went: in the daytime, some while before this one came."""
    went = before - dt.timedelta(days=chance.expovariate(1 / max(empty_days, 0.05)), hours=1)
    wanted = went.replace(hour=chance.randint(10, 17), minute=chance.randint(0, 59))
    return wanted if wanted < before - dt.timedelta(minutes=30) else wanted - dt.timedelta(days=1)


def _days(chance: Random, mean: float) -> int:
    """Skewed to the right, like the lengths of real stays; a few go beyond two weeks."""
    return max(1, min(30, round(chance.gammavariate(SHAPE, mean / SHAPE))))


def _spell(
    plan: WardPlan, bed: Bed, chance: Random, admitted: dt.datetime, left: dt.datetime
) -> PastSpell:
    pathway = chance.choices([*plan.mix], [*plan.mix.values()])[0]
    route = "step_up" if chance.random() < plan.step_up else "step_down"
    destinations, weights = zip(*DESTINATIONS, strict=True)
    where = chance.choices(destinations, weights)[0]
    if pathway == "palliative" and chance.random() < 0.3:
        where = "died"
    return PastSpell(
        bed=bed,
        facts=_facts(plan, chance, pathway, route, admitted),
        pathway=pathway,
        route=route,
        admitted_at=admitted,
        discharged_at=left,
        destination=where,
    )


def _held_up(spell: PastSpell, chance: Random) -> PastSpell:
    """Some were ready to leave a day or some before they went."""
    if chance.random() > DELAYED or spell.destination == "died":
        return spell
    causes, weights = [cause for cause, _ in CAUSES], [weight for _, weight in CAUSES]
    ready = spell.discharged_at - dt.timedelta(days=min(6, 1 + chance.expovariate(0.6)))
    cause = chance.choices(causes, weights)[0]
    return replace(spell, ready_at=max(ready, spell.admitted_at), cause=cause)


def _asked(spell: PastSpell, ward: Ward, chance: Random) -> PastSpell:
    """Not of everybody was everything recorded."""
    known = spell.facts
    facts = replace(
        known,
        home_icb_id=ward.icb_id if chance.random() < 0.92 else None,
        ethnicity_group=known.ethnicity_group if chance.random() < 0.94 else "",
        deprivation_decile=known.deprivation_decile if chance.random() < 0.96 else None,
    )
    return replace(spell, facts=facts)


def _facts(
    plan: WardPlan, chance: Random, pathway: str, route: str, admitted: dt.datetime
) -> SpellFacts:
    mean, spread = AGES[pathway]
    referred = admitted - dt.timedelta(hours=chance.uniform(3, 22))
    groups = name_groups()
    group = chance.choices(groups, [one.weight for one in groups])[0]
    return SpellFacts(
        person_key=person_key(f"past-{plan.code}-{chance.randrange(4000)}"),
        age_on_admission=max(
            1 if pathway == "paediatric" else 18, round(chance.gauss(mean, spread))
        ),
        sex="female" if chance.random() < 0.54 else "male",
        source=chance.choice(SOURCES[route]),
        ethnicity_group=group.ethnicity,
        residence="care_home" if plan.care_homes and chance.random() < 0.2 else "own_home",
        deprivation_decile=chance.randint(1, 10),
        referred_at=referred,
        accepted_at=referred + (admitted - referred) * chance.uniform(0.2, 0.8),
    )


def _refused(spells: list[PastSpell]) -> int:
    return round(len(spells) * DECLINED_PER_STAY)


def _refusal(plan: WardPlan, chance: Random, since: dt.datetime, now: dt.datetime) -> PastRefusal:
    route = "step_up" if chance.random() < plan.step_up else "step_down"
    referred = since + (now - dt.timedelta(hours=8) - since) * chance.random()
    reasons, weights = zip(*DECLINES, strict=True)
    declined = chance.random() < 0.85
    return PastRefusal(
        pathway=chance.choices([*plan.mix], [*plan.mix.values()])[0],
        route=route,
        source=chance.choice(SOURCES[route]),
        referred_at=referred,
        decided_at=referred + dt.timedelta(minutes=chance.randint(15, 400)),
        decline_reason=chance.choices(reasons, weights)[0] if declined else "",
    )
