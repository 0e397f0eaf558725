"""What was asked about a patient, "none" and "not asked" told apart, with who said so and when."""

from __future__ import annotations

from typing import Self, TypeVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from patients.models.people import Patient

Superseded = TypeVar("Superseded", bound=models.Model, covariant=True)


class Standing(models.QuerySet[Superseded]):
    """What was said before stays behind what is said now."""

    def current(self) -> Self:
        return self.filter(superseded_at__isnull=True)


class AskedRecord(models.Model):
    """One topic's answer; the next one supersedes it, and both stay."""

    class State(models.TextChoices):
        NOT_ASKED = "not_asked", "not asked"
        NONE = "none", "none"
        RECORDED = "recorded", "recorded"

    topic = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State)
    # Room for what several records said of the same thing, when they are joined.
    text = models.TextField(blank=True)
    source = models.CharField(max_length=120, blank=True, help_text="who said so, or which record")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SafetyRecord(AskedRecord):
    """What stands first wherever an escalation is offered."""

    class Topic(models.TextChoices):
        ALLERGIES = "allergies", "Allergies"
        TREATMENT_ESCALATION = "treatment_escalation", "Ceiling of care"
        RESUSCITATION = "resuscitation", "Resuscitation"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="safety_records")
    topic = models.CharField(max_length=24, choices=Topic)

    objects = Standing.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "topic"],
                name="one_current_safety_record_a_topic",
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="recorded_says_what_and_whence",
                condition=~Q(state="recorded") | (~Q(text="") & ~Q(source="")),
            ),
            models.CheckConstraint(
                name="safety_record_superseded_later",
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.text or self.get_state_display()}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class HomeRecord(AskedRecord):
    """What whoever calls or visits must know; `marks` are the common risks of a visit."""

    class Topic(models.TextChoices):
        INTERPRETER = "interpreter", "Interpreter"
        ADJUSTMENTS = "adjustments", "Reasonable adjustments"
        VISIT_RISKS = "visit_risks", "Risks of a visit"

    class Mark(models.TextChoices):
        TWO_PEOPLE = "two_people", "Visit in twos"
        AGGRESSION = "aggression", "Violence or aggression"
        ANIMALS = "animals", "Dog or other animal"
        ACCESS = "access", "Stairs, or hard to get in"
        SMOKING = "smoking", "Smoking, or fire near oxygen"
        INFECTION = "infection", "Infection in the home"
        SIGNAL = "signal", "No phone signal"

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="home_records")
    topic = models.CharField(max_length=24, choices=Topic)
    marks = ArrayField(models.CharField(max_length=12, choices=Mark), default=list, blank=True)

    objects = Standing.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "topic"],
                name="one_current_home_record_a_topic",
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="home_record_says_what_and_whence",
                condition=~Q(state="recorded") | (~Q(text="") & ~Q(source="")),
            ),
            models.CheckConstraint(
                name="only_risks_that_are_recorded_are_marked",
                condition=Q(marks=[]) | Q(topic="visit_risks", state="recorded"),
            ),
            models.CheckConstraint(
                name="home_record_superseded_later",
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.get_state_display()}"
