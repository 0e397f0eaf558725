"""What was agreed for a patient: monitoring mode, planned readings and limits, pauses, oxygen.

Everything here has a period, because a finding is judged by what was in force when the reading
was measured, not by what is in force when it arrives.
"""

from __future__ import annotations

import datetime as dt
from typing import Self, TypeVar

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from capacity.models.ranges import Moments
from patients.models.admissions import Admission

Dated = TypeVar("Dated", bound=models.Model, covariant=True)

# What is in force, and what begins or ends by itself: each poll of a board asks it of fifty
# patients, which the exclusion constraints' own indexes answer at five times the cost.
_PERIOD = ("admission", "starts", "ends")


class InForce(models.QuerySet[Dated]):
    """Rows with `starts` and `ends`.

    What was agreed until a date has its successor stored behind it, so the row without an end
    may lie in the future: ask for an instant, never for the row without an end.
    """

    def at(self, at: dt.datetime) -> Self:
        return self.filter(Q(ends__isnull=True) | Q(ends__gt=at), starts__lte=at)

    def current(self) -> Self:
        return self.at(timezone.now())


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class MonitoringMode(models.Model):
    """How a patient's readings are judged over a period, with who decided and why."""

    class Mode(models.TextChoices):
        NEWS2_SCALE1 = "news2_scale1", "NEWS2, SpO2 scale 1"
        NEWS2_SCALE2 = "news2_scale2", "NEWS2, SpO2 scale 2"
        LIMITS_ONLY = "limits_only", "limits only, no NEWS2"
        COMFORT = "comfort", "comfort: symptoms and carer's concern only"

    admission = models.ForeignKey(
        Admission, on_delete=models.CASCADE, related_name="modes", db_index=False
    )
    mode = models.CharField(max_length=16, choices=Mode)
    reason = models.CharField(max_length=200)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)

    objects = InForce.as_manager()

    class Meta:
        indexes = [models.Index(fields=_PERIOD, include=("mode", "reason"), name="mode_by_period")]
        constraints = [
            ExclusionConstraint(
                name="one_mode_at_a_time",
                expressions=[
                    ("admission", RangeOperators.EQUAL),
                    (Moments(), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="scale_2_and_comfort_need_a_senior",
                condition=~Q(mode__in=("news2_scale2", "comfort")) | Q(agreed_by__isnull=False),
            ),
            models.CheckConstraint(name="a_mode_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.get_mode_display()


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PlanLine(models.Model):
    """One kind of reading: when it is taken, and the limits beyond which somebody is told.

    `times` are London wall times ("08:00"); or `every_hours`. `low` and `high` are in the kind's
    unit; a value below `low` or above `high` crosses. `default_low`/`default_high` are the
    pathway's, so that a page can tell what was changed for this patient.
    """

    admission = models.ForeignKey(
        Admission, on_delete=models.CASCADE, related_name="plan_lines", db_index=False
    )
    kind = models.CharField(max_length=20)
    times = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    every_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    default_low = models.FloatField(null=True, blank=True)
    default_high = models.FloatField(null=True, blank=True)
    priority = models.CharField(max_length=10, default="urgent")
    reason = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="of a loosened limit")

    objects = InForce.as_manager()

    class Meta:
        indexes = [models.Index(fields=_PERIOD, name="plan_line_by_period")]
        constraints = [
            ExclusionConstraint(
                name="one_plan_line_a_kind_at_a_time",
                expressions=[
                    ("admission", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Moments(), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="low_is_below_high",
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lt=F("high")),
            ),
            models.CheckConstraint(
                name="an_agreed_limit_expires_within_14_days",
                condition=Q(expires_at__isnull=True)
                | Q(expires_at__lte=F("starts") + dt.timedelta(days=14)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.admission_id}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PrescribedOxygen(models.Model):
    """Home oxygen in the plan: counts as oxygen in a score, and is marked 'from plan'."""

    admission = models.ForeignKey(
        Admission, on_delete=models.CASCADE, related_name="oxygen", db_index=False
    )
    litres_per_minute = models.FloatField()
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    prescribed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = InForce.as_manager()

    class Meta:
        verbose_name_plural = "prescribed oxygen"
        indexes = [models.Index(fields=_PERIOD, name="oxygen_by_period")]
        constraints = [
            ExclusionConstraint(
                name="one_oxygen_prescription_at_a_time",
                expressions=[
                    ("admission", RangeOperators.EQUAL),
                    (Moments(), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="oxygen_flow_is_positive", condition=Q(litres_per_minute__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"oxygen {self.litres_per_minute} L/min"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Pause(models.Model):
    """An agreed time without readings; more than 24 h needs a senior's agreement."""

    admission = models.ForeignKey(Admission, on_delete=models.CASCADE, related_name="pauses")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = InForce.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pause_ends_after_start", condition=Q(ends__gt=F("starts"))
            ),
            models.CheckConstraint(
                name="a_long_pause_needs_a_senior",
                condition=Q(ends__lte=F("starts") + dt.timedelta(hours=24))
                | Q(agreed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_pause_lasts_14_days_at_most",
                condition=Q(ends__lte=F("starts") + dt.timedelta(days=14)),
            ),
        ]

    def __str__(self) -> str:
        return f"paused until {self.ends:%d %b %H:%M}"
