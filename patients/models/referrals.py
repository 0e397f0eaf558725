"""Referrals: who asked for a place on which ward, and what was decided."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from capacity.models import Bed, ReferralFact, Ward
from capacity.models.ranges import Moments
from capacity.models.stays import Route, Source
from lib.ids import uuid7
from patients.models.pathways import Pathway
from patients.models.people import Patient

if TYPE_CHECKING:
    from accounts.models import User


class ReferralQuerySet(models.QuerySet["Referral"]):
    def caring(self, user: User) -> Self:
        """Referrals to wards whose patients this user may see."""
        return self.filter(ward__in=Ward.objects.caring(user))

    def made_by(self, user: User) -> Self:
        """A referrer's own: what became of them, and no more."""
        return self.filter(referred_by=user)

    def seen_by(self, user: User) -> Self:
        """Both of them: the ward's people and whoever made it."""
        return self.filter(Q(ward__in=Ward.objects.caring(user)) | Q(referred_by=user))

    def waiting(self) -> Self:
        return self.filter(outcome=ReferralFact.Outcome.WAITING)

    def holding_at(self, at: dt.datetime) -> Self:
        """Those for whom a bed is held then: a hold ends by its time, and nobody need end it."""
        return self.awaiting_bed().filter(held_bed__isnull=False, held_until__gt=at)

    def awaiting_bed(self) -> Self:
        """Accepted, not yet admitted."""
        return self.filter(outcome=ReferralFact.Outcome.ACCEPTED, admission__isnull=True)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Referral(models.Model):
    """A request for a place. `facts` answers the pathway's criteria: {criterion key: value}."""

    Outcome = ReferralFact.Outcome

    class DeclineReason(models.TextChoices):
        NO_BED = "no_bed", "no bed"
        TOO_UNWELL = "too_unwell", "too unwell for home"
        NOT_ACUTE = "not_acute", "does not need hospital-level care"
        HOME_UNSAFE = "home_unsafe", "home not safe"
        NO_CONSENT = "no_consent", "patient did not agree"
        OUT_OF_AREA = "out_of_area", "out of area"
        OTHER = "other", "other"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="referrals")
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="referrals")
    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="referrals")
    route = models.CharField(max_length=12, choices=Route)
    source = models.CharField(max_length=32, choices=Source)
    reason = models.TextField(help_text="why this patient, why now")
    facts = models.JSONField(default=dict, blank=True)
    referred_at = models.DateTimeField()
    referred_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="referrals_made"
    )
    referrer_organisation = models.CharField(max_length=120, blank=True)
    referrer_phone = models.CharField(max_length=30, blank=True)
    decision_due_at = models.DateTimeField(null=True, blank=True)
    first_looked_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    decision_note = models.TextField(blank=True)
    held_bed = models.ForeignKey(
        Bed, on_delete=models.PROTECT, null=True, blank=True, related_name="held_for"
    )
    held_from = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ("referred_at",)
        constraints = [
            models.CheckConstraint(
                name="a_decision_has_its_person_and_time",
                condition=Q(outcome="waiting", decided_at__isnull=True)
                | (
                    ~Q(outcome="waiting")
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & Q(decided_at__gte=F("referred_at"))
                ),
            ),
            models.CheckConstraint(
                name="a_declined_referral_says_why",
                condition=~Q(outcome="declined") | ~Q(decline_reason=""),
            ),
            models.CheckConstraint(
                name="a_held_bed_has_its_time",
                condition=Q(held_bed__isnull=True)
                | Q(held_from__isnull=False, held_until__gt=F("held_from")),
            ),
            ExclusionConstraint(
                name="one_hold_a_bed_at_a_time",
                expressions=[
                    ("held_bed", RangeOperators.EQUAL),
                    (Moments("held_from", "held_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(held_bed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"referral of {self.patient_id} to {self.ward_id}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ReferralClock(models.Model):
    """Within how many minutes a ward wants to decide on a referral, as its team set it."""

    ward = models.OneToOneField(Ward, on_delete=models.CASCADE, related_name="referral_clock")
    minutes = models.PositiveIntegerField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_referral_clock_runs_five_minutes_to_a_week",
                condition=Q(minutes__gte=5, minutes__lte=7 * 24 * 60),
            )
        ]

    def __str__(self) -> str:
        return f"{self.ward}: {self.minutes} minutes"
