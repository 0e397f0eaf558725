"""Everything that one patient's page shows, as at one instant; of a past stay, as at its end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from capacity.hours import Week
from capacity.models import Stay
from capacity.weeks import weeks_of
from observations.models import Alert, Holding, Prompt
from patients.home import HomePage, home_page
from patients.models import Admission, ExpectedDischarge, MonitoringMode, PlanLine
from patients.policies import can_treat_on
from rounds.board import row_of
from rounds.board.held import watch_of
from rounds.board.opened import Opened, opened
from rounds.holding import Watch
from rounds.models import Task, VideoLink
from rounds.patient.charted import Course, course, window
from rounds.patient.coming_again import readmission_of
from rounds.patient.earlier import Earlier, earlier_stays
from rounds.patient.history import History, history


@dataclass(frozen=True)
class PatientPage:
    """`opened` is what a board's row shows when it opens: the page says the same."""

    admission: Admission
    at: dt.datetime
    now: dt.datetime
    show: str
    opened: Opened
    watch: Watch
    weeks: tuple[Week, ...]
    stay: Stay | None
    mode: MonitoringMode | None
    lines: tuple[PlanLine, ...]
    alert: Alert | None
    kit: tuple[Holding, ...]
    tasks: tuple[Task, ...]
    prompts: tuple[Prompt, ...]
    course: Course
    history: History
    readmission_of: Admission | None
    earlier: tuple[Earlier, ...]
    video_url: str
    home: HomePage

    @property
    def expected(self) -> ExpectedDischarge | None:
        """The newest, with why it lies where it does."""
        return self.history.expected[-1] if self.history.expected else None

    @property
    def may_treat(self) -> bool:
        return self.opened.may_treat


def patient_page(
    admission: Admission, *, user: User, at: dt.datetime, show: str = "5d"
) -> PatientPage:
    until = min(at, admission.discharged_at or at)
    may_treat = admission.is_open and can_treat_on(user, admission.ward, at=at)
    return PatientPage(
        admission=admission,
        at=until,
        now=at,
        show=show,
        opened=opened(row_of(admission, at=until), may_treat=may_treat),
        watch=watch_of(admission.ward, at),
        weeks=weeks_of(admission.ward, at),
        stay=admission.spell.stays.select_related("bed", "ward").order_by("starts", "pk").last(),
        mode=_mode(admission, until),
        lines=_lines(admission, until),
        alert=_alert(admission),
        kit=_kit(admission),
        tasks=tuple(
            Task.objects.next_of_course()
            .filter(admission=admission)
            .select_related("assigned_to")
            .order_by("due_at")
        ),
        prompts=tuple(Prompt.objects.open().filter(admission=admission).order_by("raised_at")),
        course=course(admission, window(admission, show, until)),
        history=history(admission, until=at),
        readmission_of=readmission_of(admission),
        earlier=earlier_stays(admission, user=user),
        video_url=_video_url(admission) if may_treat else "",
        home=home_page(admission, user=user),
    )


def _video_url(admission: Admission) -> str:
    """The team's room, the same for all of its patients."""
    link = VideoLink.objects.filter(ward=admission.ward_id).first()
    return link.url if link else ""


def _mode(admission: Admission, at: dt.datetime) -> MonitoringMode | None:
    return admission.modes.at(at).select_related("decided_by", "agreed_by").first()


def _lines(admission: Admission, at: dt.datetime) -> tuple[PlanLine, ...]:
    return tuple(admission.plan_lines.at(at).select_related("set_by", "agreed_by"))


def _kit(admission: Admission) -> tuple[Holding, ...]:
    held = admission.holdings.open().select_related(
        *("device__hub", "device__told", "device__last_gateway", "admission"),
        *("ordered_by", "delivered_by", "chased_by"),
    )
    return tuple(held.order_by("starts"))


def _alert(admission: Admission) -> Alert | None:
    found = Alert.objects.open().filter(admission=admission).select_related("owner")
    return found.prefetch_related("triggers", "events__by").first()
