"""Pathways, versioned: a team edits its own copy, and every admission keeps the one it began on."""

from __future__ import annotations

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

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


class PathwayContent(models.Model):
    """Criteria to admit, readings asked for, rules: what a version and a draft both hold.

    `schedule`: {kind: {"times": ["08:00", …]} or {"every_hours": 4}}, London wall time.
    `criteria`: see `patients.criteria`. `ruleset`: plain data that `observations.rulesets` reads.
    """

    criteria = models.JSONField(default=list)
    schedule = models.JSONField(default=dict)
    ruleset = models.JSONField(default=dict)
    responses = models.JSONField(default=dict, help_text="local response to each NEWS2 response")
    default_mode = models.CharField(max_length=16, default="news2_scale1")
    expected_days = models.PositiveSmallIntegerField(default=7)
    limit_days = models.PositiveSmallIntegerField(default=14)

    class Meta:
        abstract = True


class PathwayVersionQuerySet(models.QuerySet["PathwayVersion"]):
    def in_force(self) -> Self:
        return self.filter(published_at__isnull=False, retired_at__isnull=True)

    def default(self) -> Self:
        """Of no ward: what every ward may take as it is."""
        return self.filter(ward__isnull=True)


class PathwayVersion(PathwayContent):
    """A published version, of one ward or the default of all. Never edited again."""

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="versions")
    ward = models.ForeignKey(
        Ward, on_delete=models.PROTECT, null=True, blank=True, related_name="pathway_versions"
    )
    number = models.PositiveSmallIntegerField()
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agreed_by = models.ForeignKey(
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
                condition=Q(limit_days__gte=F("expected_days")),
            ),
            models.CheckConstraint(
                name="a_wards_version_says_why_and_by_whom",
                condition=Q(ward__isnull=True)
                | (~Q(reason="") & Q(published_at__isnull=False, published_by__isnull=False)),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="a_version_is_never_edited", exclude=["retired_at"]),
            pgtrigger.Protect(name="a_version_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.pathway} v{self.number}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PathwayDraft(PathwayContent):
    """What a ward's next version is going to say; `revision` counts how often it was saved."""

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="drafts")
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="pathway_drafts")
    based_on = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="drafts")
    revision = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ward", "pathway"], name="one_draft_a_ward_and_pathway"
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.pathway} for {self.ward}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
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


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class EarlierPathway(models.Model):
    """The version that an admission followed before it was moved to another, and why it was moved.

    What was measured then is judged by it for ever.
    """

    admission = models.ForeignKey(
        "patients.Admission", on_delete=models.CASCADE, related_name="earlier_pathways"
    )
    version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="+")
    ends = models.DateTimeField()
    reason = models.CharField(max_length=200)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("ends",)
        constraints = [
            models.UniqueConstraint(
                fields=["admission", "ends"], name="one_pathway_at_a_time_before"
            ),
            models.CheckConstraint(name="a_move_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.version} until {self.ends:%d %b %H:%M}"
