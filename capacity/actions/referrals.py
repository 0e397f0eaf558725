"""Keeps what became of each referral as a fact without a person, for the flows."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from capacity.models import ReferralFact, Spell, Ward
from capacity.refusals import BedRefused


@transaction.atomic
def record_referral(
    *,
    referral_id: uuid.UUID,
    ward: Ward,
    pathway: str,
    route: str,
    source: str,
    by: User | None,
    at: dt.datetime | None = None,
) -> ReferralFact:
    """A referral has come in; the fact bears the referral's own id."""
    at = at or timezone.now()
    fact = ReferralFact.objects.create(
        id=referral_id, ward=ward, pathway=pathway, route=route, source=source, referred_at=at
    )
    audit.record(by=by, verb="referral-fact-recorded", subject=fact, at=at)
    return fact


@transaction.atomic
def look_at_referral(
    *,
    referral_id: uuid.UUID,
    by: User | None,
    at: dt.datetime | None = None,
) -> None:
    """The first time that somebody of the ward opened it; later ones change nothing."""
    at = at or timezone.now()
    waiting = ReferralFact.objects.filter(pk=referral_id, first_looked_at__isnull=True)
    if waiting.update(first_looked_at=at):
        fact = ReferralFact.objects.get(pk=referral_id)
        audit.record(by=by, verb="referral-fact-looked-at", subject=fact, at=at)


@transaction.atomic
def decide_referral(
    *,
    referral_id: uuid.UUID,
    outcome: str,
    by: User | None,
    decline_reason: str = "",
    spell: Spell | None = None,
    at: dt.datetime | None = None,
) -> ReferralFact:
    """Accepted, declined (with its reason) or withdrawn; with the spell once admitted."""
    at = at or timezone.now()
    fact = ReferralFact.objects.select_for_update(of=("self",)).get(pk=referral_id)
    if outcome == ReferralFact.Outcome.DECLINED and not decline_reason:
        raise BedRefused("Say why the referral is declined.")
    if fact.outcome != outcome:
        fact.outcome, fact.decided_at, fact.decline_reason = outcome, at, decline_reason
    fact.spell = spell or fact.spell
    fact.save(update_fields=["outcome", "decided_at", "decline_reason", "spell"])
    detail = {"outcome": str(outcome), "decline_reason": decline_reason}
    audit.record(by=by, verb="referral-fact-decided", subject=fact, detail=detail, at=at)
    return fact
