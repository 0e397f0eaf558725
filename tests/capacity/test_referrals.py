"""What became of a referral, kept as a fact without a person."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from capacity.actions.referrals import decide_referral, look_at_referral, record_referral
from capacity.models import ReferralFact
from capacity.refusals import BedRefused
from lib.ids import uuid7
from tests.capacity.factories import make_stay

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(minutes=40)


@pytest.fixture
def fact(ward) -> ReferralFact:
    return record_referral(
        referral_id=uuid7(),
        ward=ward,
        pathway="frailty",
        route="step_up",
        source="gp",
        by=None,
        at=AT,
    )


def test_a_referral_waits_until_it_is_decided(fact, ward_nurse):
    assert (fact.outcome, fact.referred_at) == ("waiting", AT)
    decided = decide_referral(referral_id=fact.pk, outcome="accepted", by=ward_nurse, at=LATER)
    assert (decided.outcome, decided.decided_at) == ("accepted", LATER)
    assert AuditEvent.objects.get(verb="referral-fact-decided").by == ward_nurse


def test_only_the_first_look_counts(fact):
    look_at_referral(referral_id=fact.pk, by=None, at=AT)
    look_at_referral(referral_id=fact.pk, by=None, at=LATER)
    fact.refresh_from_db()
    assert fact.first_looked_at == AT
    assert AuditEvent.objects.filter(verb="referral-fact-looked-at").count() == 1


def test_the_spell_is_added_on_admission_and_the_decision_keeps_its_time(fact, ward, beds):
    decide_referral(referral_id=fact.pk, outcome="accepted", by=None, at=AT)
    stay = make_stay(ward, beds[0], at=LATER)
    again = decide_referral(
        referral_id=fact.pk, outcome="accepted", spell=stay.spell, by=None, at=LATER
    )
    assert (again.spell, again.decided_at) == (stay.spell, AT)


def test_declining_needs_a_reason(fact):
    with pytest.raises(BedRefused, match="Say why"):
        decide_referral(referral_id=fact.pk, outcome="declined", by=None)
    with pytest.raises(IntegrityError, match="declined_says_why"), transaction.atomic():
        ReferralFact.objects.filter(pk=fact.pk).update(outcome="declined")
