"""The place that figures are asked of: an ICB, a provider or a ward, and which stays are its own.

A stay is its bed's provider's and ICB's of the London day it began; without a bed its ward's lead
provider's and ICB's. A referral is its ward's, for it has no bed yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from capacity.models import IntegratedCareBoard, Provider, Ward
from capacity.models.changes import StatedChange
from capacity.reports.now import wards_of

ICB: Final = StatedChange.PlaceKind.ICB
PROVIDER: Final = StatedChange.PlaceKind.PROVIDER
WARD: Final = StatedChange.PlaceKind.WARD

_OWN: Final[dict[str, str]] = {
    ICB: "coalesce(a.icb_id, w.icb_id) = %(place)s",
    PROVIDER: "coalesce(a.provider_id, w.lead_provider_id) = %(place)s",
    WARD: "s.ward_id = %(place)s",
}


@dataclass(frozen=True, slots=True)
class Place:
    """`wards` may hold its stays; `asked` are those whose referrals are its own."""

    kind: str
    pk: int
    code: str
    name: str
    wards: tuple[int, ...]
    asked: tuple[int, ...]

    @property
    def own(self) -> str:
        """The condition on stays `s`, their wards `w` and their beds' allocations `a`."""
        return _OWN[self.kind]

    @property
    def parameters(self) -> dict[str, Any]:
        return {"place": self.pk, "wards": list(self.wards), "asked": list(self.asked)}


def of_icb(icb: IntegratedCareBoard) -> Place:
    wards = list(wards_of(icb).values_list("pk", "icb"))
    return Place(ICB, icb.pk, icb.code, str(icb), *_split(wards, icb.pk))


def of_provider(provider: Provider, within: QuerySet[Ward]) -> Place:
    """Its stays on the wards within the reader's reach, as on its own page."""
    own = Q(lead_provider=provider) | Q(
        pk__in=Ward.objects.filter(beds__allocations__provider=provider).values("pk")
    )
    wards = list(within.filter(own).values_list("pk", "lead_provider"))
    return Place(PROVIDER, provider.pk, provider.code, str(provider), *_split(wards, provider.pk))


def of_ward(ward: Ward) -> Place:
    return Place(WARD, ward.pk, ward.code, ward.name, (ward.pk,), (ward.pk,))


def _split(wards: list[tuple[int, int]], owner: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(pk for pk, _ in wards), tuple(pk for pk, its in wards if its == owner)
