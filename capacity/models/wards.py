"""Virtual wards: who runs them, when they are staffed, and who may ask about them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.policies import Reach, reach
from accounts.roles import CARING, FIGURES, RECORD_KEEPERS, TREATING, Role
from capacity.models.organisations import IntegratedCareBoard, Provider
from capacity.models.ranges import Days, Minutes

if TYPE_CHECKING:
    from accounts.models import User


class WardQuerySet(models.QuerySet["Ward"]):
    def visible_to(self, user: User) -> Self:
        """Wards whose figures this user may see. Says nothing about patients."""
        return self._within(reach(user, FIGURES))

    def caring(self, user: User) -> Self:
        """Wards whose patients this user may see: clinical roles only."""
        return self._within(reach(user, CARING))

    def treating(self, user: User) -> Self:
        """Wards where this user may change a patient's care."""
        return self._within(reach(user, TREATING))

    def taking_referrals_from(self, user: User) -> Self:
        """Wards this user may send patients to. Shows neither figures nor patients."""
        return self._within(reach(user, TREATING | {Role.REFERRER}))

    def keeping_records(self, user: User) -> Self:
        """Wards of whose patients this user puts confused records right. Shows no care."""
        return self._within(reach(user, RECORD_KEEPERS))

    def _within(self, who: Reach) -> Self:
        if who.england:
            return self
        return self.filter(
            Q(code__in=who.wards)
            | Q(lead_provider__code__in=who.providers)
            | Q(icb__code__in=who.icbs)
        )

    def open_on(self, day: dt.date) -> Self:
        return self.filter(Q(closes__isnull=True) | Q(closes__gt=day), opens__lte=day)


@pghistory.track(
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["roster_version"],
)
class Ward(models.Model):
    """A virtual ward. Its code is ours, unique in England, and never changes."""

    code = models.CharField(max_length=60, unique=True, help_text="<lead provider's ODS>-<slug>")
    name = models.CharField(max_length=120)
    lead_provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="wards")
    icb = models.ForeignKey(IntegratedCareBoard, on_delete=models.PROTECT, related_name="wards")
    opens = models.DateField()
    closes = models.DateField(null=True, blank=True, help_text="first day it is no longer open")
    # Moves when somebody comes or goes, so that an unchanged board costs a 304. Readings never
    # touch it: a ward row that every batch writes halves the drain.
    roster_version = models.BigIntegerField(default=0)

    objects = WardQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="ward_closes_after_opening",
                condition=Q(closes__isnull=True) | Q(closes__gt=F("opens")),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="ward_code_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__code__df=pgtrigger.F("new__code")),
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class WardHours(models.Model):
    """A ward's week from one date to another: its periods, and who covers all other times."""

    ward = models.ForeignKey(Ward, on_delete=models.CASCADE, related_name="hours")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    out_of_hours_team = models.CharField(max_length=120)
    out_of_hours_phone = models.CharField(max_length=30)

    class Meta:
        verbose_name_plural = "ward hours"
        constraints = [
            ExclusionConstraint(
                name="ward_hours_never_overlap",
                expressions=[("ward", RangeOperators.EQUAL), (Days(), RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.ward} from {self.starts}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class WardPeriod(models.Model):
    """The ward is staffed on a weekday from one London wall time to another, at this number."""

    hours = models.ForeignKey(WardHours, on_delete=models.CASCADE, related_name="periods")
    weekday = models.PositiveSmallIntegerField(help_text="Monday is 0")
    opens = models.TimeField(help_text="London wall time")
    closes = models.TimeField(help_text="London wall time; 00:00 is the day's end")
    phone = models.CharField(max_length=30)

    class Meta:
        ordering = ("weekday", "opens")
        constraints = [
            models.CheckConstraint(name="ward_period_is_of_a_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="ward_period_closes_after_opening",
                condition=Q(closes=dt.time(0)) | Q(closes__gt=F("opens")),
            ),
            ExclusionConstraint(
                name="ward_periods_never_overlap",
                expressions=[
                    ("hours", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (Minutes(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens:%H:%M} to {self.closes:%H:%M}"


class WardExclusion(models.Model):
    """Dates in which a ward did not count as a virtual ward, and why."""

    ward = models.ForeignKey(Ward, on_delete=models.CASCADE, related_name="exclusions")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="ward_exclusions_never_overlap",
                expressions=[("ward", RangeOperators.EQUAL), (Days(), RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.ward} not counted from {self.starts}"
