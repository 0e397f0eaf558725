"""Spells and stays: who lay in which bed when, without saying who that is.

A spell runs from one admission to its discharge and carries pseudonymised facts only; its stays
say which ward, bed, pathway and route. No table here holds a name, an NHS number or an address.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from capacity.models.beds import Bed
from capacity.models.organisations import IntegratedCareBoard
from capacity.models.ranges import Moments
from capacity.models.wards import Ward
from lib.ids import uuid7

if TYPE_CHECKING:
    from accounts.models import User


class Route(models.TextChoices):
    STEP_UP = "step_up", "step-up"
    STEP_DOWN = "step_down", "step-down"


class Source(models.TextChoices):
    """Where a referral came from."""

    EMERGENCY_DEPARTMENT = "emergency_department", "emergency department"
    ACUTE_WARD = "acute_ward", "acute ward"
    GP = "gp", "GP"
    URGENT_COMMUNITY_RESPONSE = "urgent_community_response", "urgent community response"
    AMBULANCE = "ambulance", "ambulance"
    CARE_HOME = "care_home", "care home"
    MENTAL_HEALTH = "mental_health", "mental health"
    SOCIAL_CARE = "social_care", "social care"


def route_of(source: str) -> Route:
    """Out of an acute ward's bed is a discharge brought forward; all others avoid an admission."""
    return Route.STEP_DOWN if source == Source.ACUTE_WARD else Route.STEP_UP


class Residence(models.TextChoices):
    OWN_HOME = "own_home", "own home"
    CARE_HOME = "care_home", "care home"
    OTHER = "other", "other"


class Destination(models.TextChoices):
    """What became of the patient when the spell ended."""

    HOME = "home", "home"
    CARE_HOME = "care_home", "care home"
    HOSPITAL = "hospital", "hospital"
    HOSPICE = "hospice", "hospice"
    OTHER_WARD = "other_service", "another service"
    DIED = "died", "died"
    SELF_DISCHARGED = "self_discharged", "left against advice"
    ENTERED_IN_ERROR = "entered_in_error", "entered in error"


class SpellQuerySet(models.QuerySet["Spell"]):
    def counted(self) -> Self:
        """Spells that really were: those entered in error are kept, and never counted."""
        return self.exclude(destination=Destination.ENTERED_IN_ERROR)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Spell(models.Model):
    """One admission to discharge. `person_key` is a keyed hash: it joins, it identifies nobody."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person_key = models.CharField(max_length=64)
    age_on_admission = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=16)
    ethnicity_group = models.CharField(max_length=40, blank=True)
    residence = models.CharField(max_length=12, choices=Residence, default=Residence.OWN_HOME)
    deprivation_decile = models.PositiveSmallIntegerField(null=True, blank=True)
    # Found with the spell, never by it: an index would slow every admission down.
    home_icb = models.ForeignKey(
        IntegratedCareBoard,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="of the GP practice where the person is registered; empty: not known",
    )
    source = models.CharField(max_length=32, choices=Source)
    destination = models.CharField(max_length=20, choices=Destination, blank=True)
    referred_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    admitted_at = models.DateTimeField()
    discharged_at = models.DateTimeField(null=True, blank=True)
    technology_enabled = models.BooleanField(default=True)
    readmission_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="readmissions"
    )

    objects = SpellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="spell_ends_after_start",
                condition=Q(discharged_at__isnull=True) | Q(discharged_at__gte=F("admitted_at")),
            ),
            models.CheckConstraint(
                name="spell_end_has_its_destination",
                condition=Q(discharged_at__isnull=True, destination="")
                | (Q(discharged_at__isnull=False) & ~Q(destination="")),
            ),
            models.CheckConstraint(
                name="decile_is_one_to_ten",
                condition=Q(deprivation_decile__isnull=True)
                | Q(deprivation_decile__gte=1, deprivation_decile__lte=10),
            ),
        ]
        indexes = [
            # One person's spells in order: who came back within 30 days.
            models.Index(fields=["person_key", "admitted_at"], name="spell_by_person"),
            # What never counts, told by the few: no count looks at each spell.
            models.Index(
                fields=["id"],
                name="spell_in_error",
                condition=Q(destination="entered_in_error"),
            ),
        ]

    def __str__(self) -> str:
        return f"spell {self.pk}"


class StayQuerySet(models.QuerySet["Stay"]):
    def at(self, at: dt.datetime) -> Self:
        """Stays going on at that instant; who left at that instant has left."""
        return self.counted().filter(Q(ends__isnull=True) | Q(ends__gt=at), starts__lte=at)

    def current(self) -> Self:
        return self.counted().filter(ends__isnull=True)

    def counted(self) -> Self:
        return self.exclude(spell__destination=Destination.ENTERED_IN_ERROR)

    def visible_to(self, user: User) -> Self:
        return self.filter(ward__in=Ward.objects.visible_to(user))


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Stay(models.Model):
    """A spell's time in one ward and bed, on one pathway. No bed: over capacity, and why."""

    class EndReason(models.TextChoices):
        DISCHARGED = "discharged", "discharged"
        TRANSFERRED = "transferred", "transferred to another ward"
        MOVED = "moved", "moved to another bed"
        BED_RELEASED = "bed_released", "bed released while on leave"
        PATHWAY_CHANGED = "pathway_changed", "pathway changed"
        ENTERED_IN_ERROR = "entered_in_error", "entered in error"

    class NoBed(models.TextChoices):
        OVER_CAPACITY = "over_capacity", "over capacity"
        ON_LEAVE = "on_leave", "bed released while on leave"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    spell = models.ForeignKey(Spell, on_delete=models.PROTECT, related_name="stays")
    # Found by ward together with a time: by ward alone each stay of two years would be read.
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="stays", db_index=False)
    # As is a bed: who lies in it, among all who did.
    bed = models.ForeignKey(
        Bed,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stays",
        db_index=False,
    )
    no_bed = models.CharField(max_length=16, choices=NoBed, blank=True)
    no_bed_reason = models.CharField(max_length=200, blank=True)
    pathway = models.CharField(max_length=40, help_text="the pathway's code")
    route = models.CharField(max_length=12, choices=Route)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)

    objects = StayQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_stay_per_bed_at_a_time",
                expressions=[("bed", RangeOperators.EQUAL), (Moments(), RangeOperators.OVERLAPS)],
                condition=Q(bed__isnull=False) & ~Q(end_reason="entered_in_error"),
            ),
            ExclusionConstraint(
                name="one_stay_per_spell_at_a_time",
                expressions=[("spell", RangeOperators.EQUAL), (Moments(), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="stay_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(
                name="stay_end_has_its_reason",
                condition=Q(ends__isnull=True, end_reason="")
                | (Q(ends__isnull=False) & ~Q(end_reason="")),
            ),
            models.CheckConstraint(
                name="no_bed_says_why",
                condition=Q(bed__isnull=False, no_bed="")
                | (Q(bed__isnull=True) & ~Q(no_bed="") & ~Q(no_bed_reason="")),
            ),
        ]
        indexes = [
            # "Now" is asked by every board and dashboard; closed stays outnumber open ones 100:1.
            models.Index(fields=["ward"], name="stay_open", condition=Q(ends__isnull=True)),
            models.Index(fields=["ward", "starts"], name="stay_by_ward_start"),
            # With the one above it answers "at that instant" for the recent past: those still
            # open, or ended since.
            models.Index(fields=["ward", "ends"], name="stay_by_ward_end"),
            models.Index(fields=["bed", "ends"], name="stay_by_bed_end"),
        ]

    def __str__(self) -> str:
        return f"stay {self.pk}"


class Leave(models.Model):
    """Away from the ward's care for a while: in hospital or elsewhere; the bed held or released."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", "hospital leave"
        HOME = "home", "home leave"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    spell = models.ForeignKey(Spell, on_delete=models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=10, choices=Kind)
    starts = models.DateTimeField()
    expected_back = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    bed_held = models.BooleanField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_leave_per_spell_at_a_time",
                expressions=[("spell", RangeOperators.EQUAL), (Moments(), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="leave_ends_after_start",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
            ),
            models.CheckConstraint(
                name="leave_expected_back_after_start", condition=Q(expected_back__gt=F("starts"))
            ),
        ]
        indexes = [models.Index(fields=["starts"], name="leave_by_start")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.starts:%d %b %H:%M}"


class ReferralFact(models.Model):
    """What became of a referral, for flows: times, route, outcome; nobody is named."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "waiting"
        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "declined"
        WITHDRAWN = "withdrawn", "withdrawn"

    # The reason that is about capacity: the others are about the patient.
    NO_BED = "no_bed"

    id = models.UUIDField(primary_key=True, editable=False, help_text="the referral's id")
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="referral_facts")
    pathway = models.CharField(max_length=40)
    route = models.CharField(max_length=12, choices=Route)
    source = models.CharField(max_length=32, choices=Source)
    referred_at = models.DateTimeField()
    first_looked_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    decline_reason = models.CharField(max_length=40, blank=True)
    spell = models.OneToOneField(
        Spell, on_delete=models.PROTECT, null=True, blank=True, related_name="referral_fact"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="declined_says_why", condition=~Q(outcome="declined") | ~Q(decline_reason="")
            )
        ]
        indexes = [
            models.Index(fields=["ward", "referred_at"], name="referral_fact_by_ward"),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}: {self.outcome}"
