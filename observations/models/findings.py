"""What a rule says of a measured instant, and how urgent it is."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from patients.models import Admission


class Priority(models.TextChoices):
    EMERGENCY = "emergency", "emergency"
    URGENT = "urgent", "urgent"
    PROMPT = "prompt", "prompt"


class Finding(models.Model):
    """What a rule says of a measured instant: the same for any order of arrival.

    One that came too late to be about now has no bell: it would have rung.
    """

    admission = models.ForeignKey(Admission, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=60)
    measured_at = models.DateTimeField()
    priority = models.CharField(max_length=10, choices=Priority)
    parameters = ArrayField(models.CharField(max_length=20), default=list)
    text = models.CharField(max_length=240)
    values = models.JSONField(default=dict)
    batch = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="no longer so, after a correction or late data"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["admission", "rule", "measured_at"], name="finding_once"
            )
        ]
        indexes = [models.Index(fields=["admission", "measured_at"], name="finding_by_time")]

    def __str__(self) -> str:
        return self.text
