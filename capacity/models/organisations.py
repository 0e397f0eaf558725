"""ICBs, the people registered in them, and the providers that run wards."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from accounts.models import User


class Region(models.Model):
    """One of NHS England's seven regions, under its ODS code."""

    code = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """What ICBs and providers share: an ODS code, a name, and the dates it existed."""

    code = models.CharField(max_length=12, unique=True, help_text="ODS code")
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=80, blank=True)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True, help_text="first day it no longer existed")

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.short_name or self.name


class IntegratedCareBoardQuerySet(models.QuerySet["IntegratedCareBoard"]):
    def on(self, day: dt.date) -> Self:
        """Those that existed on that day."""
        return self.filter(Q(ends__isnull=True) | Q(ends__gt=day), starts__lte=day)

    def visible_to(self, user: User) -> Self:
        """Those whose figures this user may see."""
        from accounts.policies import reach
        from accounts.roles import FIGURES

        who = reach(user, FIGURES)
        if who.england:
            return self
        return self.filter(
            Q(code__in=who.icbs)
            | Q(wards__code__in=who.wards)
            | Q(wards__lead_provider__code__in=who.providers)
        ).distinct()


class IntegratedCareBoard(Organisation):
    """An ICB: commissions beds for the people registered with its GPs."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="icbs")

    objects = IntegratedCareBoardQuerySet.as_manager()

    class Meta(Organisation.Meta):
        constraints = [
            models.CheckConstraint(
                name="icb_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")),
            )
        ]


class Population(models.Model):
    """How many people an ICB's rates are told per, on a named base and date."""

    class Base(models.TextChoices):
        SIXTEEN_PLUS = "16+", "aged 16 and over"
        ALL = "all", "all ages"

    icb = models.ForeignKey(
        IntegratedCareBoard, on_delete=models.PROTECT, related_name="populations"
    )
    base = models.CharField(max_length=4, choices=Base)
    as_of = models.DateField()
    value = models.PositiveIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["icb", "base", "as_of"], name="population_once"),
            models.CheckConstraint(name="population_positive", condition=Q(value__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.icb} {self.get_base_display()} {self.as_of:%B %Y}: {self.value}"


class ProviderQuerySet(models.QuerySet["Provider"]):
    def visible_to(self, user: User) -> Self:
        """Those that run a ward whose figures this user may see, or report a bed on one."""
        from capacity.models.wards import Ward

        wards = Ward.objects.visible_to(user)
        return self.filter(Q(wards__in=wards) | Q(allocations__bed__ward__in=wards)).distinct()


class Provider(Organisation):
    """An organisation that runs wards: trust, community interest company, hospice."""

    class Kind(models.TextChoices):
        ACUTE = "acute", "acute trust"
        COMMUNITY = "community", "community trust"
        MENTAL_HEALTH = "mental_health", "mental health and community trust"
        CIC = "cic", "community interest company"
        HOSPICE = "hospice", "hospice"
        PRIMARY_CARE = "primary_care", "primary care"

    kind = models.CharField(max_length=20, choices=Kind)

    objects = ProviderQuerySet.as_manager()

    class Meta(Organisation.Meta):
        constraints = [
            models.CheckConstraint(
                name="provider_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gt=F("starts")),
            )
        ]


class Succession(models.Model):
    """One organisation became another, on a date; a split states each part's share."""

    class Kind(models.TextChoices):
        MERGED = "merged", "merged"
        RENAMED = "renamed", "renamed"
        SPLIT = "split", "split"

    predecessor_code = models.CharField(max_length=12)
    successor_code = models.CharField(max_length=12)
    on = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind)
    share = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    source = models.CharField(max_length=200, blank=True, help_text="where this is stated")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor_code", "successor_code", "on"], name="succession_once"
            ),
            models.CheckConstraint(
                name="split_states_its_share", condition=~Q(kind="split") | Q(share__isnull=False)
            ),
            models.CheckConstraint(
                name="share_is_a_fraction",
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_code} {self.kind} into {self.successor_code} on {self.on}"
