"""Who brings readings: suppliers, their gateways, whom these serve, and their keys."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q

from accounts.policies import ADMINISTRATORS, reach
from capacity.models import Provider
from capacity.models.ranges import Days
from observations import silence

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
