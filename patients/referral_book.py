"""The referrals a person may see, in the order in which they need somebody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from accounts.models import User
from capacity.models import Ward
from capacity.presence import WardCount, ward_counts
from lib import london
from patients.free_beds import held_by_ward
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
        waiting=list(
            mine.filter(outcome=Referral.Outcome.WAITING).order_by(
                F("decision_due_at").asc(nulls_last=True), "referred_at"
            )
        ),
        accepted=list(mine.filter(outcome=Referral.Outcome.ACCEPTED, admission__isnull=True)),
        decided=list(decided.order_by("-decided_at")[:MOST_DECIDED]),
    )


def versions_of(referrals: list[Referral]) -> dict[object, PathwayVersion]:
    """What each ward admits by, for the criteria; two queries however many referrals there are."""
    wards = {referral.ward_id for referral in referrals}
    found = PathwayVersion.objects.in_force().filter(Q(ward=None) | Q(ward__in=wards))
    by_place: dict[tuple[int | None, str], PathwayVersion] = {
        (version.ward_id, version.pathway_id): version for version in found.order_by("number")
    }
    offered = WardPathway.objects.filter(ward__in=wards).select_related("version")
    by_place |= {(one.ward_id, one.pathway_id): one.version for one in offered}
    chosen = {
        referral.pk: by_place.get((referral.ward_id, referral.pathway_id))
        or by_place.get((None, referral.pathway_id))
        for referral in referrals
    }
    return {pk: version for pk, version in chosen.items() if version is not None}


class Places(NamedTuple):
    """What a ward has left: free beds that are held for nobody."""

    ward: Ward
    beds: WardCount
    held: int

    @property
    def left(self) -> int:
        return max(0, self.beds.free - self.held)


def could_take(referral: Referral, *, at: dt.datetime) -> list[Places]:
    """Open wards of the same ICB that offer the pathway: the one asked, its provider's, others.

    Nobody says how far wards are; one provider's share staff, kit and visits, which is nearness
    here. Within each the one with most left first.
    """
    wards = Ward.objects.filter(icb=referral.ward.icb).open_on(london.day_of(at))
    offering = wards.filter(
        Q(pathways__isnull=True) | Q(pathways__pathway=referral.pathway_id)
    ).distinct()
    counts, held = ward_counts(offering, at), held_by_ward(offering, at=at)
    rows = [Places(ward, counts[ward.pk], held[ward.pk]) for ward in offering]
    return sorted(rows, key=lambda row: _nearness(referral, row))


def _nearness(referral: Referral, places: Places) -> tuple[bool, bool, int, str]:
    ward, asked = places.ward, referral.ward
    another = ward.lead_provider_id != asked.lead_provider_id
    return ward.pk != asked.pk, another, -places.left, ward.name
