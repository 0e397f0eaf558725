"""What stands in a stay's summary: for the patient, the GP and the record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from observations.models import Holding
from patients.models import Admission, SafetyRecord
from patients.policies import can_discharge
from rounds.models import Review


@dataclass(frozen=True)
class Summary:
    admission: Admission
    at: dt.datetime
    safety: tuple[SafetyRecord, ...]
    reviews: tuple[Review, ...]
    kit: tuple[Holding, ...]
    may_take_back: bool


def summary(admission: Admission, *, user: User, at: dt.datetime) -> Summary:
    reviews = Review.objects.filter(admission=admission, corrected_by__isnull=True)
    return Summary(
        admission=admission,
        at=at,
        safety=tuple(admission.patient.safety_records.current().order_by("topic")),
        reviews=tuple(reviews.select_related("by").order_by("at")),
        kit=tuple(admission.holdings.open().select_related("device")),
        may_take_back=not admission.is_open and can_discharge(user, admission, at=at),
    )
