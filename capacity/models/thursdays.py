"""Thursdays at 08:00 as they were counted then: frozen, whatever is corrected later."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q

from capacity.models.organisations import IntegratedCareBoard, Provider
from capacity.models.wards import Ward

# Rows come in the transaction that freezes their Thursday, and none after it.
_WITH_ITS_THURSDAY = """
IF (SELECT t.frozen_in FROM capacity_thursday t WHERE t.id = NEW.thursday_id)
   IS DISTINCT FROM txid_current() THEN
    RAISE EXCEPTION 'A frozen Thursday takes no more rows in %', TG_TABLE_NAME;
END IF;
RETURN NEW;
"""
_NEVER_CHANGED = pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)


class Thursday(models.Model):
    """A Thursday that is frozen; `frozen_at` may be later than 08:00, where a run was missed."""

    day = models.DateField(unique=True)
    counted_at = models.DateTimeField(help_text="08:00 London")
    frozen_at = models.DateTimeField()
    frozen_in = models.BigIntegerField(
        db_default=Func(function="txid_current"), editable=False, help_text="which transaction"
    )

    class Meta:
        ordering = ("day",)
        constraints = [
            models.CheckConstraint(
                name="only_thursdays_are_frozen", condition=Q(day__iso_week_day=4)
            ),
            models.CheckConstraint(
                name="frozen_after_it_was_counted", condition=Q(frozen_at__gte=F("counted_at"))
            ),
        ]
        triggers = [_NEVER_CHANGED]

    def __str__(self) -> str:
        return f"{self.day:%d %b %Y} at 08:00"


class Frozen(models.Model):
    """A count of one ward, reporting provider and commissioning ICB, as it was."""

    thursday = models.ForeignKey(Thursday, on_delete=models.PROTECT, related_name="%(class)s")
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    icb = models.ForeignKey(IntegratedCareBoard, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        triggers = [
            _NEVER_CHANGED,
            pgtrigger.Trigger(
                name="with_its_thursday",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_WITH_ITS_THURSDAY,
            ),
        ]


class FrozenBeds(Frozen):
    """As `DailyBeds`, never counted again."""

    commissioned = models.PositiveIntegerField()
    surge = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()

    class Meta(Frozen.Meta):
        verbose_name_plural = "frozen beds"
        constraints = [
            models.UniqueConstraint(
                fields=["thursday", "ward", "provider", "icb"], name="frozen_beds_once"
            )
        ]
        indexes = [models.Index(fields=["icb", "thursday"], name="frozen_beds_by_icb")]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.thursday_id}: {self.commissioned} beds"


class FrozenPatients(Frozen):
    """As `DailyPatients`, never counted again."""

    pathway = models.CharField(max_length=40)
    route = models.CharField(max_length=12)
    patients = models.PositiveIntegerField()
    over_capacity = models.PositiveIntegerField()
    on_leave = models.PositiveIntegerField()

    class Meta(Frozen.Meta):
        verbose_name_plural = "frozen patients"
        constraints = [
            models.UniqueConstraint(
                fields=["thursday", "ward", "provider", "icb", "pathway", "route"],
                name="frozen_patients_once",
            )
        ]
        indexes = [models.Index(fields=["icb", "thursday"], name="frozen_patients_by_icb")]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.thursday_id} {self.pathway}: {self.patients} patients"
