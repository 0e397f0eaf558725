"""The bells that rang, and their way out."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from lib.ids import uuid7
from observations.models.alerts import Alert
from observations.models.findings import Priority


class Bell(models.Model):
    """What people were told, as it happened. Append-only."""

    class Why(models.TextChoices):
        OPENED = "opened", "new alert"
        WORSE = "worse", "priority rose"
        NEW_PARAMETER = "new_parameter", "another parameter crossed"
        STILL = "still", "goes on without an action"
        STEP = "step", "nobody owned it"
        WRONG_PATIENT = "wrong_patient", "an earlier bell was another patient's"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="bells")
    rule = models.CharField(max_length=60, blank=True)
    why = models.CharField(max_length=16, choices=Why)
    priority = models.CharField(max_length=10, choices=Priority)
    step = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=300)
    measured_at = models.DateTimeField(null=True, blank=True)
    rang_at = models.DateTimeField()
    batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("rang_at",)
        triggers = [
            pgtrigger.Protect(
                name="bells_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return self.text


class BellDelivery(models.Model):
    """The outbox of bells: written with the bell, claimed by the sender, so a dead broker
    loses none."""

    bell = models.OneToOneField(Bell, on_delete=models.PROTECT, related_name="delivery")
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    told = models.CharField(max_length=200, blank=True, help_text="whom, and how")

    class Meta:
        verbose_name_plural = "bell deliveries"
        indexes = [
            models.Index(fields=["bell"], name="bell_unsent", condition=Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"delivery of {self.bell_id}"
