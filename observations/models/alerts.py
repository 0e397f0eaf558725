"""The alerts that findings open, the triggers in one, and what people did about it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from capacity.models import Ward
from lib.ids import uuid7
from observations.models.findings import Priority
from patients.models import Admission

if TYPE_CHECKING:
    from accounts.models import User


def now_on(wards: models.QuerySet[Ward]) -> Q:
    """A patient's follows the patient from ward to ward; a ward's own stays."""
    return Q(admission__ward__in=wards) | Q(admission__isnull=True, ward__in=wards)


class AlertQuerySet(models.QuerySet["Alert"]):
    def caring(self, user: User) -> Self:
        return self.filter(now_on(Ward.objects.caring(user)))

    def on(self, ward: Ward) -> Self:
        return self.filter(now_on(Ward.objects.filter(pk=ward.pk)))

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def unowned(self) -> Self:
        return self.open().filter(owner__isnull=True)

    def repeat_due(self, at: dt.datetime) -> Self:
        """Nobody acted in time, and no step of a ladder is still to come; of current admissions."""
        return (
            self.open()
            .filter(repeat_at__lte=at)
            .exclude(owner__isnull=True, next_step_at__isnull=False)
            .exclude(admission__discharged_at__isnull=False)
        )

    def ladder_due(self, at: dt.datetime) -> Self:
        """Open, owned by nobody, and the next step's time has come; of current admissions only."""
        return (
            self.unowned()
            .filter(next_step_at__lte=at)
            .exclude(admission__discharged_at__isnull=False)
        )


class Alert(models.Model):
    """One open alert a patient, made of triggers; or a ward's, when a reading has no patient."""

    class Kind(models.TextChoices):
        PATIENT = "patient", "patient"
        NO_PATIENT = "reading_without_patient", "reading without a patient"
        GATEWAY_DOWN = "gateway_down", "gateway down"
        UNWATCHED = "ward_unwatched", "ward unwatched"

    class Outcome(models.TextChoices):
        NO_CHANGE = "no_change", "no change needed"
        ADVICE = "advice", "advice given"
        TREATMENT = "treatment_changed", "treatment changed"
        VISIT = "visit", "visit arranged"
        HOSPITAL = "hospital", "sent to hospital"
        FALSE_READING = "false_reading", "reading was wrong"
        PATIENT_LEFT = "patient_left", "patient no longer on the ward"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=24, choices=Kind, default=Kind.PATIENT)
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="alerts")
    admission = models.ForeignKey(
        Admission, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    subject = models.CharField(max_length=120, blank=True, help_text="of a ward's alert: serial…")
    gateway = models.ForeignKey(
        "observations.Gateway", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    priority = models.CharField(max_length=10, choices=Priority)
    opened_at = models.DateTimeField()
    rang_at = models.DateTimeField(help_text="when it last rang")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts_owned",
    )
    owned_at = models.DateTimeField(null=True, blank=True)
    acted_at = models.DateTimeField(null=True, blank=True, help_text="last recorded action")
    step = models.PositiveSmallIntegerField(default=0, help_text="how far up the ladder")
    next_step_at = models.DateTimeField(null=True, blank=True)
    repeat_at = models.DateTimeField(
        null=True, blank=True, help_text="when it rings again unless somebody acts"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    outcome_note = models.CharField(max_length=400, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ("opened_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["admission"],
                name="one_open_alert_a_patient",
                condition=Q(closed_at__isnull=True, admission__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["ward", "kind", "subject"],
                name="one_open_ward_alert_a_subject",
                condition=Q(closed_at__isnull=True, admission__isnull=True),
            ),
            models.CheckConstraint(
                name="an_owner_has_its_time",
                condition=Q(owner__isnull=True, owned_at__isnull=True)
                | Q(owner__isnull=False, owned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_closed_alert_has_its_person_and_outcome",
                condition=Q(closed_at__isnull=True, outcome="")
                | (~Q(outcome="") & Q(closed_at__isnull=False, closed_by__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_at"],
                name="alert_ladder",
                condition=Q(closed_at__isnull=True, owner__isnull=True),
            ),
            models.Index(
                fields=["repeat_at"], name="alert_repeat", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["ward"], name="alert_open", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()} alert {self.pk}"

    @property
    def ward_now(self) -> Ward:
        """Whose clinicians answer it; `ward` is where it opened."""
        return self.ward if self.admission is None else self.admission.ward


class Trigger(models.Model):
    """One reason inside an alert, with its own acknowledgement, which covers what was shown."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="triggers")
    rule = models.CharField(max_length=60)
    priority = models.CharField(max_length=10, choices=Priority)
    parameters = ArrayField(models.CharField(max_length=20), default=list)
    text = models.CharField(max_length=240)
    first_at = models.DateTimeField(help_text="measured")
    last_at = models.DateTimeField(help_text="measured")
    rang_at = models.DateTimeField()
    severity = models.SmallIntegerField(default=0, help_text="NEWS2's least score, else 0")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    wrong_patient_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("first_at",)
        constraints = [
            models.UniqueConstraint(fields=["alert", "rule"], name="trigger_once_an_alert"),
            models.CheckConstraint(
                name="an_acknowledgement_has_its_person",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_acknowledged(self) -> bool:
        """Somebody owns what it last rang for; not what rings after."""
        return self.acknowledged_at is not None and self.acknowledged_at >= self.rang_at


class AlertEvent(models.Model):
    """What people did about an alert, in order."""

    class What(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", "acknowledged and owned"
        HANDED_ON = "handed_on", "handed on"
        ACTED = "acted", "acted"
        ESCALATED = "escalated", "escalated"
        CLOSED = "closed", "closed"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(max_length=14, choices=What)
    text = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.get_what_display()} at {self.at}"
