"""The dated setting of whether people on leave count in occupancy, for all of England."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class LeaveSetting(models.Model):
    """From `starts` on people on leave count in occupancy, or do not, because of `reason`."""

    starts = models.DateField(unique=True)
    counted = models.BooleanField()
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("starts",)
        constraints = [
            models.CheckConstraint(name="a_leave_setting_says_why", condition=~Q(reason=""))
        ]

    def __str__(self) -> str:
        return f"on leave {'counted' if self.counted else 'not counted'} from {self.starts}"
