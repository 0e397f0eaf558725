"""A patient, and a reading of theirs."""

from django.db import models


class Patient(models.Model):
    name = models.CharField(max_length=100)

    objects: models.Manager["Patient"] = models.Manager()

    class Meta:
        app_label = "tutorial"

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="readings")
    kind = models.CharField(max_length=30)
    value = models.FloatField()
    unit = models.CharField(max_length=10)
    measured_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects: models.Manager["Reading"] = models.Manager()

    class Meta:
        app_label = "tutorial"
        indexes = [models.Index(fields=["patient", "measured_at"], name="reading_of_patient")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
