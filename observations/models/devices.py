"""Devices, and what they last told of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.policies import reach
from accounts.roles import CARING
from capacity.models import Provider, Ward
from observations import silence
from observations.models.gateways import Gateway, Supplier
from patients.models import Place

if TYPE_CHECKING:
    from accounts.models import User


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
