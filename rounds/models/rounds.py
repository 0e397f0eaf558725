"""Ward rounds: everybody who was there at the start, in the order in which they needed somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from capacity.models import Ward
from lib.ids import uuid7
from patients.models import Admission

if TYPE_CHECKING:
    from accounts.models import User


class RoundQuerySet(models.QuerySet["Round"]):
    def caring(self, user: User) -> Self:
        """Rounds on wards whose patients this user may see."""
        return self.filter(ward__in=Ward.objects.caring(user))

    def going_on(self) -> Self:
        return self.filter(ended_at__isnull=True)


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

    objects = RoundQuerySet.as_manager()

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


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RoundPlace(models.Model):
    """A patient's place on a round; who comes later joins behind.

    `level` is the board's at that time, so that who became worse meanwhile can be shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="places")
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=12, blank=True)
    excuse = models.CharField(
        max_length=200, blank=True, help_text="why not reviewed on this round"
    )
    excused_at = models.DateTimeField(null=True, blank=True)
    excused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["round", "admission"], name="one_place_a_patient_a_round"
            ),
            models.CheckConstraint(
                name="an_excuse_has_its_person",
                condition=Q(excuse="", excused_at__isnull=True, excused_by__isnull=True)
                | (~Q(excuse="") & Q(excused_at__isnull=False, excused_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.round_id}"
