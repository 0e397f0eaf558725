"""Where a ward's team meets its patients by video: one link, the same for all of them."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from capacity.models import Ward


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class VideoLink(models.Model):
    """The team's own room; nothing about a patient ever stands in its address."""

    ward = models.OneToOneField(
        Ward, on_delete=models.PROTECT, primary_key=True, related_name="video_link"
    )
    url = models.URLField(max_length=300, validators=[URLValidator(schemes=["https"])])
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_video_link_is_encrypted", condition=Q(url__startswith="https://")
            )
        ]

    def __str__(self) -> str:
        return self.url
