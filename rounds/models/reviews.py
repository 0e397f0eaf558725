"""Reviews, and what is typed before it is one. A review is append-only: a correction is another."""

from __future__ import annotations

from typing import Final, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lib.ids import uuid7
from patients.models import Admission
from rounds.models.rounds import Round

# As SQL, of the review {0}: what it says holds.
STANDS: Final = (
    "NOT {0}.withdrawn AND NOT EXISTS (SELECT FROM rounds_review c WHERE c.corrects_id = {0}.id)"
)
# Of any version of one that was withdrawn in the end: all versions keep the moment of the first.
TAKEN_BACK: Final = """
EXISTS (SELECT FROM rounds_review w
        WHERE w.admission_id = {0}.admission_id AND w.at = {0}.at AND w.withdrawn
          AND NOT EXISTS (SELECT FROM rounds_review c WHERE c.corrects_id = w.id))
"""


class ReviewQuerySet(models.QuerySet["Review"]):
    def standing(self) -> Self:
        """As each stands after its corrections; who was withdrawn is none."""
        return self.filter(corrected_by__isnull=True, withdrawn=False)


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

    class Course(models.TextChoices):
        IMPROVING = "improving", "improving"
        STEADY = "steady", "steady"
        WORSE = "worse", "worse"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="reviews")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    seen = models.CharField(max_length=10, choices=Seen)
    course = models.CharField(max_length=10, choices=Course, blank=True)
    findings = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    discussed_with = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField(help_text="when the patient was reviewed; of a correction, too")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    correction_reason = models.CharField(max_length=200, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(
        default=False,
        db_default=False,
        help_text="a correction that takes back: it was not about this patient",
    )
    token = models.UUIDField(
        null=True, unique=True, editable=False, help_text="of the form: sent twice, written once"
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        constraints = [
            models.CheckConstraint(
                name="a_withdrawal_corrects_and_says_nothing",
                condition=Q(withdrawn=False)
                | Q(corrects__isnull=False, course="", findings="", plan="", discussed_with=""),
            ),
            models.CheckConstraint(
                name="a_correction_says_why",
                condition=Q(corrects__isnull=True) | ~Q(correction_reason=""),
            ),
            models.CheckConstraint(
                name="a_correction_says_when",
                condition=Q(corrects__isnull=True, corrected_at__isnull=True)
                | Q(corrects__isnull=False, corrected_at__gte=F("at")),
            ),
        ]
        indexes = [models.Index(fields=["admission", "-at"], name="review_latest")]
        triggers = [
            pgtrigger.Protect(
                name="reviews_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} review at {self.at}"


class ReviewDraft(models.Model):
    """What somebody has typed and not yet signed: no part of the record, gone once it is.

    `version` grows with each save, so that two windows never write over one another; `known` is
    how many reviews the patient had when it was begun.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="review_drafts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token = models.UUIDField(editable=False)
    version = models.PositiveIntegerField(default=1)
    known = models.PositiveIntegerField(default=0)
    typed = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["admission", "by"], name="one_draft_a_person_a_patient")
        ]

    def __str__(self) -> str:
        return f"draft for {self.admission_id}"
