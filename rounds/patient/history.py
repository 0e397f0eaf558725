"""All that happened to a patient during a stay, table by table; the presenter makes it one line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, NamedTuple

from accounts.models import AuditEvent
from capacity.models import Stay
from observations.models import AlertEvent, Bell, Correction, Holding, Prompt, Reading, Score
from patients.models import (
    Admission,
    ExpectedDischarge,
    LeaveDetail,
    MonitoringMode,
    Pause,
    PlanLine,
    PrescribedOxygen,
)
from rounds.models import Review, Task
from rounds.patient.charted import ONE_LOOK

# Sets closer together than this are one look at the patient.
APART: Final = dt.timedelta(minutes=30)


class ScoreThen(NamedTuple):
    at: dt.datetime
    total: int | None
    lowest: int
    response: str


class LateSet(NamedTuple):
    """Readings of one look, whichever devices measured them, that arrived late together."""

    at: dt.datetime
    received_at: dt.datetime
    many: int


@dataclass(frozen=True)
class History:
    admission: Admission
    scores: tuple[ScoreThen, ...]
    late: tuple[LateSet, ...]
    bells: tuple[Bell, ...]
    alert_events: tuple[AlertEvent, ...]
    reviews: tuple[Review, ...]
    tasks: tuple[Task, ...]
    prompts: tuple[Prompt, ...]
    holdings: tuple[Holding, ...]
    stays: tuple[Stay, ...]
    leaves: tuple[LeaveDetail, ...]
    modes: tuple[MonitoringMode, ...]
    lines: tuple[PlanLine, ...]
    pauses: tuple[Pause, ...]
    oxygen: tuple[PrescribedOxygen, ...]
    expected: tuple[ExpectedDischarge, ...]
    corrections: tuple[Correction, ...]
    taken_back: tuple[AuditEvent, ...]
    noted: tuple[AuditEvent, ...]


def history(admission: Admission, *, until: dt.datetime) -> History:
    pk = admission.pk
    return History(
        admission=admission,
        scores=_scores(admission, until),
        late=_late(admission, until),
        bells=tuple(Bell.objects.filter(alert__admission=pk)),
        alert_events=tuple(AlertEvent.objects.filter(alert__admission=pk).select_related("by")),
        reviews=tuple(admission.reviews.select_related("by")),
        tasks=tuple(admission.tasks.select_related("created_by", "done_by", "assigned_to")),
        prompts=tuple(admission.prompts.select_related("done_by")),
        holdings=tuple(admission.holdings.select_related("device", "recorded_by", "superseded_by")),
        stays=tuple(admission.spell.stays.select_related("ward", "bed").order_by("starts", "pk")),
        leaves=tuple(admission.leaves.select_related("leave", "recorded_by")),
        modes=tuple(admission.modes.select_related("decided_by", "agreed_by").order_by("starts")),
        lines=tuple(admission.plan_lines.exclude(reason="").select_related("set_by", "agreed_by")),
        pauses=tuple(admission.pauses.select_related("set_by", "agreed_by")),
        oxygen=tuple(admission.oxygen.select_related("prescribed_by")),
        expected=tuple(admission.expected_discharges.select_related("set_by").order_by("set_at")),
        corrections=_corrections(admission, until),
        taken_back=_events(admission, "discharge-reversed"),
        noted=_events(admission, "usual-set", "responsible-set", "check-recorded"),
    )


def _events(admission: Admission, *verbs: str) -> tuple[AuditEvent, ...]:
    found = AuditEvent.objects.filter(
        subject_kind="admission", subject_id=str(admission.pk), verb__in=verbs
    )
    return tuple(found.select_related("by").order_by("at"))


def _scores(admission: Admission, until: dt.datetime) -> tuple[ScoreThen, ...]:
    """One a look: of scores close together the last, which knows the most."""
    found = Score.objects.filter(
        admission_id=admission.pk,
        measured_at__gte=admission.admitted_at - APART,
        measured_at__lte=until,
    ).order_by("measured_at")
    looks: list[ScoreThen] = []
    for row in found.values_list("measured_at", "total", "lowest", "response"):
        score = ScoreThen(*row)
        if looks and score.at - looks[-1].at < APART:
            looks[-1] = score
        else:
            looks.append(score)
    return tuple(looks)


def _late(admission: Admission, until: dt.datetime) -> tuple[LateSet, ...]:
    found = Reading.objects.filter(
        admission_id=admission.pk,
        measured_at__gte=admission.admitted_at - APART,
        measured_at__lte=until,
        late=True,
    )
    sets: list[LateSet] = []
    for at, received in found.order_by("measured_at").values_list("measured_at", "received_at"):
        last = sets[-1] if sets else None
        if last and at - last.at < ONE_LOOK and abs(received - last.received_at) < ONE_LOOK:
            sets[-1] = last._replace(many=last.many + 1)
        else:
            sets.append(LateSet(at, received, 1))
    return tuple(sets)


def _corrections(admission: Admission, until: dt.datetime) -> tuple[Correction, ...]:
    """Of readings that are this patient's now."""
    struck = Reading.objects.filter(
        admission_id=admission.pk,
        measured_at__gte=admission.admitted_at - APART,
        measured_at__lte=until,
        error=True,
    ).values_list("device_id", "sender_id", "measured_at")
    keys = set(struck)
    if not keys:
        return ()
    found = Correction.objects.filter(
        measured_at__gte=admission.admitted_at - APART,
        measured_at__lte=until,
        sender_id__in=[sender for _, sender, _ in keys],
    ).select_related("by")
    return tuple(c for c in found if (c.device_id, c.sender_id, c.measured_at) in keys)
