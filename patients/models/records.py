"""What two people do to a confused record: correct it, join two into one, take them apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lib.ids import uuid7
from patients.models.people import Patient

if TYPE_CHECKING:
    from accounts.models import User


class RecordChangeQuerySet(models.QuerySet["RecordChange"]):
    def within(self, user: User) -> Self:
        """Of records that this user answers for."""
        return self.filter(patient__in=Patient.objects.kept_by(user))

    def open(self) -> Self:
        """Proposed, and not yet decided by a second person."""
        return self.filter(outcome=RecordChange.Outcome.PROPOSED)

    def about(self, *patients: Patient) -> Self:
        return self.filter(Q(patient__in=patients) | Q(other__in=patients))


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RecordChange(models.Model):
    """One person proposes with a reason, another decides; nothing changes before.

    `wanted`, of a correction: {field: [as it was, as it shall be]}, dates in ISO form.
    `moved`, of a merge that was approved: what `patients.actions.records.journal` wrote down, so
    that an unmerge puts back exactly that. `patient` is the record that is kept, `other` the one
    that is joined into it.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", "correction"
        MERGE = "merge", "two records joined"
        UNMERGE = "unmerge", "joined records taken apart"

    class Outcome(models.TextChoices):
        PROPOSED = "proposed", "waits for a second person"
        APPROVED = "approved", "approved"
        REFUSED = "refused", "refused"
        WITHDRAWN = "withdrawn", "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="record_changes")
    other = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="joined_by"
    )
    merge = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="taken_back_by"
    )
    wanted = models.JSONField(default=dict, blank=True)
    moved = models.JSONField(default=list, blank=True)
    reason = models.TextField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.PROPOSED)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision_note = models.TextField(blank=True)

    objects = RecordChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                name="one_open_change_a_record",
                condition=Q(outcome="proposed"),
            ),
            models.UniqueConstraint(
                fields=["other"],
                name="one_open_change_a_joined_record",
                condition=Q(outcome="proposed", other__isnull=False),
            ),
            models.CheckConstraint(
                name="two_people_change_a_record",
                condition=~Q(outcome__in=("approved", "refused")) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="a_decided_change_has_its_person_and_time",
                condition=Q(outcome="proposed", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(outcome="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="two_records_are_joined_or_one_corrected",
                condition=Q(kind="correction", other__isnull=True)
                | (Q(kind__in=("merge", "unmerge"), other__isnull=False) & ~Q(other=F("patient"))),
            ),
            models.CheckConstraint(name="a_record_change_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.patient_id}"

    @property
    def is_open(self) -> bool:
        return self.outcome == self.Outcome.PROPOSED
