"""What was accepted and is not yet stored, what became of it, and what found no patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from capacity.models import Ward

if TYPE_CHECKING:
    from accounts.models import User


class Inbox(models.Model):
    """One upload's bytes, committed before it was answered; gone once it is drained.

    The body stays bytes: one `\\u0000` in a jsonb column would stop the queue.
    """

    receipt = models.UUIDField(unique=True)
    gateway_id = models.BigIntegerField()
    key_id = models.BigIntegerField(null=True, help_text="the key that opened the door")
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    clock_offset = models.FloatField(default=0.0, help_text="seconds, fixed at accept")
    newest_at = models.DateTimeField(help_text="newest measured_at")
    replayed = models.BooleanField(
        default=False, help_text="a buffer's, not fresh at accept: waits in the slower lane"
    )
    count = models.PositiveIntegerField()
    body = models.BinaryField()
    attempts = models.PositiveSmallIntegerField(default=0)
    parked_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name_plural = "inbox"
        indexes = [
            models.Index(
                fields=["replayed", "id"],
                name="inbox_waiting",
                condition=Q(parked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"upload {self.receipt}"


class Receipt(models.Model):
    """What became of each reading of an upload, by position. Kept 30 days."""

    class Outcome(models.IntegerChoices):
        STORED = 1, "stored"
        LATE = 2, "late"
        DUPLICATE = 3, "duplicate"
        UNCLAIMED = 4, "unclaimed"
        REJECTED = 5, "rejected"

    id = models.UUIDField(primary_key=True)
    gateway_id = models.BigIntegerField()
    received_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    batch = models.BigIntegerField()
    ids = ArrayField(models.TextField(), help_text="the sender's ids")
    outcomes = ArrayField(models.SmallIntegerField())
    whys = ArrayField(models.TextField(), help_text="empty where nothing need be said")
    sent = models.TextField(
        blank=True, default="", help_text="JSON by position: what was sent and rejected"
    )

    def __str__(self) -> str:
        return f"receipt {self.pk}"


def alert_subject(serial: str, named: str, why: str) -> str:
    """What a ward's alert is about: the sender and whom it named, for two people are two alerts;
    failing both, why nobody was found."""
    told = [f"named {named}"] if named else []
    return ", ".join([*told, serial] if serial else told or [f"named {why}"])[:120]


class Retraction(models.Model):
    """What a sender took back and nobody had stored yet: should it come, it is not stored."""

    gateway_id = models.BigIntegerField()
    serial = models.CharField(max_length=100, blank=True)
    named = models.CharField(max_length=64, blank=True, help_text="where no device was told")
    sender_id = models.CharField(max_length=100)
    measured_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway_id", "measured_at", "sender_id", "serial", "named"],
                name="retraction_once",
            )
        ]

    def __str__(self) -> str:
        return f"retraction of {self.sender_id}"


class UnclaimedReadingQuerySet(models.QuerySet["UnclaimedReading"]):
    def open(self) -> Self:
        return self.filter(decided_at__isnull=True)

    def caring(self, user: User) -> Self:
        """The tray is a ward's; what no ward can see is its gateway's administrators' to place."""
        return self.filter(ward__in=Ward.objects.caring(user))

    def strays(self) -> Self:
        """Open, and in the tray of no ward."""
        return self.open().filter(ward__isnull=True)


class UnclaimedReading(models.Model):
    """A reading that may be anybody's: kept whole, in the tray, until a person decides."""

    class Decision(models.TextChoices):
        ASSIGNED = "assigned", "assigned"
        DISMISSED = "dismissed", "dismissed"

    gateway_id = models.BigIntegerField()
    serial = models.CharField(max_length=100)
    device_id = models.BigIntegerField(null=True)
    ward = models.ForeignKey(
        Ward, on_delete=models.PROTECT, null=True, blank=True, related_name="unclaimed"
    )
    sender_id = models.CharField(max_length=100)
    named = models.CharField(max_length=64, blank=True, help_text="the patient the sender named")
    kind = models.CharField(max_length=20)
    number = models.FloatField(null=True)
    code = models.CharField(max_length=4, blank=True)
    as_sent = models.JSONField(help_text="the whole reading, untouched")
    measured_at = models.DateTimeField()
    received_at = models.DateTimeField()
    clock_offset = models.FloatField(default=0.0, db_default=0.0, help_text="seconds")
    receipt = models.UUIDField()
    why = models.CharField(max_length=40)
    candidates = ArrayField(models.UUIDField(), default=list, help_text="admissions it may be of")
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    objects = UnclaimedReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway_id", "serial", "named", "kind", "sender_id", "measured_at"],
                name="unclaimed_reading_once",
            ),
            models.CheckConstraint(
                name="a_tray_decision_has_its_person_and_reason",
                condition=Q(decided_at__isnull=True, decision="")
                | (
                    ~Q(decision="")
                    & ~Q(reason="")
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["ward", "measured_at"],
                name="unclaimed_open",
                condition=Q(decided_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.serial}"

    @property
    def alert_subject(self) -> str:
        """What the ward's alert about it is called."""
        return alert_subject(self.serial, self.named, self.why)
