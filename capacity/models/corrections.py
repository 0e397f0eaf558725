"""What was changed in a day's counts after the day had settled: never silently."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from capacity.models.organisations import IntegratedCareBoard, Provider
from capacity.models.wards import Ward


class SettledDay(models.Model):
    """A day that was counted everywhere, late enough for whoever was being admitted meanwhile:
    what a later count changes in it is a correction."""

    day = models.DateField(primary_key=True)
    settled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day} settled"


class CountCorrection(models.Model):
    """By how much a later count changed one figure of a settled day, for one ward, reporting
    provider and commissioning ICB. Sums of them are what a sum was changed by; never changed."""

    class Figure(models.TextChoices):
        COMMISSIONED = "commissioned", "beds"
        SURGE = "surge", "surge beds"
        CLOSED = "closed", "closed beds"
        PATIENTS = "patients", "patients"
        OVER_CAPACITY = "over_capacity", "over capacity"
        ON_LEAVE = "on_leave", "on leave"

    day = models.DateField()
    # Found together with the day.
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="+", db_index=False)
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    icb = models.ForeignKey(
        IntegratedCareBoard, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    figure = models.CharField(max_length=16, choices=Figure)
    change = models.IntegerField(help_text="what is counted now less what was counted before")
    corrected_at = models.DateTimeField()
    why = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_correction_changes_something", condition=~Q(change=0))
        ]
        indexes = [
            models.Index(fields=["icb", "day"], name="correction_by_icb"),
            models.Index(fields=["ward", "day"], name="correction_by_ward"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="corrections_stay", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.day}: {self.change:+} {self.figure}"
