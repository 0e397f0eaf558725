"""Where each patient stands: scores by instant, the latest vitals, the standing, the due times."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from patients.models import Admission


class Score(models.Model):
    """NEWS2 at one measured instant of one admission; scored again, never twice, on late data.

    `parts` in the order of `news2.PARAMETERS`, null where missing. Partitioned like readings.
    """

    pk = models.CompositePrimaryKey("admission_id", "measured_at")
    admission_id = models.UUIDField()
    measured_at = models.DateTimeField()
    total = models.SmallIntegerField(null=True)
    lowest = models.SmallIntegerField()
    response = models.CharField(max_length=12)
    parts = ArrayField(models.SmallIntegerField(null=True))
    scale = models.SmallIntegerField()
    oldest_at = models.DateTimeField(help_text="when its oldest part was measured")
    oxygen_from_plan = models.BooleanField()
    self_reported = models.BooleanField(help_text="consciousness not seen or heard by staff")
    batch = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "observations_score"

    def __str__(self) -> str:
        return f"NEWS2 {self.total} at {self.measured_at}"


class LatestVital(models.Model):
    """The newest good reading of a kind: a view of what the standing holds, for whoever reads.

    Written with the standing, one row a patient and batch instead of one a value.
    """

    pk = models.CompositePrimaryKey("admission_id", "kind")
    admission = models.ForeignKey(
        Admission, on_delete=models.DO_NOTHING, related_name="latest_vitals", db_constraint=False
    )
    kind = models.SmallIntegerField()
    number = models.FloatField(null=True)
    code = models.CharField(max_length=4, blank=True)
    measured_at = models.DateTimeField()
    device_id = models.BigIntegerField()
    sender_id = models.CharField(max_length=100)
    source = models.SmallIntegerField()
    received_at = models.DateTimeField()
    late = models.BooleanField()

    class Meta:
        managed = False

    def __str__(self) -> str:
        return f"latest {self.kind} of {self.admission_id}"


class Standing(models.Model):
    """One row an admission: its newest score, the one before, and the board's version.

    `worst_unseen` is the worst response since a person last reviewed: nobody moves down the board
    because readings stopped.
    """

    admission = models.OneToOneField(
        Admission, on_delete=models.CASCADE, primary_key=True, related_name="standing"
    )
    version = models.BigIntegerField(default=0)
    measured_at = models.DateTimeField(null=True, help_text="newest part")
    oldest_at = models.DateTimeField(null=True, help_text="oldest part")
    total = models.SmallIntegerField(null=True)
    lowest = models.SmallIntegerField(null=True)
    response = models.CharField(max_length=12, blank=True)
    parts = ArrayField(models.SmallIntegerField(null=True), default=list)
    scale = models.SmallIntegerField(default=1)
    oxygen_from_plan = models.BooleanField(default=False)
    self_reported = models.BooleanField(default=False)
    previous_total = models.SmallIntegerField(null=True)
    previous_at = models.DateTimeField(null=True)
    last_reading_at = models.DateTimeField(null=True)
    latest = models.TextField(
        default="{}",
        db_default="{}",
        help_text="the newest good reading of each kind, as JSON; LatestVital is its rows",
    )
    latest_at = ArrayField(
        models.DateTimeField(),
        default=list,
        db_default=[],
        help_text="when those were measured, each instant once and in order: a board counts how "
        "many are old without reading them",
    )
    unreviewed_response = models.CharField(
        max_length=12, blank=True, help_text="last full response before data stopped"
    )
    reviewed_at = models.DateTimeField(null=True, help_text="last time a person looked and decided")
    plan_version = models.BigIntegerField(
        null=True, help_text="the admission's version of which its due times were made"
    )
    plan_changes_at = models.DateTimeField(
        null=True, help_text="when something agreed runs out, or follows, by itself"
    )

    def __str__(self) -> str:
        return f"standing of {self.admission_id}: {self.response}"


class DueTime(models.Model):
    """The next planned slot of a kind and the instants its state changes; moved with the slot only.

    An indexed column that every reading updates would defeat HOT, so this table is its own.
    """

    pk = models.CompositePrimaryKey("admission_id", "kind")
    admission = models.ForeignKey(
        Admission, on_delete=models.CASCADE, related_name="due_times", db_constraint=False
    )
    kind = models.SmallIntegerField()
    due_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    silent_at = models.DateTimeField(null=True)
    stale_at = models.DateTimeField(null=True)
    next_deadline_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.admission_id} due {self.due_at}"


class Heartbeat(models.Model):
    """When a part of the machinery last worked, in PostgreSQL: a stopped worker must be seen."""

    name = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.beat_at}"
