"""Reads what people do for patients: alerts and owners, reviews, tasks, leaves, pauses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Prefetch

from capacity.models import Stay, Ward
from observations.alerting.ringing import WRONG_PATIENT
from observations.models import Alert, Prompt, Trigger
from patients.models import LeaveDetail, Pause
from rounds.board.entries import AlertNow, LeaveNow, PauseNow, ReviewNow, TaskNow
from rounds.board.measured import Ids
from rounds.models import Review, Task

_URGENCY: Final = {"emergency": 0, "urgent": 1, "prompt": 2}


def open_alerts(ward: Ward) -> list[Alert]:
    """The ward's own alerts and those of its patients, with what triggered them."""
    shown = Trigger.objects.filter(wrong_patient_at__isnull=True)
    return list(
        Alert.objects.open()
        .on(ward)
        .select_related("owner")
        .prefetch_related(Prefetch("triggers", queryset=shown))
    )


def of_patients(alerts: Collection[Alert]) -> dict[UUID, AlertNow]:
    return {alert.admission_id: in_one_line(alert) for alert in alerts if alert.admission_id}


def in_one_line(alert: Alert) -> AlertNow:
    """The most urgent trigger speaks for the alert, the newest among equals."""
    triggers = sorted(alert.triggers.all(), key=_most_urgent_first)
    return AlertNow(
        pk=alert.pk,
        priority=alert.priority,
        title=triggers[0].text if triggers else _title_without_triggers(alert),
        more=max(0, len(triggers) - 1),
        owner=alert.owner.short_name if alert.owner else "",
        since=alert.owned_at or alert.rang_at,
        rang_at=alert.rang_at,
    )


def _title_without_triggers(alert: Alert) -> str:
    return alert.subject if alert.admission_id is None else WRONG_PATIENT


def reviews(ids: Ids) -> dict[UUID, ReviewNow]:
    """Each patient's latest; a corrected one is spoken for by its correction."""
    latest = (
        Review.objects.filter(admission_id__in=ids, corrected_by__isnull=True)
        .order_by("admission_id", "-at")
        .distinct("admission_id")
        .select_related("by")
    )
    return {
        review.admission_id: ReviewNow(review.at, review.by.short_name, review.kind)
        for review in latest
    }


def tasks(ids: Ids) -> dict[UUID, TaskNow]:
    """Each patient's next thing to do: what readings ask for first, for it is due at once."""
    soonest = (
        Task.objects.open()
        .filter(admission_id__in=ids)
        .order_by("admission_id", "due_at")
        .distinct("admission_id")
    )
    found = {
        row[0]: TaskNow(*row[1:])
        for row in soonest.values_list("admission_id", "pk", "text", "due_at")
    }
    prompts = Prompt.objects.open().filter(admission_id__in=ids).order_by("-raised_at")
    for admission, pk, kind, raised_at in prompts.values_list(
        "admission_id", "pk", "kind", "raised_at"
    ):
        known = found.get(admission)
        if known is None or raised_at < known.due_at:
            found[admission] = TaskNow(pk, str(Prompt.Kind(kind).label), raised_at)
    return found


def leaves(ids: Ids, at: dt.datetime) -> dict[UUID, LeaveNow]:
    rows = LeaveDetail.objects.filter(
        admission_id__in=ids, leave__ends__isnull=True, leave__starts__lte=at
    ).values_list("admission_id", "leave__kind", "place", "held_by", "leave__expected_back")
    return {row[0]: LeaveNow(*row[1:]) for row in rows}


def pauses(ids: Ids, at: dt.datetime) -> dict[UUID, PauseNow]:
    rows = Pause.objects.at(at).filter(admission_id__in=ids).order_by("ends")
    return {
        admission: PauseNow(reason, ends)
        for admission, reason, ends in rows.values_list("admission_id", "reason", "ends")
    }


def without_bed(ward: Ward) -> dict[UUID, str]:
    """Why spells on the ward have no bed, by the spell."""
    rows = Stay.objects.current().filter(ward=ward, bed__isnull=True)
    return dict(rows.values_list("spell_id", "no_bed"))


def _most_urgent_first(trigger: Trigger) -> tuple[int, float]:
    return _URGENCY[trigger.priority], -trigger.rang_at.timestamp()
