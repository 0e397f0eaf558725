"""Gateways and their keys, devices, and who held which device from when to when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.policies import ADMINISTRATORS, reach
from accounts.roles import CARING
from capacity.models import Provider, Ward
from capacity.models.ranges import Days, Moments
from observations import silence
from patients.models import Admission, Place

if TYPE_CHECKING:
    from accounts.models import User


class Supplier(models.Model):
    """A firm that lends devices and runs the gateways they report through."""

    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class GatewayQuerySet(models.QuerySet["Gateway"]):
    def administered_by(self, user: User, *, on: dt.date) -> Self:
        """Those that serve an organisation which this user administers."""
        who = reach(user, ADMINISTRATORS)
        if who.england:
            return self
        served = GatewayProvider.objects.on(on).filter(provider__code__in=who.providers)
        return self.filter(pk__in=served.values("gateway"))


class Gateway(models.Model):
    """A supplier's server or hub that uploads readings, for devices of the providers it serves.

    `recent_offsets` holds (sent − received) in seconds of its last 20 uploads, oldest first; the
    largest is the clock offset that the inbox fixes on each upload.

    A gateway that sends heartbeats is watched: `down_at` is the stored deadline by which it must be
    heard again, `down_since` when it was last heard before it counted as down.
    """

    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="gateways")
    name = models.CharField(max_length=120)
    last_heard_at = models.DateTimeField(null=True, blank=True)
    recent_offsets = ArrayField(models.FloatField(), default=list, blank=True)
    clock_offset = models.FloatField(default=0.0, help_text="seconds")
    quiet_minutes = models.PositiveSmallIntegerField(
        default=silence.QUIET_MINUTES,
        help_text="how long it may say nothing before it counts as down; 0: it is not watched",
    )
    beat_at = models.DateTimeField(null=True, blank=True, help_text="last upload without readings")
    down_at = models.DateTimeField(null=True, blank=True)
    down_since = models.DateTimeField(null=True, blank=True)

    objects = GatewayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "name"], name="gateway_name_once")
        ]
        indexes = [
            models.Index(
                fields=["down_at"], name="gateway_deadline", condition=Q(down_at__isnull=False)
            ),
            models.Index(
                fields=["down_since"], name="gateway_down", condition=Q(down_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GatewayProviderQuerySet(models.QuerySet["GatewayProvider"]):
    def on(self, day: dt.date) -> Self:
        return self.filter(Q(ends__isnull=True) | Q(ends__gt=day), starts__lte=day)


class GatewayProvider(models.Model):
    """A gateway may bring readings of this provider's devices, on these dates."""

    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, related_name="allowed")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)

    objects = GatewayProviderQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="gateway_allowed_a_provider_once_at_a_time",
                expressions=[
                    ("gateway", RangeOperators.EQUAL),
                    ("provider", RangeOperators.EQUAL),
                    (Days(), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.gateway} for {self.provider}"


class DeviceKeyQuerySet(models.QuerySet["DeviceKey"]):
    def valid(self, at: dt.datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


class DeviceKey(models.Model):
    """A gateway's key: only its SHA-256 is kept, so the key is shown once and never again."""

    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=12, help_text="tells keys apart on a page")
    digest = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(
        null=True, blank=True, help_text="another was issued in its place; it holds on for a while"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = DeviceKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="key_expires_after_issue",
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("issued_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class DeviceQuerySet(models.QuerySet["Device"]):
    def caring(self, user: User) -> Self:
        """Kit of the providers whose patients this user may see."""
        who = reach(user, CARING)
        if who.england:
            return self
        wards = Ward.objects.caring(user)
        return self.filter(
            Q(provider__code__in=who.providers) | Q(provider__wards__in=wards)
        ).distinct()


@pghistory.track(
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["last_heard_at", "last_gateway"],
)
class Device(models.Model):
    """A piece of kit. `personal`: worn by one patient at a time. `shared`: readings name theirs."""

    class Use(models.TextChoices):
        PERSONAL = "personal", "personal"
        SHARED = "shared", "shared"

    class Status(models.TextChoices):
        IN_STORE = "in_store", "in store"
        ISSUED = "issued", "issued"
        WANTED_BACK = "wanted_back", "wanted back"
        FAULTY = "faulty", "faulty"
        LOST = "lost", "lost"
        RETIRED = "retired", "retired"

    serial = models.CharField(max_length=100, unique=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="devices")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="devices")
    model = models.CharField(max_length=80)
    use = models.CharField(max_length=8, choices=Use, default=Use.PERSONAL)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="devices"
    )
    hub = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="sensors"
    )
    kinds = ArrayField(models.CharField(max_length=20), default=list)
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_STORE)
    last_heard_at = models.DateTimeField(null=True, blank=True)
    # Unchecked, because the drain writes it and must wait for no gateway.
    last_gateway = models.ForeignKey(
        Gateway,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ("serial",)
        constraints = [
            models.CheckConstraint(
                name="a_shared_device_has_its_place",
                condition=~Q(use="shared") | Q(place__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.serial


class DeviceStatus(models.Model):
    """What a device last told of itself, which its gateway passed on; the newest wins.

    A table of its own: the drain holds shared locks on devices.
    """

    # Checked constraints would lock devices after admissions, which others take before.
    device = models.OneToOneField(
        Device,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="told",
        db_constraint=False,
    )
    battery = models.PositiveSmallIntegerField(null=True, blank=True, help_text="%")
    battery_at = models.DateTimeField(null=True, blank=True)
    signal = models.PositiveSmallIntegerField(null=True, blank=True, help_text="%")
    firmware = models.CharField(max_length=60, blank=True)
    measured_at = models.DateTimeField(help_text="when it last told anything")
    gateway = models.ForeignKey(
        Gateway,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
    )
    asked = models.BooleanField(
        default=False, help_text="somebody was asked to charge it since it was last full"
    )

    class Meta:
        verbose_name_plural = "device statuses"
        indexes = [
            models.Index(
                fields=["device"],
                name="device_to_charge",
                condition=Q(battery__lte=silence.LOW_BATTERY, asked=False),
            )
        ]

    def __str__(self) -> str:
        return f"status of device {self.device_id}"


class HoldingQuerySet(models.QuerySet["Holding"]):
    def believed(self) -> Self:
        """What is held true now: corrected rows are kept, and are no longer believed."""
        return self.filter(superseded_at__isnull=True)

    def at(self, at: dt.datetime) -> Self:
        return self.believed().filter(Q(ends__isnull=True) | Q(ends__gt=at), starts__lte=at)

    def open(self) -> Self:
        return self.believed().filter(ends__isnull=True)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Holding(models.Model):
    """An admission held a personal device: when it was true, and when it was recorded.

    A correction supersedes the row and writes another; both stay.
    """

    class State(models.TextChoices):
        ORDERED = "ordered", "ordered"
        DELIVERED = "delivered", "delivered"
        WORKING = "working", "working"

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="holdings")
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="holdings")
    state = models.CharField(max_length=10, choices=State, default=State.DELIVERED)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_holder_of_a_device_at_a_time",
                expressions=[
                    ("device", RangeOperators.EQUAL),
                    (Moments(), RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="holding_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(
                name="a_superseded_holding_has_its_person",
                condition=Q(superseded_at__isnull=True) | Q(superseded_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} held by {self.admission_id}"


class EnrolmentToken(models.Model):
    """What a supplier may call a patient instead of the NHS number: opaque, per admission."""

    token = models.CharField(max_length=64, unique=True)
    admission = models.ForeignKey(Admission, on_delete=models.CASCADE, related_name="tokens")
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["admission", "supplier"],
                name="one_open_token_a_supplier",
                condition=Q(ends__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"token for {self.admission_id}"
