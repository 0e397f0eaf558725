"""Whose resident a patient is, by the board of their GP practice, and what was said before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import AuditEvent, User
from capacity.models import IntegratedCareBoard
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Said:
    """What was recorded until somebody said otherwise; None: not known."""

    board: IntegratedCareBoard | None
    by: User | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Boards:
    """Of one patient; `earlier` the newest first."""

    now: IntegratedCareBoard | None
    earlier: tuple[Said, ...]


def recorded(patient: Patient) -> list[int]:
    """The id of the patient's board, where it is known."""
    return [] if patient.home_icb_id is None else [patient.home_icb_id]


def boards_of(patient: Patient) -> Boards:
    """In two statements, whatever was said."""
    rows = AuditEvent.objects.filter(
        subject_kind="patient",
        subject_id=str(patient.pk),
        verb="patient-changed",
        detail__has_key="home_icb_was",
    )
    said = list(rows.select_related("by").order_by("-at", "-pk"))
    codes = {row.detail["home_icb_was"] for row in said}
    told = Q(code__in=codes) | Q(pk__in=recorded(patient))
    named = {icb.code: icb for icb in IntegratedCareBoard.objects.filter(told)}
    now = next((icb for icb in named.values() if icb.pk == patient.home_icb_id), None)
    return Boards(
        now, tuple(Said(named.get(row.detail["home_icb_was"]), row.by, row.at) for row in said)
    )
