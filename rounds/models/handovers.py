"""Handovers: who holds a ward's patients now, accepted by somebody named."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from capacity.models import Ward
from lib.ids import uuid7
from patients.models import Admission


class Handover(models.Model):
    """A ward's patients offered to a receiver, in the system or outside it.

    Whoever accepted last holds the patients; until somebody accepts, the giver still does.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="handovers")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    receiver_name = models.CharField(max_length=120, blank=True)
    receiver_organisation = models.CharField(max_length=120, blank=True)
    receiver_phone = models.CharField(max_length=30, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-offered_at",)
        constraints = [
            models.CheckConstraint(
                name="an_accepted_handover_names_its_receiver",
                condition=Q(accepted_at__isnull=True)
                | Q(accepted_by__isnull=False)
                | (~Q(receiver_name="") & ~Q(receiver_phone="")),
            )
        ]
        indexes = [models.Index(fields=["ward", "-accepted_at"], name="handover_latest")]

    def __str__(self) -> str:
        return f"handover of {self.ward} at {self.offered_at}"


class HandoverLine(models.Model):
    """One patient's SBAR within a handover."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="lines")
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="+")
    situation = models.TextField(blank=True)
    background = models.TextField(blank=True)
    assessment = models.TextField(blank=True)
    recommendation = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "admission"], name="one_line_a_patient_a_handover"
            )
        ]

    def __str__(self) -> str:
        return f"line for {self.admission_id}"
