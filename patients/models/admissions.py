"""Admissions: one open at most for a patient, each with the spell and ward that hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from capacity.models import Delay, Leave, Spell, Ward
from capacity.models.stays import Destination
from lib.ids import uuid7
from patients.models.pathways import PathwayVersion
from patients.models.people import Patient
from patients.models.referrals import Referral

if TYPE_CHECKING:
    from accounts.models import User


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def caring(self, user: User) -> Self:
        """Admissions on wards whose patients this user may see: every patient query starts here."""
        return self.filter(ward__in=Ward.objects.caring(user))

    def treating(self, user: User) -> Self:
        """Admissions whose care this user may change."""
        return self.filter(ward__in=Ward.objects.treating(user))

    def current(self) -> Self:
        return self.filter(discharged_at__isnull=True)

    def on(self, ward: Ward) -> Self:
        return self.filter(ward=ward)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["board_version"])
class Admission(models.Model):
    """A patient's time on virtual wards, from bed taken to discharge.

    `ward` is where the patient is now (the open stay's ward); where and when before is in the
    spell's stays. `destination` is set exactly when `discharged_at` is.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="admissions")
    referral = models.OneToOneField(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="admission"
    )
    spell = models.OneToOneField(Spell, on_delete=models.PROTECT, related_name="admission")
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="admissions")
    pathway_version = models.ForeignKey(
        PathwayVersion, on_delete=models.PROTECT, related_name="admissions"
    )
    responsible_clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    admitted_at = models.DateTimeField()
    admitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    expected_discharge = models.DateField()
    ready_since = models.DateTimeField(null=True, blank=True)
    usual_news2 = models.PositiveSmallIntegerField(null=True, blank=True)
    usual_spo2 = models.PositiveSmallIntegerField(null=True, blank=True, help_text="%")
    discharged_at = models.DateTimeField(null=True, blank=True)
    discharged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    destination = models.CharField(max_length=20, choices=Destination, blank=True)
    discharge_note = models.TextField(blank=True)
    medicine_changes = models.TextField(blank=True)
    follow_up = models.TextField(blank=True)
    safety_net_advice = models.TextField(blank=True)
    # Moves with what people change; with the observations' own version it makes the board's ETag.
    board_version = models.BigIntegerField(default=0)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        ordering = ("admitted_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                name="one_open_admission_a_patient",
                condition=Q(discharged_at__isnull=True),
            ),
            models.CheckConstraint(
                name="admission_ends_after_start",
                condition=Q(discharged_at__isnull=True) | Q(discharged_at__gte=F("admitted_at")),
            ),
            models.CheckConstraint(
                name="a_discharge_has_its_destination_and_person",
                condition=Q(discharged_at__isnull=True, destination="")
                | (
                    ~Q(destination="") & Q(discharged_at__isnull=False, discharged_by__isnull=False)
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["ward"], name="admission_open", condition=Q(discharged_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"admission {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.discharged_at is None


class ExpectedDischarge(models.Model):
    """A date somebody expected the patient to leave on, kept when it is changed.

    `cause` says why it lies beyond the pathway's limit; `ready_since` is what was known then.
    """

    Cause = Delay.Cause

    admission = models.ForeignKey(
        Admission, on_delete=models.CASCADE, related_name="expected_discharges"
    )
    day = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=12, choices=Cause, blank=True)
    ready_since = models.DateTimeField(null=True, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-set_at",)

    def __str__(self) -> str:
        return f"expected to leave {self.day}"


class LeaveDetail(models.Model):
    """What capacity need not know of a leave: where the patient is and who holds them."""

    leave = models.OneToOneField(Leave, on_delete=models.PROTECT, related_name="detail")
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="leaves")
    place = models.CharField(max_length=160)
    held_by = models.CharField(max_length=160, help_text="who is answerable meanwhile")
    phone = models.CharField(max_length=30, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"on leave, {self.place}"
