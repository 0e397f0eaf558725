"""Handovers: who holds a ward's patients now, accepted by somebody named."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from capacity.models import Ward
from lib.ids import uuid7
from patients.models import Admission

if TYPE_CHECKING:
    from accounts.models import User

_UNANSWERED: Final = Q(
    accepted_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True
)


class HandoverQuerySet(models.QuerySet["Handover"]):
    def caring(self, user: User) -> Self:
        """Of wards whose patients this user may see."""
        return self.filter(ward__in=Ward.objects.caring(user))

    def waiting(self) -> Self:
        return self.filter(_UNANSWERED)

    def accepted(self) -> Self:
        return self.filter(accepted_at__isnull=False)


class Handover(models.Model):
    """A ward's patients offered to a receiver, in the system or outside it; or taken by one.

    Whoever accepted last holds the patients, until `until`; while nobody has, the giver still does.
    Answered, it never changes again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="handovers")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    until = models.DateTimeField(help_text="when what is accepted runs out")
    taken = models.BooleanField(default=False, help_text="nobody offered it: somebody took over")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    receiver_name = models.CharField(max_length=120, blank=True)
    receiver_organisation = models.CharField(max_length=120, blank=True)
    receiver_phone = models.CharField(max_length=30, blank=True)
    accepted_how = models.CharField(
        max_length=160, blank=True, help_text="of a receiver outside: by phone, read back"
    )
    remark = models.CharField(max_length=400, blank=True, help_text="the receiver's question")
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decline_reason = models.CharField(max_length=400, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ("-offered_at",)
        constraints = [
            models.CheckConstraint(
                name="an_accepted_handover_names_its_receiver",
                condition=Q(accepted_at__isnull=True)
                | Q(accepted_by__isnull=False)
                | (~Q(receiver_name="") & ~Q(receiver_phone="") & ~Q(accepted_how="")),
            ),
            models.CheckConstraint(
                name="a_handover_is_answered_once",
                condition=Q(declined_at__isnull=True, withdrawn_at__isnull=True)
                | Q(accepted_at__isnull=True, withdrawn_at__isnull=True)
                | Q(accepted_at__isnull=True, declined_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_declined_handover_has_its_person_and_reason",
                condition=Q(declined_at__isnull=True, declined_by__isnull=True, decline_reason="")
                | (Q(declined_at__isnull=False, declined_by__isnull=False) & ~Q(decline_reason="")),
            ),
            models.CheckConstraint(
                name="a_withdrawn_handover_has_its_person",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_handover_is_accepted_within_its_time",
                condition=Q(accepted_at__isnull=True)
                | Q(accepted_at__gte=F("offered_at"), until__gt=F("accepted_at")),
            ),
            models.UniqueConstraint(
                fields=["ward"], name="one_handover_of_a_ward_waits", condition=_UNANSWERED
            ),
        ]
        indexes = [models.Index(fields=["ward", "-accepted_at"], name="handover_latest")]
        triggers = [
            pgtrigger.Protect(
                name="an_answered_handover_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__accepted_at__isnull=False)
                | pgtrigger.Q(old__declined_at__isnull=False)
                | pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Protect(name="a_handover_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"handover of {self.ward} at {self.offered_at}"

    @property
    def is_waiting(self) -> bool:
        return not (self.accepted_at or self.declined_at or self.withdrawn_at)


class HandoverLine(models.Model):
    """One patient's SBAR within a handover, in the words of that time: nothing in it moves when
    the patient's record does."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="lines")
    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    level = models.CharField(max_length=12, blank=True, help_text="the board's then")
    expected = models.BooleanField(default=True, help_text="something is to be watched or done")
    name = models.CharField(max_length=240, blank=True)
    about = models.CharField(max_length=300, blank=True, help_text="number, birth, pathway, day")
    situation = models.TextField(blank=True)
    background = models.TextField(blank=True)
    assessment = models.TextField(blank=True)
    recommendation = models.TextField(blank=True)
    escalate = models.TextField(blank=True, help_text="when to call for more help, and whom")
    agreed = models.BooleanField(default=False, help_text="agreed with the patient or carer")
    tasks = models.TextField(blank=True, help_text="one a line, due before the end")

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "admission"], name="one_line_a_patient_a_handover"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_handover_line_never_changes", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="no_line_joins_an_answered_handover",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("answered", "boolean")],
                func="""
                    SELECT accepted_at IS NOT NULL OR declined_at IS NOT NULL
                        OR withdrawn_at IS NOT NULL INTO answered
                    FROM rounds_handover WHERE id = NEW.handover_id;
                    IF answered THEN
                        RAISE EXCEPTION 'no_line_joins_an_answered_handover';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"line for {self.admission_id}"


# Nobody is handed over by words of another shift.
NOTE_KEPT_FOR: Final = dt.timedelta(hours=12)


class HandoverNoteQuerySet(models.QuerySet["HandoverNote"]):
    def fresh(self, at: dt.datetime) -> Self:
        return self.filter(saved_at__gt=at - NOTE_KEPT_FOR)


class HandoverNote(models.Model):
    """What somebody types about a patient before the ward is handed over: one a patient, shared by
    all who prepare it. `version` grows with each save, so that nobody's words are written over
    unseen. No part of the record: gone with the offer."""

    ward = models.ForeignKey(Ward, on_delete=models.CASCADE, related_name="+")
    admission = models.ForeignKey(Admission, on_delete=models.CASCADE, related_name="+")
    recommendation = models.TextField(blank=True)
    escalate = models.TextField(blank=True)
    agreed = models.BooleanField(default=False)
    version = models.PositiveIntegerField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = HandoverNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ward", "admission"], name="one_handover_note_a_patient"
            )
        ]

    def __str__(self) -> str:
        return f"note for {self.admission_id}"


class WardWatch(models.Model):
    """When the last acceptance of a ward runs out: a stored deadline, so that the sweep is one
    indexed query. Pages never ask it: they compare the clock with the handover itself."""

    ward = models.OneToOneField(Ward, on_delete=models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField()
    rang_at = models.DateTimeField(null=True, blank=True, help_text="that nobody took over")

    class Meta:
        indexes = [
            models.Index(fields=["until"], name="ward_watch_due", condition=Q(rang_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} until {self.until}"
