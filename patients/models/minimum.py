"""The minimum data set: a line a spell, as it stood at 08:00 on a day, under a pseudonym."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from capacity.models import Provider
from capacity.models.signing import SignedOff, SignedOffQuerySet, once

_FINAL_WITH_ITS_COPY = """
IF EXISTS (SELECT 1 FROM patients_minimumdataset d
           WHERE d.id IN (NEW.data_set_id, OLD.data_set_id) AND d.signed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'Lines of a signed copy in % are final', TG_TABLE_NAME;
END IF;
RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
"""


class MinimumDataSetQuerySet(SignedOffQuerySet["MinimumDataSet"]):
    """Drafts and signed copies of days."""


class MinimumDataSet(SignedOff):
    """One version of a provider's daily snapshot. Of a spell's lines the latest snapshot wins."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="data_sets")
    day = models.DateField(help_text="the snapshot's day, as at 08:00 London")

    objects = MinimumDataSetQuerySet.as_manager()

    class Meta(SignedOff.Meta):
        ordering = ("-day", "provider", "-version")
        constraints = [*SignedOff.Meta.constraints, *once("provider", "day")]

    def __str__(self) -> str:
        return f"minimum data set of {self.provider} for {self.day:%d %b %Y}"


class MinimumDataSetRow(models.Model):
    """A spell as the snapshot saw it. No name, no number, no address; personal data still."""

    class Record(models.TextChoices):
        CURRENT = "current", "current"
        # Sent before, and entered in error: whoever keeps it drops the spell.
        WITHDRAWN = "withdrawn", "withdrawn"

    data_set = models.ForeignKey(MinimumDataSet, on_delete=models.PROTECT, related_name="rows")
    record = models.CharField(max_length=10, choices=Record)
    spell_id = models.UUIDField()
    person_key = models.CharField(max_length=64)
    admission_source = models.CharField(max_length=20)
    admitted_on = models.DateField()
    discharged_on = models.DateField(null=True)
    length_of_stay = models.PositiveIntegerField(help_text="nights, up to the snapshot")
    birth_month = models.CharField(max_length=7, help_text="1942-03")
    age_on_admission = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=16)
    ethnicity_group = models.CharField(max_length=40, blank=True)
    lsoa = models.CharField(max_length=9, blank=True)
    provider_code = models.CharField(max_length=12)
    referral_group = models.CharField(max_length=32)
    referred_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    icd10_group = models.CharField(max_length=8, blank=True)
    ward_code = models.CharField(max_length=60)
    ward_name = models.CharField(max_length=120)
    ward_capacity = models.PositiveIntegerField()
    discharge_method = models.CharField(max_length=20, blank=True)
    destination = models.CharField(max_length=20, blank=True)
    pathway = models.CharField(max_length=40)
    route = models.CharField(max_length=12)
    technology_enabled = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["data_set", "spell_id"], name="one_line_a_spell"),
            models.CheckConstraint(
                name="a_line_that_ended_says_how",
                condition=Q(discharged_on__isnull=True, discharge_method="", destination="")
                | Q(discharged_on__isnull=False) & ~Q(destination="") & ~Q(discharge_method=""),
            ),
        ]
        indexes = [models.Index(fields=["spell_id"], name="data_set_by_spell")]
        triggers = [
            pgtrigger.Trigger(
                name="final_with_its_copy",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_FINAL_WITH_ITS_COPY,
            )
        ]

    def __str__(self) -> str:
        return f"spell {self.spell_id}"
