"""How far the merging of old days into months has come."""

from __future__ import annotations

from django.db import models


class PartitionCopy(models.Model):
    """A day's partition that has been copied into its month's; gone when the month is in place."""

    part = models.CharField(max_length=63, primary_key=True)
    into = models.CharField(max_length=63)
    copied_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, help_text="when it was found to be the same")

    class Meta:
        verbose_name_plural = "partition copies"

    def __str__(self) -> str:
        return f"{self.part} copied into {self.into}"


class PartitionChange(models.Model):
    """Something that changed in a day since its copying began; a trigger on the day writes it."""

    part = models.CharField(max_length=63)
    admission_id = models.UUIDField()
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"change in {self.part} at {self.measured_at}"
