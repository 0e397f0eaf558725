"""What stands in a stay's summary: for the patient, the GP and the record."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from capacity.hours import Week, week_on
from capacity.weeks import weeks_of
from lib.london import day_of
from observations.models import Holding, Score
from patients.models import Admission, Discharge, MonitoringMode, PlanLine, SafetyRecord
from patients.policies import can_discharge
from rounds.models import Experience, Review
from rounds.patient.coming_again import readmission_of, readmitted_as


@dataclass(frozen=True)
class Summary:
    """`scores` are the stay's, oldest first; `lines` the thresholds in force at its end."""

    admission: Admission
    at: dt.datetime
    discharge: Discharge | None
    experience: Experience | None
    readmission_of: Admission | None
    readmitted: Admission | None
    safety: tuple[SafetyRecord, ...]
    reviews: tuple[Review, ...]
    kit: tuple[Holding, ...]
    scores: tuple[Score, ...]
    lines: tuple[PlanLine, ...]
    mode: MonitoringMode | None
    week: Week | None
    may_take_back: bool

    @property
    def ended_at(self) -> dt.datetime:
        return self.admission.discharged_at or self.at


def summary(admission: Admission, *, user: User, at: dt.datetime) -> Summary:
    reviews = Review.objects.standing().filter(admission=admission)
    ended = admission.discharged_at or at
    return Summary(
        admission=admission,
        at=at,
        discharge=_discharge(admission),
        experience=_experience(admission),
        readmission_of=readmission_of(admission),
        readmitted=readmitted_as(admission),
        safety=tuple(admission.patient.safety_records.current().order_by("topic")),
        reviews=tuple(reviews.select_related("by").order_by("at")),
        kit=tuple(admission.holdings.open().select_related("device")),
        scores=_scores(admission, ended),
        lines=thresholds(admission, ended),
        mode=admission.modes.at(_just_before(ended)).first(),
        week=week_on(weeks_of(admission.ward, ended), day_of(ended)),
        may_take_back=not admission.is_open and can_discharge(user, admission, at=at),
    )


def thresholds(admission: Admission, at: dt.datetime) -> tuple[PlanLine, ...]:
    """In force until the stay ended."""
    lines = admission.plan_lines.at(_just_before(at))
    return tuple(lines.select_related("set_by", "agreed_by").order_by("kind"))


def _just_before(at: dt.datetime) -> dt.datetime:
    return at - dt.timedelta(microseconds=1)


def _discharge(admission: Admission) -> Discharge | None:
    """What was written belongs to the summary once the patient has left."""
    if admission.is_open:
        return None
    written = Discharge.objects.filter(admission=admission)
    return written.prefetch_related("changes", "follow_ups").first()


def _experience(admission: Admission) -> Experience | None:
    if admission.is_open:
        return None
    told = Experience.objects.filter(admission=admission)
    return told.prefetch_related("answers__question").first()


def _scores(admission: Admission, ended: dt.datetime) -> tuple[Score, ...]:
    found = Score.objects.filter(
        admission_id=admission.pk,
        measured_at__gte=admission.admitted_at - dt.timedelta(minutes=30),
        measured_at__lte=ended,
    )
    return tuple(found.order_by("measured_at"))
