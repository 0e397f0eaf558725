"""What is written down when a patient leaves: outcome, medicines, follow-up, kit to come back."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q

from patients.models.admissions import Admission


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Discharge(models.Model):
    """One an admission. Taken back, it stays as what was written, for when the patient leaves."""

    class Outcome(models.TextChoices):
        COMPLETE = "complete", "treatment complete"
        GOES_ON = "goes_on", "better, care goes on elsewhere"
        WORSE = "worse", "needs more care than at home"
        CHOICE = "choice", "the patient chose to leave"
        DIED = "died", "died"
        ERROR = "error", "entered in error"

    class Known(models.TextChoices):
        """Whether a list says everything: "none" and "not asked" are never the same."""

        LISTED = "listed", "yes, listed below"
        NONE = "none", "no"
        NOT_ASKED = "not_asked", "not asked"

    class Capacity(models.TextChoices):
        HAS = "has", "has capacity to decide this"
        LACKS = "lacks", "lacks it: decided in their best interests"
        NOT_ASSESSED = "not_assessed", "not assessed"

    class KitBack(models.TextChoices):
        COLLECTED = "collected", "we collect it"
        COURIER = "courier", "a courier collects it"
        POSTED = "posted", "the patient posts it"
        BROUGHT = "brought", "somebody brings it"

    admission = models.OneToOneField(
        Admission, on_delete=models.PROTECT, primary_key=True, related_name="discharge"
    )
    outcome = models.CharField(max_length=10, choices=Outcome)
    medicines = models.CharField(max_length=10, choices=Known, default=Known.NOT_ASKED)
    follow_up = models.CharField(max_length=10, choices=Known, default=Known.NOT_ASKED)
    capacity = models.CharField(
        max_length=14, choices=Capacity, blank=True, help_text="of who leaves against advice"
    )
    advice_given = models.TextField(blank=True, help_text="to who leaves against advice")
    kit_back = models.CharField(max_length=10, choices=KitBack, blank=True)
    kit_due = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="capacity_is_noted_with_the_advice_given",
                condition=Q(capacity="", advice_given="") | (~Q(capacity="") & ~Q(advice_given="")),
            ),
            models.CheckConstraint(
                name="kit_comes_back_somehow_by_a_day",
                condition=Q(kit_back="", kit_due__isnull=True)
                | (~Q(kit_back="") & Q(kit_due__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"discharge: {self.get_outcome_display()}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class MedicineChange(models.Model):
    """A medicine that was started, stopped or changed during the stay, for the GP."""

    class Change(models.TextChoices):
        STARTED = "started", "started"
        STOPPED = "stopped", "stopped"
        CHANGED = "changed", "changed"

    discharge = models.ForeignKey(Discharge, on_delete=models.CASCADE, related_name="changes")
    position = models.PositiveSmallIntegerField()
    drug = models.CharField(max_length=160)
    change = models.CharField(max_length=10, choices=Change)
    dose = models.CharField(max_length=160, blank=True, help_text="as the patient takes it now")
    why = models.CharField(max_length=240)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["discharge", "position"], name="one_medicine_change_a_line"
            ),
            models.CheckConstraint(
                name="a_medicine_change_says_drug_and_why", condition=~Q(drug="") & ~Q(why="")
            ),
            models.CheckConstraint(
                name="a_medicine_that_is_taken_has_its_dose",
                condition=Q(change="stopped") | ~Q(dose=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drug}: {self.change}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class FollowUp(models.Model):
    """What somebody named does after the stay, and by when."""

    discharge = models.ForeignKey(Discharge, on_delete=models.CASCADE, related_name="follow_ups")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=240)
    by_whom = models.CharField(max_length=160)
    by_when = models.DateField()

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["discharge", "position"], name="one_follow_up_a_line"),
            models.CheckConstraint(
                name="a_follow_up_says_what_and_by_whom", condition=~Q(what="") & ~Q(by_whom="")
            ),
        ]

    def __str__(self) -> str:
        return self.what
