"""Readings, partitioned by UTC day of measurement, and the corrections that are the only way to
change them."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models

from lib.ids import uuid7


class Source(models.IntegerChoices):
    DEVICE = 1, "device"
    APP = 2, "app"
    PHONE = 3, "phone"
    VISIT = 4, "visit"


class Quality(models.IntegerChoices):
    GOOD = 1, "good"
    POOR = 2, "poor"
    UNUSABLE = 3, "unusable"


class Context(models.IntegerChoices):
    REST = 1, "rest"
    EXERTION = 2, "exertion"
    AFTER_TREATMENT = 3, "after treatment"


NAMED: Final = (
    "Whom the sender named beside a known device, as sent: an enrolment token or an NHS number. "
    "Not the admission that it meant at the time: custody corrected later asks the whole question "
    "again, by the tokens, numbers and admissions that are believed then, and what goes to the "
    "tray keeps its name. Null where nobody was named, where no device is known (the name is in "
    "device_id), and once a person decided whose it is; so it names nobody but the patient of its "
    "row, and is forgotten with that admission."
)


class Reading(models.Model):
    """One value of one kind, measured at one instant by one device on one patient.

    Identity is (device, the sender's id, measured_at in UTC microseconds). No foreign keys: three
    of them cut COPY from 290,000 to 76,000 rows a second; an integrity test compares instead.
    `number` is in the kind's unit at chart precision, `as_sent` what the sender wrote.
    """

    pk = models.CompositePrimaryKey("device_id", "sender_id", "measured_at")
    device_id = models.BigIntegerField()
    sender_id = models.CharField(max_length=100)
    measured_at = models.DateTimeField()
    admission_id = models.UUIDField()
    named = models.CharField(  # noqa: DJ001 - as below
        max_length=64,
        null=True,
        help_text="whom the sender named beside a known device: enrolment token or NHS number",
        db_comment=NAMED,
    )
    kind = models.SmallIntegerField(help_text="observations.kinds number")
    number = models.FloatField(null=True)
    code = models.CharField(max_length=4, null=True)  # noqa: DJ001 - COPY writes null as \N
    as_sent = models.TextField(help_text="value and unit as sent")
    source = models.SmallIntegerField(choices=Source)
    quality = models.SmallIntegerField(choices=Quality)
    context = models.SmallIntegerField(choices=Context)
    gateway_id = models.BigIntegerField()
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    clock_offset = models.FloatField(help_text="seconds")
    batch = models.BigIntegerField()
    receipt = models.UUIDField()
    late = models.BooleanField()
    error = models.BooleanField(default=False, help_text="entered in error: kept, struck through")
    reported_by = models.CharField(max_length=120, null=True)  # noqa: DJ001 - as above
    comment = models.TextField(null=True)  # noqa: DJ001 - as above

    class Meta:
        # Made by SQL: PARTITION BY RANGE (measured_at). See 0002_partitions.
        managed = False
        db_table = "observations_reading"

    def __str__(self) -> str:
        return f"reading {self.sender_id} of device {self.device_id}"


class Correction(models.Model):
    """What a person changed about a reading, append-only: struck through, restored, moved."""

    class What(models.TextChoices):
        ENTERED_IN_ERROR = "entered_in_error", "entered in error"
        RESTORED = "restored", "restored"
        MOVED = "moved", "moved to another patient"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    device_id = models.BigIntegerField()
    sender_id = models.CharField(max_length=100)
    measured_at = models.DateTimeField()
    what = models.CharField(max_length=20, choices=What)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    gateway_id = models.BigIntegerField(
        null=True, blank=True, help_text="when the sender retracted"
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["device_id", "measured_at"], name="correction_by_reading")]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.reason}"
