"""What must be so before two records are joined, or taken apart; asked twice, as is all else."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from patients.models import Admission, Patient, RecordChange


def check_can_join(kept: Patient, other: Patient) -> None:
    if kept.pk == other.pk:
        raise ValidationError("That is the same record.", code="other")
    for one in (kept, other):
        if one.merged_into_id is not None:
            raise ValidationError(f"{one} was joined with another record already.", code="merged")
    here = Admission.objects.current().filter(patient__in=(kept, other))
    if here.count() > 1:
        raise ValidationError(
            "Both are on a virtual ward now. Find out who lies where, and discharge the wrong"
            " admission first.",
            code="admitted",
        )
    if here and (kept.died_at or other.died_at):
        raise ValidationError(
            "One is recorded as having died, and the other is on a ward.", code="died"
        )


def check_can_take_apart(merge: RecordChange) -> None:
    other = merge.other
    joined = merge.kind == RecordChange.Kind.MERGE and other is not None
    if not joined or merge.outcome != RecordChange.Outcome.APPROVED:
        raise ValidationError("These records were not joined.", code="merge")
    assert other is not None
    if Patient.objects.filter(pk=other.pk, merged_into=merge.patient_id).count() == 0:
        raise ValidationError("These records were taken apart already.", code="merge")
    if Patient.objects.filter(pk=merge.patient_id, merged_into__isnull=False).exists():
        raise ValidationError(
            "The record that was kept was itself joined with another: take that apart first.",
            code="merge",
        )


def check_nothing_waits(*patients: Patient) -> None:
    if RecordChange.objects.open().about(*patients).exists():
        raise ValidationError(
            "A change of this record waits for a second person: decide that first.", code="waits"
        )
