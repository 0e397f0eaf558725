"""Counts of now, kept a ward at a time: England is read rather than counted."""

from __future__ import annotations

from django.db import models

from capacity.models.organisations import IntegratedCareBoard, Provider
from capacity.models.wards import Ward


class KeptWard(models.Model):
    """When a ward was last counted; its lines hold while its roster stands, up to `until`."""

    ward = models.OneToOneField(Ward, on_delete=models.CASCADE, primary_key=True, related_name="+")
    roster_version = models.BigIntegerField(help_text="the ward's own, in the count's snapshot")
    counted_at = models.DateTimeField()
    until = models.DateTimeField(help_text="when a period begins or ends, or the count is too old")

    def __str__(self) -> str:
        return f"{self.ward_id} as at {self.counted_at:%d %b %H:%M:%S}"


class KeptLine(models.Model):
    """What one provider reports of a ward for one ICB."""

    # A thing counted, never a thing told: looked up nowhere, so that a count writes no lock on
    # a ward, a provider or an ICB.
    ward = models.ForeignKey(
        Ward, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    provider = models.ForeignKey(
        Provider, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    icb = models.ForeignKey(
        IntegratedCareBoard,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        abstract = True


class KeptBeds(KeptLine):
    """Its beds: as `counting.BedLine` tells them."""

    commissioned = models.PositiveIntegerField()
    surge = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    free = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "kept beds"
        constraints = [
            models.UniqueConstraint(fields=["ward", "provider", "icb"], name="kept_beds_once")
        ]

    def __str__(self) -> str:
        return f"{self.ward_id}: {self.commissioned} beds"


class KeptPatients(KeptLine):
    """Its patients on one pathway and route: as `counting.PatientLine` tells them."""

    pathway = models.CharField(max_length=40)
    route = models.CharField(max_length=12)
    patients = models.PositiveIntegerField()
    in_bed = models.PositiveIntegerField()
    over_capacity = models.PositiveIntegerField()
    on_leave = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "kept patients"
        constraints = [
            models.UniqueConstraint(
                fields=["ward", "provider", "icb", "pathway", "route"], name="kept_patients_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.pathway}: {self.patients} patients"
