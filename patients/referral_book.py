"""The referrals a person may see, in the order in which they need somebody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from capacity.models import Ward
from capacity.presence import WardCount, ward_counts
from lib import london
from patients.models import PathwayVersion, Referral, WardPathway

DECIDED_FOR = dt.timedelta(days=14)
MOST_DECIDED = 100
RELATED = (
    "patient",
    "pathway",
    "ward__lead_provider",
    "ward__icb",
    "referred_by",
    "decided_by",
    "held_bed",
    "admission",
)


@dataclass(frozen=True, slots=True)
class ReferralBook:
    waiting: list[Referral]
    accepted: list[Referral]
    decided: list[Referral]


def seen_by(user: User) -> QuerySet[Referral]:
    found = Referral.objects.seen_by(user).select_related(*RELATED)
    return found.prefetch_related("patient__identifiers")


def referral_book(user: User, *, at: dt.datetime) -> ReferralBook:
    mine = seen_by(user)
    decided = mine.filter(decided_at__gt=at - DECIDED_FOR).exclude(
        outcome=Referral.Outcome.ACCEPTED, admission__isnull=True
    )
    return ReferralBook(
        waiting=list(mine.filter(outcome=Referral.Outcome.WAITING)),
        accepted=list(mine.filter(outcome=Referral.Outcome.ACCEPTED, admission__isnull=True)),
        decided=list(decided.order_by("-decided_at")[:MOST_DECIDED]),
    )


def versions_of(referrals: list[Referral]) -> dict[object, PathwayVersion]:
    """What each ward admits by, for the criteria; two queries however many referrals there are."""
    common = {
        version.pathway_id: version
        for version in PathwayVersion.objects.in_force().filter(ward=None).order_by("number")
    }
    offered = WardPathway.objects.filter(ward__in={referral.ward_id for referral in referrals})
    own = {(one.ward_id, one.pathway_id): one.version for one in offered.select_related("version")}
    found = {
        referral.pk: own.get((referral.ward_id, referral.pathway_id))
        or common.get(referral.pathway_id)
        for referral in referrals
    }
    return {pk: version for pk, version in found.items() if version is not None}


def could_take(referral: Referral, *, at: dt.datetime) -> list[tuple[Ward, WardCount]]:
    """Open wards of the same ICB that offer the pathway, the one asked first, then most free."""
    wards = Ward.objects.filter(icb=referral.ward.icb).open_on(london.day_of(at))
    offering = wards.filter(
        Q(pathways__isnull=True) | Q(pathways__pathway=referral.pathway_id)
    ).distinct()
    counts = ward_counts(offering, at)
    rows = [(ward, counts[ward.pk]) for ward in offering]
    return sorted(rows, key=lambda row: (row[0].pk != referral.ward_id, -row[1].free, row[0].name))
