"""Takes over stays and referrals of before this system, in bulk: they ended before it began."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from accounts.models import User
from capacity.actions.changes import changed
from capacity.facts import SpellFacts
from capacity.models import Bed, Delay, ReferralFact, Spell, Stay, Ward
from lib.ids import uuid7_at

AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSpell:
    """A spell in one bed, over by now, with the referral that led to it; `ready_at` where the
    patient stayed on when ready to leave, waiting for `cause`."""

    bed: Bed
    facts: SpellFacts
    pathway: str
    route: str
    admitted_at: dt.datetime
    discharged_at: dt.datetime
    destination: str
    ready_at: dt.datetime | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRefusal:
    """A referral that led to no spell: declined with its reason, or withdrawn."""

    pathway: str
    route: str
    source: str
    referred_at: dt.datetime
    decided_at: dt.datetime
    decline_reason: str = ""


@transaction.atomic
def record_past_spells(
    *, ward: Ward, spells: Iterable[PastSpell], by: User | None, at: dt.datetime | None = None
) -> int:
    """How many. The database still refuses two in one bed; one audit row tells of all."""
    rows = list(spells)
    made = [_spell(past) for past in rows]
    Spell.objects.bulk_create(made, batch_size=AT_ONCE)
    pairs = list(zip(rows, made, strict=True))
    Stay.objects.bulk_create((_stay(ward, *pair) for pair in pairs), batch_size=AT_ONCE)
    ReferralFact.objects.bulk_create((_fact(ward, *pair) for pair in pairs), batch_size=AT_ONCE)
    delays = (_delay(*pair) for pair in pairs if pair[0].ready_at)
    Delay.objects.bulk_create(delays, batch_size=AT_ONCE)
    if rows:
        changed([ward], since=min(p.admitted_at for p in rows), why="history taken over")
    audit.record(by=by, verb="history-recorded", subject=ward, detail={"spells": len(rows)}, at=at)
    return len(rows)


@transaction.atomic
def record_past_refusals(
    *, ward: Ward, refusals: Sequence[PastRefusal], by: User | None, at: dt.datetime | None = None
) -> int:
    """How many."""
    facts = [_refused(ward, refusal) for refusal in refusals]
    ReferralFact.objects.bulk_create(facts, batch_size=AT_ONCE)
    detail = {"refusals": len(facts)}
    audit.record(by=by, verb="history-recorded", subject=ward, detail=detail, at=at)
    return len(facts)


def _spell(past: PastSpell) -> Spell:
    return Spell(
        id=uuid7_at(past.admitted_at),
        admitted_at=past.admitted_at,
        discharged_at=past.discharged_at,
        destination=past.destination,
        **past.facts.as_fields(),
    )


def _stay(ward: Ward, past: PastSpell, spell: Spell) -> Stay:
    return Stay(
        id=uuid7_at(past.admitted_at),
        spell=spell,
        ward=ward,
        bed=past.bed,
        pathway=past.pathway,
        route=past.route,
        starts=past.admitted_at,
        ends=past.discharged_at,
        end_reason=Stay.EndReason.DISCHARGED,
    )


def _delay(past: PastSpell, spell: Spell) -> Delay:
    starts = max(past.ready_at or past.admitted_at, past.admitted_at)
    return Delay(spell=spell, cause=past.cause, starts=starts, ends=past.discharged_at)


def _fact(ward: Ward, past: PastSpell, spell: Spell) -> ReferralFact:
    return ReferralFact(
        id=uuid7_at(past.facts.referred_at or past.admitted_at),
        ward=ward,
        pathway=past.pathway,
        route=past.route,
        source=past.facts.source,
        referred_at=past.facts.referred_at or past.admitted_at,
        first_looked_at=past.facts.referred_at,
        decided_at=past.facts.accepted_at or past.admitted_at,
        outcome=ReferralFact.Outcome.ACCEPTED,
        spell=spell,
    )


def _refused(ward: Ward, past: PastRefusal) -> ReferralFact:
    kinds = ReferralFact.Outcome
    outcome = kinds.DECLINED if past.decline_reason else kinds.WITHDRAWN
    return ReferralFact(
        id=uuid7_at(past.referred_at),
        ward=ward,
        pathway=past.pathway,
        route=past.route,
        source=past.source,
        referred_at=past.referred_at,
        first_looked_at=past.decided_at,
        decided_at=past.decided_at,
        outcome=outcome,
        decline_reason=past.decline_reason,
    )
