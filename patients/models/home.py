"""What the ward makes sure of at home: consent and checks, the way in, and safeguarding."""

from __future__ import annotations

from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from patients.models.admissions import Admission
from patients.models.known import Standing
from patients.models.people import Patient


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Check(models.Model):
    """Consent, the home or the carer: yes, no with why, or not asked; a missing row is not asked.

    `text` is what was checked, or why not. `given_by`, `given_with` and `given_at` are of consent:
    who decided, who else took part, and when.
    """

    class Topic(models.TextChoices):
        CONSENT = "consent", "Consent to virtual ward care"
        HOME = "home", "Home check"
        CARER = "carer", "Carer check"

    class Answer(models.TextChoices):
        YES = "yes", "yes"
        NO = "no", "no"
        NOT_ASKED = "not_asked", "not asked"

    class GivenBy(models.TextChoices):
        PATIENT = "patient", "the patient"
        PARENT = "parent", "somebody with parental responsibility"
        ATTORNEY = "attorney", "an attorney or deputy for health and welfare"
        BEST_INTERESTS = "best_interests", "a best-interests decision"
        NOT_RECORDED = "not_recorded", "nobody wrote down by whom"

    admission = models.ForeignKey(Admission, on_delete=models.CASCADE, related_name="checks")
    topic = models.CharField(max_length=8, choices=Topic)
    answer = models.CharField(max_length=10, choices=Answer)
    text = models.TextField(blank=True)
    given_by = models.CharField(max_length=14, choices=GivenBy, blank=True)
    given_with = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = Standing.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["admission", "topic"],
                name="one_current_check_a_topic",
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_check_that_failed_says_why", condition=~Q(answer="no") | ~Q(text="")
            ),
            models.CheckConstraint(
                name="consent_says_by_whom_and_when",
                condition=~Q(topic="consent", answer="yes")
                | (~Q(given_by="") & Q(given_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="consent_for_somebody_says_who_decided",
                condition=~Q(given_by__in=("parent", "attorney", "best_interests"))
                | ~Q(given_with=""),
            ),
            models.CheckConstraint(
                name="check_superseded_later",
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.get_answer_display()}"


class KeySafeQuerySet(Standing["KeySafe"]):
    def without_code(self) -> Self:
        """All but the code, which then stays in the database."""
        return self.defer("code")


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class KeySafe(models.Model):
    """How to get in; the code is shown to nobody who has not asked for it, and each asking is
    audited. `there` False says that there is no key safe; a missing row, that nobody asked."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="key_safes")
    there = models.BooleanField()
    code = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=160, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = KeySafeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_key_safe_has_its_code",
                condition=(Q(there=True) & ~Q(code="")) | Q(there=False, code="", place=""),
            ),
            models.UniqueConstraint(
                fields=["patient"],
                name="one_current_key_safe",
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="key_safe_superseded_later",
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"key safe of {self.patient_id}"


class SafeguardingQuerySet(models.QuerySet["SafeguardingNote"]):
    def in_force(self) -> Self:
        return self.filter(ended_at__isnull=True)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SafeguardingNote(models.Model):
    """Restricted: read only by those who treat the patient, each reading with its reason.

    Never rewritten: what no longer holds is ended, with why, and stays. `none` says that somebody
    asked and found nothing; no row in force, that nobody has asked.
    """

    patient = models.ForeignKey(
        Patient, on_delete=models.CASCADE, related_name="safeguarding_notes"
    )
    none = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    told_to = models.CharField(max_length=160, blank=True, help_text="who was told outside")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_why = models.CharField(max_length=200, blank=True)

    objects = SafeguardingQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at",)
        constraints = [
            models.CheckConstraint(
                name="a_safeguarding_note_says_what",
                condition=Q(none=True, text="") | (Q(none=False) & ~Q(text="")),
            ),
            models.CheckConstraint(
                name="a_safeguarding_note_ends_with_who_and_why",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_why="")
                | (Q(ended_at__gte=F("recorded_at"), ended_by__isnull=False) & ~Q(ended_why="")),
            ),
        ]

    def __str__(self) -> str:
        return f"safeguarding note {self.pk}"
