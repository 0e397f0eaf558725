"""What a departure must answer for: alert, tasks, prompts, kit, leave, pause and the tray."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from observations.models import Alert, Holding, Prompt, UnclaimedReading
from patients.models import Admission, LeaveDetail, Pause
from rounds.models import Task


@dataclass(frozen=True)
class StillOpen:
    alert: Alert | None
    tasks: tuple[Task, ...]
    prompts: tuple[Prompt, ...]
    kit: tuple[Holding, ...]
    leave: LeaveDetail | None
    pause: Pause | None
    unclaimed: int = 0

    @property
    def nothing(self) -> bool:
        return not any((self.alert, self.tasks, self.prompts, self.kit, self.leave, self.pause))


def still_open(admission: Admission, *, at: dt.datetime) -> StillOpen:
    tasks = Task.objects.next_of_course().filter(admission=admission).select_related("assigned_to")
    leaves = LeaveDetail.objects.filter(admission=admission, leave__ends__isnull=True)
    return StillOpen(
        alert=Alert.objects.open().filter(admission=admission).select_related("owner").first(),
        tasks=tuple(tasks.order_by("due_at")),
        prompts=tuple(Prompt.objects.open().filter(admission=admission).order_by("raised_at")),
        kit=tuple(Holding.objects.open().filter(admission=admission).select_related("device")),
        leave=leaves.select_related("leave").first(),
        pause=admission.pauses.at(at).first(),
        unclaimed=_unclaimed(admission),
    )


def _unclaimed(admission: Admission) -> int:
    """Readings in the ward's tray that may be this patient's: a person still decides whose."""
    waiting = UnclaimedReading.objects.open().filter(ward=admission.ward)
    return waiting.filter(candidates__contains=[admission.pk]).count()
