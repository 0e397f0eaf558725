"""Changes that somebody stated, from which a control chart begins anew: never silently."""

from __future__ import annotations

from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q


class StatedChangeQuerySet(models.QuerySet["StatedChange"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def of(self, *, kind: str, code: str, measure: str, pathway: str) -> Self:
        return self.filter(place_kind=kind, place_code=code, measure=measure, pathway=pathway)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class StatedChange(models.Model):
    """From `on` a measure's chart at a place has limits of its own, because of `reason`.

    The place is named by its code, as memberships name it. Withdrawn ones are kept.
    """

    class PlaceKind(models.TextChoices):
        ICB = "icb", "integrated care board"
        PROVIDER = "provider", "provider"
        WARD = "ward", "ward"

    place_kind = models.CharField(max_length=8, choices=PlaceKind)
    place_code = models.CharField(max_length=60)
    measure = models.CharField(max_length=24)
    pathway = models.CharField(max_length=40, blank=True, help_text="empty: all pathways")
    on = models.DateField()
    reason = models.CharField(max_length=200)
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StatedChangeQuerySet.as_manager()

    class Meta:
        ordering = ("on",)
        constraints = [
            models.UniqueConstraint(
                fields=["place_kind", "place_code", "measure", "pathway", "on"],
                name="stated_change_once",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(name="stated_change_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="withdrawn_change_has_its_time",
                condition=Q(withdrawn_by__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} of {self.place_code} from {self.on}: {self.reason}"
