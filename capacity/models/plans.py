"""What is planned: beds that are to open or close on a date. A plan is no bed until it is one."""

from __future__ import annotations

import datetime as dt
from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from capacity.models.organisations import IntegratedCareBoard
from capacity.models.wards import Ward


class PlannedBedsQuerySet(models.QuerySet["PlannedBeds"]):
    def standing(self) -> Self:
        """Those that nobody has withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def after(self, day: dt.date) -> Self:
        return self.filter(on__gt=day)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PlannedBeds(models.Model):
    """Beds that an ICB wants to have more, or fewer where `beds` is negative, from a day on.

    `ward` is empty where the ward does not exist yet; `where` says in words what is meant.
    """

    icb = models.ForeignKey(
        IntegratedCareBoard, on_delete=models.PROTECT, related_name="planned_beds"
    )
    ward = models.ForeignKey(
        Ward, on_delete=models.PROTECT, null=True, blank=True, related_name="planned_beds"
    )
    where = models.CharField(max_length=120)
    on = models.DateField(help_text="first day with them")
    beds = models.SmallIntegerField()
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PlannedBedsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "planned beds"
        ordering = ("on", "pk")
        constraints = [
            models.CheckConstraint(name="a_plan_changes_something", condition=~Q(beds=0)),
            models.CheckConstraint(name="a_plan_says_where", condition=~Q(where="")),
            models.CheckConstraint(
                name="a_withdrawn_plan_has_its_person",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.beds:+} beds on {self.on}"
