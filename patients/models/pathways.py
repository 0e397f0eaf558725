"""Pathways, versioned: a team edits its own copy, and every admission keeps the one it began on."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from capacity.models import Ward


class Pathway(models.Model):
    """A kind of care at home, such as acute respiratory infection or frailty."""

    code = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=24)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PathwayVersionQuerySet(models.QuerySet["PathwayVersion"]):
    def in_force(self) -> Self:
        return self.filter(published_at__isnull=False, retired_at__isnull=True)


class PathwayVersion(models.Model):
    """A published version: criteria to admit, readings asked for, rules. Never edited again.

    `schedule`: {kind: {"times": ["08:00", …]} or {"every_hours": 4}}, London wall time.
    `criteria`: see `patients.criteria`. `ruleset`: plain data that `observations.rules` reads.
    """

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="versions")
    ward = models.ForeignKey(
        Ward, on_delete=models.PROTECT, null=True, blank=True, related_name="pathway_versions"
    )
    number = models.PositiveSmallIntegerField()
    criteria = models.JSONField(default=list)
    schedule = models.JSONField(default=dict)
    ruleset = models.JSONField(default=dict)
    responses = models.JSONField(default=dict, help_text="local response to each NEWS2 response")
    default_mode = models.CharField(max_length=16, default="news2_scale1")
    expected_days = models.PositiveSmallIntegerField(default=7)
    limit_days = models.PositiveSmallIntegerField(default=14)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = PathwayVersionQuerySet.as_manager()

    class Meta:
        ordering = ("pathway", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=["pathway", "ward", "number"],
                name="pathway_version_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="limit_is_not_before_expected",
                condition=Q(limit_days__gte=models.F("expected_days")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pathway} v{self.number}"


class WardPathway(models.Model):
    """A pathway that a ward offers, and the version new admissions begin on."""

    ward = models.ForeignKey(Ward, on_delete=models.CASCADE, related_name="pathways")
    version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="offered_by")
    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="offered_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ward", "pathway"], name="pathway_offered_once_a_ward")
        ]

    def __str__(self) -> str:
        return f"{self.ward}: {self.version}"
