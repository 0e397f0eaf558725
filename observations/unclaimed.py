"""The tray of a ward: readings without a patient, together where one decision answers them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from capacity.models import Ward
from observations.models import UnclaimedReading
from patients.models import Admission

# A buffer of weeks is decided in pieces; what is shown is what is decided.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Pile:
    """Readings of one sender, for one reason, with the same candidates; oldest first."""

    readings: list[UnclaimedReading]
    candidates: list[Admission]
    # Of wards whose patients this user may not see.
    hidden: int = 0

    @property
    def first(self) -> UnclaimedReading:
        return self.readings[0]


def piles(ward: Ward, *, user: User) -> list[Pile]:
    """All that is open, the longest waiting first."""
    rows = sorted(_open(user).filter(ward=ward), key=_together)
    grouped = [list(some)[:AT_ONCE] for _, some in groupby(rows, key=_together)]
    known = _known(grouped, user)
    found = [_pile(readings, known) for readings in grouped]
    return sorted(found, key=lambda pile: (pile.first.received_at, pile.first.pk))


def pile_of(reading: UnclaimedReading, *, user: User) -> Pile:
    """The whole pile in which one open reading lies."""
    alike = _open(user).filter(
        ward=reading.ward, serial=reading.serial, named=reading.named, why=reading.why
    )
    readings = [one for one in alike if one.candidates == reading.candidates][:AT_ONCE]
    return _pile(readings, _known([readings], user))


def choices(pile: Pile, ward: Ward, *, user: User) -> QuerySet[Admission]:
    """Whom the readings may be given to: the candidates, and the ward's other patients then."""
    ids = [admission.pk for admission in pile.candidates]
    here = Q(ward=ward, discharged_at__isnull=True) | Q(pk__in=ids)
    before = pile.readings[-1].measured_at
    found = Admission.objects.treating(user).filter(here, admitted_at__lte=before)
    return found.select_related("patient").order_by("patient__family_name")


def _open(user: User) -> QuerySet[UnclaimedReading]:
    rows = UnclaimedReading.objects.caring(user).open().select_related("ward")
    return rows.order_by("measured_at", "pk")


def _together(row: UnclaimedReading) -> tuple[Any, ...]:
    candidates = tuple(str(one) for one in row.candidates)
    return row.serial, row.named, row.why, candidates


def _known(grouped: Iterable[list[UnclaimedReading]], user: User) -> dict[UUID, Admission]:
    ids = {one for readings in grouped for one in readings[0].candidates}
    found = Admission.objects.caring(user).filter(pk__in=ids).select_related("patient", "ward")
    return {one.pk: one for one in found.prefetch_related("patient__identifiers")}


def _pile(readings: list[UnclaimedReading], known: dict[UUID, Admission]) -> Pile:
    asked = readings[0].candidates
    mine = [known[one] for one in asked if one in known]
    return Pile(readings, mine, hidden=len(asked) - len(mine))
