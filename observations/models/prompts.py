"""What readings ask people to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from capacity.models import Ward
from observations.models.alerts import now_on
from patients.models import Admission

if TYPE_CHECKING:
    from accounts.models import User


class PromptQuerySet(models.QuerySet["Prompt"]):
    def caring(self, user: User) -> Self:
        return self.filter(now_on(Ward.objects.caring(user)))

    def on(self, ward: Ward) -> Self:
        return self.filter(now_on(Ward.objects.filter(pk=ward.pk)))

    def open(self) -> Self:
        return self.filter(done_at__isnull=True)


class Prompt(models.Model):
    """Something the readings ask a person to do; the clinicians' desk shows it among tasks."""

    class Kind(models.TextChoices):
        REPEAT_MEASUREMENT = "repeat_measurement", "repeat the measurement"
        STILL_MEASURING = "still_measuring", "still measuring after discharge: call"
        KIT_BACK = "kit_back", "kit to come back"
        CLOCK = "clock", "check the gateway's clock"
        BATTERY = "battery", "change or charge the battery"

    kind = models.CharField(max_length=20, choices=Kind)
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="prompts")
    admission = models.ForeignKey(
        Admission, on_delete=models.PROTECT, null=True, blank=True, related_name="prompts"
    )
    device = models.ForeignKey(
        "observations.Device", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    gateway = models.ForeignKey(
        "observations.Gateway", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.CharField(max_length=240)
    raised_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=200, blank=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "admission", "device", "gateway"],
                name="one_open_prompt_of_a_kind",
                condition=Q(done_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="a_done_prompt_has_its_person",
                condition=Q(done_at__isnull=True) | Q(done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def ward_now(self) -> Ward:
        return self.ward if self.admission is None else self.admission.ward
