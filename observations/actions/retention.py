"""What was measured of a person is removed when the record's time is over: a person named by
somebody, never a partition, never by date alone. What capacity counts names nobody and remains."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import User
from lib.london import day_of
from observations import limits
from observations.lookups import lock_admissions
from observations.models import (
    Alert,
    Bell,
    BellDelivery,
    Correction,
    DueTime,
    EnrolmentToken,
    Finding,
    Holding,
    Prompt,
    Standing,
    UnclaimedReading,
)
from observations.storage import partitions
from patients.models import Admission, Patient, Referral
from patients.retention import YEARS, kept_until

# So much of one admission is removed in one transaction.
BATCH: Final = dt.timedelta(days=31)
# Says that something is left; the standing goes last.
_HELD: Final = (Standing, Holding, Alert, Prompt, EnrolmentToken, Finding)
_APPEND_ONLY: Final = ("observations.Bell:bells_are_append_only",)


class NotDueError(Exception):
    """The record must still be kept; `message` says until when, or why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Due(NamedTuple):
    """A person whose record's time is over, and since when."""

    patient: Patient
    last_seen: dt.date
    kept_until: dt.date


def due(*, at: dt.datetime | None = None, limit: int = 1_000) -> Iterator[Due]:
    """Those of whom something is left, by their number, which tells the order of their coming."""
    moment = at or timezone.now()
    today, long_ago = day_of(moment), moment - dt.timedelta(days=365 * YEARS)
    left = (Exists(model._default_manager.filter(admission=OuterRef("pk"))) for model in _HELD)
    something = Q()
    for one in left:
        something |= Q(one)
    of_them = Admission.objects.filter(something, discharged_at__lt=long_ago).values("patient")
    for patient in Patient.objects.filter(pk__in=of_them).order_by("pk").iterator():
        if limit and (found := _judge(patient, today)) is not None:
            limit -= 1
            yield found


def forget(
    *, patient: Patient, reason: str, by: User, at: dt.datetime | None = None
) -> dict[str, int]:
    """Removes what was measured, found and rung of one person; how many rows of each.

    In batches, because one admission may hold a million readings: whoever is stopped in between
    asks again, and the audit row is written with the last of it.
    """
    moment = at or timezone.now()
    check_is_due(patient, at=moment)
    admissions = list(Admission.objects.filter(patient__in=_people(patient)).order_by("pk"))
    counts = dict.fromkeys(partitions.TABLES, 0)
    for admission in admissions:
        for start, end in _batches(admission.admitted_at - limits.ACCEPT_WINDOW, moment):
            for table in partitions.TABLES:
                counts[table] += _remove(table, admission.pk, start, end)
    with transaction.atomic():
        # Somebody may have come back meanwhile.
        check_is_due(patient, at=moment)
        ids = [admission.id for admission in lock_admissions({one.pk for one in admissions})]
        counts |= _remove_rest(ids)
        detail = {"reason": reason, "rows": sum(counts.values())}
        audit.record(
            by=by, verb="observations-forgotten", subject=patient, detail=detail, at=moment
        )
    return counts


def check_is_due(patient: Patient, *, at: dt.datetime) -> None:
    if _judge(patient, day_of(at)) is None:
        raise NotDueError("This record must still be kept.")


def _judge(patient: Patient, today: dt.date) -> Due | None:
    """None while the person is looked after, or joined with another record, or the time runs."""
    people = _people(patient)
    admissions = Admission.objects.filter(patient__in=people)
    waiting = Referral.objects.filter(patient__in=people).waiting()
    if patient.merged_into_id or admissions.current().exists() or waiting.exists():
        return None
    seen = [day_of(one) for one in admissions.values_list("discharged_at", flat=True) if one]
    referred = Referral.objects.filter(patient__in=people).values_list("referred_at", flat=True)
    died = [day_of(patient.died_at)] if patient.died_at else []
    last = max([*seen, *died, *(day_of(one) for one in referred)])
    until = kept_until(born=patient.born, last_seen=last)
    return Due(patient, last, until) if until <= today else None


def _people(patient: Patient) -> QuerySet[Patient]:
    """One person, under every record that was found to be the same person's."""
    return Patient.objects.filter(Q(pk=patient.pk) | Q(merged_into=patient))


def _batches(start: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    while start < end:
        yield start, start + BATCH
        start += BATCH


@transaction.atomic
def _remove(table: str, admission_id: UUID, start: dt.datetime, end: dt.datetime) -> int:
    lock_admissions({admission_id})
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE admission_id = %s "  # noqa: S608 — one of two constants
            "AND measured_at >= %s AND measured_at < %s",
            [admission_id, start, end],
        )
        return int(cursor.rowcount)


def _remove_rest(ids: Collection[UUID]) -> dict[str, int]:
    of_them = {"admission__in": ids}
    told = [str(one) for one in ids]
    ends: list[QuerySet[Any]] = [
        BellDelivery.objects.filter(bell__alert__admission__in=ids),
        Bell.objects.filter(alert__admission__in=ids),
        Alert.objects.filter(**of_them),
        Finding.objects.filter(**of_them),
        Prompt.objects.filter(**of_them),
        Correction.objects.filter(Q(before__admission__in=told) | Q(after__admission__in=told)),
        # Of the tray what was theirs alone; what may be another's stays.
        UnclaimedReading.objects.filter(
            decided_at__isnull=False, candidates__contained_by=list(ids)
        ).exclude(candidates=[]),
        DueTime.objects.filter(**of_them),
        EnrolmentToken.objects.filter(**of_them),
        Holding.objects.filter(**of_them),
        # A holding's history holds what the holding held; its own removal is noted there, too.
        apps.get_model("observations", "HoldingEvent")._default_manager.filter(**of_them),
        Standing.objects.filter(**of_them),
    ]
    # The one time that a bell goes: with the person it was about.
    with pgtrigger.ignore(*_APPEND_ONLY):
        return {rows.model._meta.db_table: rows.delete()[0] for rows in ends}
