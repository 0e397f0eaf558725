"""Patients, what identifies them, and who stands beside them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from capacity.models import IntegratedCareBoard, Ward
from lib.ids import uuid7
from patients import nhs_numbers

if TYPE_CHECKING:
    from accounts.models import User


class Place(models.Model):
    """A place where patients live together or are seen: a care home, a visiting nurse's base."""

    class Kind(models.TextChoices):
        CARE_HOME = "care_home", "care home"
        NURSE_BASE = "nurse_base", "visiting nurses' base"

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=Kind)
    ods_code = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=240, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return self.name


def listed_name(family_name: str, given_name: str) -> str:
    """How a list names a patient; for those too who read it without the rest of the patient."""
    return f"{family_name.upper()}, {given_name}"


class PatientQuerySet(models.QuerySet["Patient"]):
    def kept_by(self, user: User) -> Self:
        """Whose records this user corrects and joins: of wards they answer for, past ones too.

        A record that was joined with another goes with that one.
        """
        wards = Ward.objects.keeping_records(user)
        here = Patient.objects.filter(
            Q(referrals__ward__in=wards) | Q(admissions__ward__in=wards)
        ).values("pk")
        return self.filter(Q(pk__in=here) | Q(merged_into__in=here))


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Patient(models.Model):
    """A person, under an opaque id; every number that names them is an `Identifier`."""

    class Sex(models.TextChoices):
        FEMALE = "female", "female"
        MALE = "male", "male"
        INDETERMINATE = "indeterminate", "indeterminate"
        NOT_KNOWN = "not_known", "not known"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family_name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=120)
    title = models.CharField(max_length=20, blank=True)
    born = models.DateField()
    died_at = models.DateTimeField(null=True, blank=True)
    sex = models.CharField(max_length=14, choices=Sex, default=Sex.NOT_KNOWN)
    ethnicity_group = models.CharField(max_length=40, blank=True)
    deprivation_decile = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=60, blank=True, help_text="empty: nobody has asked")
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=240, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    home_icb = models.ForeignKey(
        IntegratedCareBoard,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="of the GP practice where the person is registered; empty: nobody has said",
    )
    lives_in = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="residents"
    )
    lives_with = models.CharField(max_length=120, blank=True)  # "alone", "with son"
    no_nhs_number_reason = models.CharField(max_length=120, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from"
    )

    objects = PatientQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["family_name", "born"], name="patient_by_name")]

    def __str__(self) -> str:
        return listed_name(self.family_name, self.given_name)

    def age_on(self, day: dt.date) -> int:
        """Whole years lived by that day; born on 29 February counts from 1 March."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    @property
    def nhs_number(self) -> str:
        """The current NHS number, unspaced; empty when there is none."""
        for identifier in self.identifiers.all():
            if identifier.system == Identifier.System.NHS_NUMBER and identifier.is_current:
                return identifier.value
        return ""


class IdentifierQuerySet(models.QuerySet["Identifier"]):
    def current(self) -> Self:
        return self.filter(status__in=Identifier.CURRENT)

    def nhs_numbers(self) -> Self:
        return self.filter(system=Identifier.System.NHS_NUMBER)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Identifier(models.Model):
    """A number that names a patient, with how far it is trusted and from when to when."""

    class System(models.TextChoices):
        NHS_NUMBER = "nhs_number", "NHS number"
        LOCAL = "local", "local number"

    class Status(models.TextChoices):
        UNVERIFIED = "unverified", "unverified"
        VERIFIED = "verified", "verified"
        SUPERSEDED = "superseded", "superseded"
        WRONG = "wrong", "wrong"

    CURRENT = (Status.UNVERIFIED, Status.VERIFIED)

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=12, choices=System)
    value = models.CharField(max_length=40)
    assigner = models.CharField(max_length=12, blank=True, help_text="ODS code, for local numbers")
    status = models.CharField(max_length=12, choices=Status, default=Status.UNVERIFIED)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)

    objects = IdentifierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                name="one_current_nhs_number_a_patient",
                condition=Q(system="nhs_number", status__in=("unverified", "verified")),
            ),
            models.UniqueConstraint(
                fields=["value"],
                name="one_patient_a_current_nhs_number",
                condition=Q(system="nhs_number", status__in=("unverified", "verified")),
            ),
            models.CheckConstraint(
                name="nhs_number_is_ten_digits",
                condition=~Q(system="nhs_number") | Q(value__regex=r"^[0-9]{10}$"),
            ),
            models.CheckConstraint(
                name="identifier_ends_when_no_longer_current",
                condition=Q(status__in=("unverified", "verified"), ends__isnull=True)
                | Q(status__in=("superseded", "wrong"), ends__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["value"], name="identifier_by_value")]

    def __str__(self) -> str:
        return f"{self.get_system_display()} ({self.status})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """No way in passes the guard: see `patients.nhs_numbers`."""
        if self.system == self.System.NHS_NUMBER:
            nhs_numbers.check(self.value)
        super().save(*args, **kwargs)

    @property
    def is_current(self) -> bool:
        return self.status in self.CURRENT


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Contact(models.Model):
    """Somebody to call about a patient, or who must not be told."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=160)
    relationship = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=60, blank=True)
    is_carer = models.BooleanField(default=False)
    call_first = models.BooleanField(default=False)
    first_at_night = models.BooleanField(default=False)
    also_nights = models.BooleanField(default=False)
    must_not_be_told = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-call_first", "name")
        constraints = [
            models.CheckConstraint(
                name="nobody_is_called_who_must_not_be_told",
                condition=Q(must_not_be_told=False)
                | Q(call_first=False, first_at_night=False, also_nights=False),
            ),
            models.UniqueConstraint(
                fields=["patient"], name="one_first_to_call", condition=Q(call_first=True)
            ),
            models.UniqueConstraint(
                fields=["patient"], name="one_first_at_night", condition=Q(first_at_night=True)
            ),
            models.CheckConstraint(
                name="the_first_at_night_may_be_called_then",
                condition=Q(first_at_night=False) | Q(also_nights=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.relationship}"
