"""Ward rounds and the reviews written on them. A review is append-only: a correction is another."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from capacity.models import Ward
from lib.ids import uuid7
from patients.models import Admission


class Round(models.Model):
    """A ward's round of one shift."""

    class Shift(models.TextChoices):
        MORNING = "morning", "morning"
        AFTERNOON = "afternoon", "afternoon"
        NIGHT = "night", "night"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="rounds")
    day = models.DateField(help_text="London date")
    shift = models.CharField(max_length=10, choices=Shift)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ward", "day", "shift"], name="one_round_a_shift"),
            models.CheckConstraint(
                name="round_ends_after_start",
                condition=Q(ended_at__isnull=True)
                | Q(ended_at__gte=F("started_at"), ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_shift_display()} round of {self.ward}, {self.day}"


class Review(models.Model):
    """A clinician looked at a patient and decided."""

    class Kind(models.TextChoices):
        NURSE = "nurse", "nurse"
        SENIOR = "senior", "senior"
        MDT = "mdt", "multidisciplinary team"

    class Seen(models.TextChoices):
        VISIT = "visit", "visit"
        VIDEO = "video", "video"
        PHONE = "phone", "phone"
        DESK = "desk", "desk"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="reviews")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    seen = models.CharField(max_length=10, choices=Seen)
    findings = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    discussed_with = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    correction_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-at",)
        constraints = [
            models.CheckConstraint(
                name="a_correction_says_why",
                condition=Q(corrects__isnull=True) | ~Q(correction_reason=""),
            )
        ]
        indexes = [models.Index(fields=["admission", "-at"], name="review_latest")]
        triggers = [
            pgtrigger.Protect(
                name="reviews_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} review at {self.at}"
