"""Who held which device from when to when, and what a supplier may call a patient."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from capacity.models.ranges import Moments
from observations.models.devices import Device
from observations.models.gateways import Supplier
from patients.models import Admission


class HoldingQuerySet(models.QuerySet["Holding"]):
    def believed(self) -> Self:
        """What is held true now: corrected rows are kept, and are no longer believed."""
        return self.filter(superseded_at__isnull=True)

    def at(self, at: dt.datetime) -> Self:
        return self.believed().filter(Q(ends__isnull=True) | Q(ends__gt=at), starts__lte=at)

    def open(self) -> Self:
        return self.believed().filter(ends__isnull=True)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Holding(models.Model):
    """An admission held a personal device: when it was true, and when it was recorded.

    A correction supersedes the row and writes another; both stay. Ordered, delivered and the first
    reading are moments of their own, and people chase what is late: `chased_at` is the last time.
    """

    class State(models.TextChoices):
        ORDERED = "ordered", "ordered"
        DELIVERED = "delivered", "delivered"
        WORKING = "working", "working"

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="holdings")
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="holdings")
    state = models.CharField(max_length=10, choices=State, default=State.DELIVERED)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    delivery_due = models.DateField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_reading_at = models.DateTimeField(null=True, blank=True)
    chased_at = models.DateTimeField(null=True, blank=True)
    chased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    chased = models.PositiveSmallIntegerField(default=0, db_default=0)
    chase_note = models.CharField(max_length=200, blank=True, db_default="")

    objects = HoldingQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_holder_of_a_device_at_a_time",
                expressions=[
                    ("device", RangeOperators.EQUAL),
                    (Moments(), RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="holding_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(
                name="a_superseded_holding_has_its_person",
                condition=Q(superseded_at__isnull=True) | Q(superseded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="kit_is_delivered_after_it_is_ordered",
                condition=Q(ordered_at__isnull=True)
                | Q(delivered_at__isnull=True)
                | Q(delivered_at__gte=F("ordered_at")),
            ),
            models.CheckConstraint(
                name="kit_that_was_chased_has_its_person",
                condition=Q(chased=0, chased_at__isnull=True)
                | Q(chased__gt=0, chased_at__isnull=False, chased_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["device"],
                name="holding_never_read",
                condition=Q(
                    first_reading_at__isnull=True, ends__isnull=True, superseded_at__isnull=True
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.device} held by {self.admission_id}"


class EnrolmentToken(models.Model):
    """What a supplier may call a patient instead of the NHS number: opaque, per admission."""

    token = models.CharField(max_length=64, unique=True)
    admission = models.ForeignKey(Admission, on_delete=models.CASCADE, related_name="tokens")
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["admission", "supplier"],
                name="one_open_token_a_supplier",
                condition=Q(ends__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"token for {self.admission_id}"
