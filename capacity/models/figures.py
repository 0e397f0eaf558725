"""Daily figures as at 08:00 London, targets and published figures."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from capacity.models.organisations import IntegratedCareBoard, Provider
from capacity.models.wards import Ward


class Daily(models.Model):
    """A day's count for one ward, reporting provider and commissioning ICB."""

    day = models.DateField()
    # Found together with the day: each index more slows every count down.
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="+", db_index=False)
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    icb = models.ForeignKey(
        IntegratedCareBoard, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    computed_at = models.DateTimeField()

    class Meta:
        abstract = True


class DailyBeds(Daily):
    """Beds at 08:00. Capacity is `commissioned`: closed and surge beds stand apart."""

    commissioned = models.PositiveIntegerField(help_text="open commissioned beds")
    surge = models.PositiveIntegerField(help_text="open surge beds")
    closed = models.PositiveIntegerField(help_text="commissioned beds closed then")

    class Meta:
        verbose_name_plural = "daily beds"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "ward", "provider", "icb"], name="daily_beds_once"
            )
        ]
        indexes = [
            models.Index(fields=["icb", "day"], name="daily_beds_by_icb"),
            models.Index(fields=["ward", "day"], name="daily_beds_by_ward"),
            models.Index(fields=["provider", "day"], name="daily_beds_by_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.day}: {self.commissioned} beds"


class DailyPatients(Daily):
    """Patients at 08:00 by pathway and route; those over capacity are counted, and told apart."""

    pathway = models.CharField(max_length=40)
    route = models.CharField(max_length=12)
    patients = models.PositiveIntegerField()
    over_capacity = models.PositiveIntegerField()
    on_leave = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "daily patients"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "ward", "provider", "icb", "pathway", "route"],
                name="daily_patients_once",
            )
        ]
        indexes = [
            models.Index(fields=["icb", "day"], name="daily_patients_by_icb"),
            models.Index(fields=["ward", "day"], name="daily_patients_by_ward"),
            models.Index(fields=["provider", "day"], name="daily_patients_by_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.day} {self.pathway}: {self.patients} patients"


class DailySums(models.Model):
    """A day's counts of an ICB: the sums of the rows above, since two years of them are millions.

    Written with them and from them only; `computed_at` moves whenever one of them did.
    """

    day = models.DateField()
    icb = models.ForeignKey(
        IntegratedCareBoard, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    commissioned = models.PositiveIntegerField()
    surge = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    patients = models.PositiveIntegerField()
    over_capacity = models.PositiveIntegerField()
    on_leave = models.PositiveIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "daily sums"
        constraints = [models.UniqueConstraint(fields=["icb", "day"], name="daily_sums_once")]
        indexes = [models.Index(fields=["day"], name="daily_sums_by_day")]

    def __str__(self) -> str:
        return f"{self.icb_id} {self.day}: {self.commissioned} beds"


class StaleFigure(models.Model):
    """A day of a ward that a later correction touched: its rows are computed again."""

    ward = models.ForeignKey(Ward, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    why = models.CharField(max_length=120)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ward", "day"], name="stale_figure_once")]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.day}: {self.why}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Target(models.Model):
    """What an ICB aims for from a date on; the national 40–50 per 100,000 when it says nothing."""

    icb = models.ForeignKey(IntegratedCareBoard, on_delete=models.CASCADE, related_name="targets")
    starts = models.DateField()
    beds_per_100k_low = models.DecimalField(max_digits=5, decimal_places=1, default=40)
    beds_per_100k_high = models.DecimalField(max_digits=5, decimal_places=1, default=50)
    occupancy = models.DecimalField(max_digits=4, decimal_places=3, default=0.8)

    class Meta:
        ordering = ("starts",)
        constraints = [
            models.UniqueConstraint(fields=["icb", "starts"], name="target_once"),
            models.CheckConstraint(
                name="a_target_is_a_band",
                condition=Q(beds_per_100k_low__gt=0)
                & Q(beds_per_100k_high__gte=models.F("beds_per_100k_low")),
            ),
            models.CheckConstraint(
                name="a_target_occupancy_is_a_share",
                condition=Q(occupancy__gt=0) & Q(occupancy__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.icb} from {self.starts}"


class PublishedFigure(models.Model):
    """A month's line of NHS England's Virtual Ward statistics, as printed."""

    month = models.DateField(help_text="first day of the month")
    icb_code = models.CharField(max_length=12, help_text="ENGLAND for the total")
    name = models.CharField(max_length=160)
    region_code = models.CharField(max_length=8, blank=True)
    population_base = models.CharField(max_length=4)
    population = models.PositiveIntegerField()
    capacity = models.PositiveIntegerField()
    patients = models.PositiveIntegerField(null=True, blank=True, help_text="as printed")
    returned = models.BooleanField()
    source = models.CharField(max_length=200)
    imported_at = models.DateTimeField()

    class Meta:
        ordering = ("month", "icb_code")
        constraints = [
            models.UniqueConstraint(fields=["month", "icb_code"], name="published_once"),
            models.CheckConstraint(
                name="a_return_has_its_patients",
                condition=Q(returned=False) | Q(patients__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.icb_code} {self.month:%B %Y}"
