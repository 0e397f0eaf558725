"""History of before this system is taken over in bulk, under the same constraints."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError

from capacity.actions.figures import refresh
from capacity.actions.history import (
    PastRefusal,
    PastSpell,
    record_past_refusals,
    record_past_spells,
)
from capacity.models import DailyPatients, Delay, ReferralFact, Spell, Stay
from tests.capacity.factories import make_beds, make_facts, make_ward

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2023, 12, 10, 12, tzinfo=dt.UTC)


def past(bed, *, admitted=NOON, days=4):
    return PastSpell(
        bed=bed,
        facts=make_facts(referred_at=admitted - dt.timedelta(hours=5)),
        pathway="frailty",
        route="step_up",
        admitted_at=admitted,
        discharged_at=admitted + dt.timedelta(days=days),
        destination="home",
    )


def test_a_past_spell_has_its_stay_and_its_referral():
    ward = make_ward()
    bed = make_beds(ward)[0]
    assert record_past_spells(ward=ward, spells=[past(bed)], by=None) == 1
    spell = Spell.objects.get()
    stay = spell.stays.get()
    assert (stay.bed, stay.starts, stay.end_reason) == (bed, NOON, Stay.EndReason.DISCHARGED)
    fact = ReferralFact.objects.get(spell=spell)
    assert fact.outcome == "accepted"
    assert fact.referred_at == NOON - dt.timedelta(hours=5)


def test_who_stayed_on_when_ready_has_the_delay_and_nobody_else():
    ward = make_ward()
    one, other = make_beds(ward, 2)
    ready = NOON + dt.timedelta(days=2)
    spells = [replace(past(one), ready_at=ready, cause="housing"), past(other)]
    record_past_spells(ward=ward, spells=spells, by=None)
    told = Delay.objects.values_list("cause", "starts", "ends")
    assert list(told) == [("housing", ready, NOON + dt.timedelta(days=4))]


def test_two_in_one_bed_are_refused_and_nothing_is_kept():
    ward = make_ward()
    bed = make_beds(ward)[0]
    twice = [past(bed), past(bed, admitted=NOON + dt.timedelta(days=1))]
    with pytest.raises(IntegrityError, match="one_stay_per_bed_at_a_time"):
        record_past_spells(ward=ward, spells=twice, by=None)


def test_days_already_counted_are_counted_again():
    ward = make_ward()
    bed = make_beds(ward)[0]
    day = NOON.date() + dt.timedelta(days=2)
    at = NOON + dt.timedelta(days=6)
    refresh(days=[day], at=at)
    record_past_spells(ward=ward, spells=[past(bed)], by=None)
    refresh(at=at)
    assert DailyPatients.objects.get(day=day).patients == 1


def test_a_past_refusal_says_why_and_one_without_a_reason_was_withdrawn():
    ward = make_ward()
    told: dict[str, Any] = {
        "pathway": "frailty",
        "route": "step_up",
        "source": "gp",
        "referred_at": NOON,
        "decided_at": NOON + dt.timedelta(hours=1),
    }
    refusals = [PastRefusal(**told, decline_reason="no_bed"), PastRefusal(**told)]
    assert record_past_refusals(ward=ward, refusals=refusals, by=None) == 2
    outcomes = ReferralFact.objects.values_list("outcome", "decline_reason")
    assert set(outcomes) == {("declined", "no_bed"), ("withdrawn", "")}
