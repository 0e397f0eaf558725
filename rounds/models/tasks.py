"""Tasks: something to be done for a patient, by somebody, by a time, with its outcome."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from lib.ids import uuid7
from patients.models import Admission

if TYPE_CHECKING:
    from accounts.models import User


class TaskQuerySet(models.QuerySet["Task"]):
    def caring(self, user: User) -> Self:
        return self.filter(admission__in=Admission.objects.caring(user))

    def open(self) -> Self:
        return self.filter(done_at__isnull=True)

    def next_of_course(self) -> Self:
        """Of a course that is not over only the dose that comes next."""
        before = Task.objects.open().filter(token=OuterRef("token"), number__lt=OuterRef("number"))
        return self.open().exclude(Exists(before))

    def overdue(self, at: dt.datetime) -> Self:
        return self.open().filter(due_at__lt=at)


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Task(models.Model):
    """One thing to do for one patient."""

    class Kind(models.TextChoices):
        PHONE = "phone", "phone call"
        VISIT = "visit", "visit"
        VIDEO = "video", "video call"
        IV_DOSE = "iv_dose", "IV dose"
        BLOODS = "bloods", "bloods"
        RESULT = "result", "result to chase"
        MEDICINES = "medicines", "medicine review"
        KIT = "kit", "kit"
        SENIOR = "senior", "question to a senior"
        LEAVE = "leave", "back from leave, or discharge"
        OTHER = "other", "other"

    class Ending(models.TextChoices):
        """`CLOSED` needed no more when the patient left, `HANDED_OVER` goes on elsewhere."""

        DONE = "done", "done"
        NOBODY_HOME = "nobody_home", "nobody home"
        REFUSED = "refused", "refused"
        CANCELLED = "cancelled", "cancelled"
        CLOSED = "closed", "closed when the patient left"
        HANDED_OVER = "handed_over", "handed over"

    # For these somebody goes to where the patient is.
    GOING_OUT = (Kind.VISIT, Kind.IV_DOSE, Kind.BLOODS, Kind.KIT)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=12, choices=Kind)
    text = models.CharField(max_length=240)
    due_at = models.DateTimeField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
    )
    moved_because = models.CharField(
        max_length=200, blank=True, help_text="why its time was changed last"
    )
    number = models.PositiveSmallIntegerField(default=1)
    of = models.PositiveSmallIntegerField(default=1)  # doses, for instance; one for most
    token = models.UUIDField(
        null=True, editable=False, help_text="of the form: sent twice, made once; a course's is one"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ending = models.CharField(max_length=12, choices=Ending, blank=True)
    outcome = models.CharField(max_length=240, blank=True)
    handed_to = models.CharField(
        max_length=160, blank=True, help_text="who takes it on after discharge"
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("due_at",)
        constraints = [
            models.CheckConstraint(
                name="a_done_task_has_its_person_and_outcome",
                condition=Q(done_at__isnull=True) | (~Q(outcome="") & Q(done_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_task_that_ended_says_how",
                condition=Q(done_at__isnull=True, ending="")
                | (Q(done_at__isnull=False) & ~Q(ending="")),
            ),
            models.CheckConstraint(
                name="a_course_is_counted_from_one",
                condition=Q(number__gte=1, number__lte=F("of")),
            ),
            models.UniqueConstraint(fields=["token", "number"], name="one_task_a_form_and_number"),
        ]
        indexes = [
            models.Index(
                fields=["admission", "due_at"], name="task_open", condition=Q(done_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        """Ceftriaxone 2 g (2 of 5)"""
        return f"{self.text} ({self.number} of {self.of})" if self.of > 1 else self.text

    @property
    def goes_out(self) -> bool:
        return self.kind in self.GOING_OUT
