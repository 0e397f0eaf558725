"""Virtual beds: commissioned or surge, whose they are, and when they were closed."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from capacity.models.organisations import IntegratedCareBoard, Provider
from capacity.models.ranges import Days, Moments
from capacity.models.wards import Ward


class BedQuerySet(models.QuerySet["Bed"]):
    def open_at(self, at: dt.datetime) -> Self:
        """Beds that exist then and are not closed: these are capacity."""
        return self.existing(at).exclude(Exists(self._closures(at)))

    def existing(self, at: dt.datetime) -> Self:
        return self.filter(Q(ends__isnull=True) | Q(ends__gt=at), starts__lte=at)

    def commissioned(self) -> Self:
        return self.filter(kind=Bed.Kind.COMMISSIONED)

    def free_at(self, at: dt.datetime) -> Self:
        """Open beds in which nobody lies then."""
        from capacity.models.stays import Stay

        return self.open_at(at).exclude(Exists(Stay.objects.at(at).filter(bed=OuterRef("pk"))))

    @staticmethod
    def _closures(at: dt.datetime) -> models.QuerySet[BedClosure]:
        return BedClosure.objects.filter(
            Q(ends__isnull=True) | Q(ends__gt=at), bed=OuterRef("pk"), starts__lte=at
        )


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Bed(models.Model):
    """A virtual bed of a ward. Surge beds are counted apart and never as capacity."""

    class Kind(models.TextChoices):
        COMMISSIONED = "commissioned", "commissioned"
        SURGE = "surge", "surge"

    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="beds")
    label = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField(default=0, help_text="order on the bed board")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.COMMISSIONED)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)

    objects = BedQuerySet.as_manager()

    class Meta:
        ordering = ("ward", "position", "label")
        constraints = [
            models.UniqueConstraint(fields=["ward", "label"], name="bed_label_once_a_ward"),
            models.CheckConstraint(
                name="bed_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")),
            ),
        ]

    def __str__(self) -> str:
        return f"bed {self.label}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class BedAllocation(models.Model):
    """Which provider reports a bed, and which ICB commissions it, from one date to another.

    Wards are shared between organisations; a bed never is, so no patient counts twice.
    """

    bed = models.ForeignKey(Bed, on_delete=models.CASCADE, related_name="allocations")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="allocations")
    icb = models.ForeignKey(
        IntegratedCareBoard, on_delete=models.PROTECT, related_name="allocations"
    )
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="bed_has_one_provider_at_a_time",
                expressions=[("bed", RangeOperators.EQUAL), (Days(), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="allocation_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bed}: {self.provider} for {self.icb} from {self.starts}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class BedClosure(models.Model):
    """A bed that nobody can be admitted to, why, by whom, and until when it is expected."""

    class Reason(models.TextChoices):
        NO_KIT = "no_kit", "no kit"
        NO_STAFF = "no_staff", "no staff"
        WARD_PAUSED = "ward_paused", "ward paused"
        OTHER = "other", "other"

    bed = models.ForeignKey(Bed, on_delete=models.PROTECT, related_name="closures")
    starts = models.DateTimeField()
    expected_until = models.DateTimeField(null=True, blank=True)
    ends = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=Reason)
    note = models.CharField(max_length=200, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="bed_closed_once_at_a_time",
                expressions=[("bed", RangeOperators.EQUAL), (Moments(), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="closure_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bed} closed: {self.get_reason_display()}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class StaffedBeds(models.Model):
    """How many of a ward's beds the team can staff, from a date on, as its lead told it."""

    ward = models.ForeignKey(Ward, on_delete=models.CASCADE, related_name="staffed")
    starts = models.DateField()
    number = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "staffed beds"
        constraints = [
            models.UniqueConstraint(fields=["ward", "starts"], name="staffed_beds_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.ward}: {self.number} staffed from {self.starts}"
