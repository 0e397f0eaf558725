"""Why people who were ready to leave stayed on: facts of a spell, of which nobody is named."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from capacity.models.ranges import Moments
from capacity.models.stays import Spell


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Delay(models.Model):
    """From being ready to leave, or from another cause, until leaving, another cause, or needing
    care again. A cause may not have been said."""

    class Cause(models.TextChoices):
        CLINICAL = "clinical", "clinical need"
        SOCIAL_CARE = "social_care", "social care"
        HOUSING = "housing", "housing"
        MEDICINES = "medicines", "medicines"
        KIT = "kit", "kit"

    spell = models.ForeignKey(Spell, on_delete=models.PROTECT, related_name="delays")
    cause = models.CharField(max_length=12, choices=Cause, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_delay_per_spell_at_a_time",
                expressions=[("spell", RangeOperators.EQUAL), (Moments(), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="delay_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
            ),
        ]
        indexes = [models.Index(fields=["ends"], name="delay_by_end")]

    def __str__(self) -> str:
        return f"{self.get_cause_display() or 'ready'} from {self.starts:%d %b %H:%M}"
