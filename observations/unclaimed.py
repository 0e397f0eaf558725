"""The tray of a ward: readings without a patient, together where one decision answers them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from accounts.models import User
from capacity.models import Ward
from observations.models import Alert, UnclaimedReading
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
    # The ward's own, that rang for this sender.
    alert: Alert | None = None

    @property
    def first(self) -> UnclaimedReading:
        return self.readings[0]


def piles(ward: Ward, *, user: User) -> list[Pile]:
    """All that is open: what rang before the rest, the longest waiting first."""
    rows = sorted(_open(user).filter(ward=ward), key=_together)
    grouped = [list(some)[:AT_ONCE] for _, some in groupby(rows, key=_together)]
    known, rung = _known(grouped, user), _rung(ward)
    found = [_pile(readings, known, rung) for readings in grouped]
    return sorted(
        found, key=lambda pile: (pile.alert is None, pile.first.received_at, pile.first.pk)
    )


def pile_of(reading: UnclaimedReading, *, user: User) -> Pile:
    """The whole pile in which one open reading lies."""
    alike = _open(user).filter(
        ward=reading.ward, serial=reading.serial, named=reading.named, why=reading.why
    )
    readings = [one for one in alike if one.candidates == reading.candidates][:AT_ONCE]
    assert reading.ward is not None, "nobody cares for a tray of no ward"
    return _pile(readings, _known([readings], user), _rung(reading.ward))


def choices(pile: Pile, ward: Ward, *, user: User) -> QuerySet[Admission]:
    """Whom the readings may be given to: the candidates first, and the ward's other patients."""
    ids = [admission.pk for admission in pile.candidates]
    here = Q(ward=ward, discharged_at__isnull=True) | Q(pk__in=ids)
    before = pile.readings[-1].measured_at
    found = Admission.objects.treating(user).filter(here, admitted_at__lte=before)
    likely = Case(When(pk__in=ids, then=0), default=1)
    return found.select_related("patient").order_by(likely, "patient__family_name")


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


def _rung(ward: Ward) -> dict[str, Alert]:
    alerts = Alert.objects.open().filter(ward=ward, admission=None, kind=Alert.Kind.NO_PATIENT)
    return {alert.subject: alert for alert in alerts.select_related("owner")}


def _pile(
    readings: list[UnclaimedReading], known: dict[UUID, Admission], rung: dict[str, Alert]
) -> Pile:
    asked = readings[0].candidates
    mine = [known[one] for one in asked if one in known]
    alert = rung.get(readings[0].alert_subject)
    return Pile(readings, mine, hidden=len(asked) - len(mine), alert=alert)
