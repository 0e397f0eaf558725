"""How many people of each age and sex live in an ICB, as a named source says on a date."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.deconstruct import deconstructible

from capacity.models.organisations import IntegratedCareBoard


@deconstructible(path="capacity.models.population_bands.Ages")
class Ages(Func):
    """`int4range(age_from, age_to, '[]')`: both ages belong to it."""

    function = "int4range"
    output_field = IntegerRangeField()

    def __init__(self) -> None:
        super().__init__(F("age_from"), F("age_to"), Value("[]"))


class PopulationBand(models.Model):
    """People of one sex and some ages, as their source counts them: by single years, or wider.

    Another table than `Population`, whose base the published rates are told per.
    """

    class Sex(models.TextChoices):
        FEMALE = "female", "female"
        MALE = "male", "male"

    icb = models.ForeignKey(
        IntegratedCareBoard, on_delete=models.PROTECT, related_name="population_bands"
    )
    as_of = models.DateField()
    sex = models.CharField(max_length=6, choices=Sex)
    age_from = models.PositiveSmallIntegerField()
    age_to = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="the last age in it; empty: and over"
    )
    people = models.PositiveIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="each_age_of_a_population_once",
                expressions=[
                    ("icb", RangeOperators.EQUAL),
                    ("as_of", RangeOperators.EQUAL),
                    ("sex", RangeOperators.EQUAL),
                    (Ages(), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="population_band_ends_after_start",
                condition=Q(age_to__isnull=True) | Q(age_to__gte=F("age_from")),
            ),
            models.CheckConstraint(
                name="population_band_names_its_source", condition=~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        ages = (
            f"{self.age_from} and over"
            if self.age_to is None
            else (f"{self.age_from} to {self.age_to}")
        )
        return f"{self.icb_id} {self.sex} {ages}, {self.as_of}: {self.people}"
