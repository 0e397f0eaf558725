"""The patient's page as its template shows it: banner, tiles, alert, tasks, kit, contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.text import capfirst

from lib.addresses import address
from lib.london import age, clock, near_moment
from observations.limits import MOST_VITALS
from observations.models import Device
from observations.presenters.kit import CAUSES, asked, charge, is_low, overdue, story
from observations.worn import known
from patients.presenters.home import HomePresenter
from rounds.board.entries import SILENCES
from rounds.models import Task
from rounds.patient.page import PatientPage
from rounds.presenters import board_words as words
from rounds.presenters.board_cells import Cell, cells
from rounds.presenters.board_opened import OpenedPresenter
from rounds.presenters.patient_banner import BannerPresenter
from rounds.presenters.patient_chart import ChartPresenter
from rounds.presenters.patient_earlier import EarlierLine, lines
from rounds.presenters.patient_plan import PlanPresenter
from rounds.presenters.patient_timeline import TimelinePresenter

_TONES = {"emergency": "emergency", "urgent": "urgent", "single": "single"}
# Kit may have measured a little before the admission was written down.
_BEFORE = dt.timedelta(minutes=30)


class Action(NamedTuple):
    """What components/actions.html wants."""

    label: str
    url: str
    tone: str = ""
    key: str = ""


class Zoom(NamedTuple):
    """Where the whole stay's readings are, and between which instants."""

    url: str
    start: str
    end: str


class KitLine(NamedTuple):
    name: str
    serial: str
    heard: str
    battery: str
    low: bool
    state: str
    url: str
    why: str = ""
    story: str = ""
    overdue: str = ""
    deliver_url: str = ""
    chase_url: str = ""


class TaskLine(NamedTuple):
    """`video_url` is the team's room, for a call by video."""

    text: str
    due: str
    overdue: bool
    who: str
    url: str
    change_url: str = ""
    moved: str = ""
    video_url: str = ""


class PatientPresenter:
    def __init__(
        self,
        page: PatientPage,
        *,
        url: str,
        version: str,
        as_table: bool,
        timeline: bool,
        query: str,
    ) -> None:
        self._page, self.version = page, version
        self.admission, self.patient = page.admission, page.admission.patient
        self.row, self.open = page.opened.row, page.admission.is_open
        self.url, self.live_url = url, f"{url}?{query}" if query else url
        self.at = page.now
        self.opened = OpenedPresenter(page.opened)
        self.chart = ChartPresenter(page, url=url, as_table=as_table)
        self.plan = PlanPresenter(page)
        self.banner = BannerPresenter(page, mode_url=self.plan.mode_url)
        self.timeline = TimelinePresenter(page.history, now=page.now, url=url, whole=timeline)
        self.may_treat = page.may_treat
        self.home = HomePresenter(page.home, at=page.now)

    # What needs somebody

    @property
    def tone(self) -> str:
        return _TONES.get(self.row.level, "") if self.open else ""

    @property
    def score(self) -> words.Risk:
        return words.risk(self.row)

    @property
    def score_label(self) -> str:
        known = self.row.standing
        if not self.row.scored or known is None or known.measured_at is None:
            return "NEWS2"
        return f"NEWS2 at {near_moment(known.measured_at, self._page.at)}"

    @property
    def trend(self) -> str:
        return words.trend(self.row)

    @property
    def cells(self) -> list[Cell]:
        return cells(self.row)

    @property
    def readings(self) -> words.Line | None:
        """Due, late, silent and why, paused, on leave: as on the board. A past stay owes none."""
        return words.readings(self.row) if self.open else None

    @property
    def alert_heading(self) -> str:
        alert = self.row.alert
        if alert is None:
            return "No alert is open"
        told = words.alert_title(self.row)
        since = age(alert.since, self._page.at)
        if alert.owner:
            return f"{told}. {alert.owner} owns this, {since}"
        return f"{told}. Nobody owns this, {since}"

    @property
    def alarm(self) -> bool:
        return self.row.unowned and self.row.level == "emergency"

    @property
    def triggers(self) -> list[str]:
        """All reasons of the alert where there is more than the first."""
        alert = self._page.alert
        told = [trigger.text for trigger in alert.triggers.all()] if alert else []
        return told if len(told) > 1 else []

    @property
    def done(self) -> list[str]:
        """What people did about it so far."""
        alert = self._page.alert
        return [
            f"{clock(event.at)} {capfirst(event.get_what_display())}, {event.by.short_name}"
            f"{': ' + event.text if event.text else ''}"
            for event in (alert.events.all() if alert else [])
        ]

    @property
    def doing(self) -> list[Action]:
        if not self.may_treat:
            return []
        pk = self.admission.pk
        found = [
            Action("Phoned readings", address("rounds:readings-create", pk), key="p"),
            Action("Review", address("rounds:review-create", pk), key="r"),
            *self._answers(),
            Action("Add a task", address("rounds:task-create", pk), key="t"),
            Action("Carer’s concern", address("observations:concern-create", pk)),
        ]
        return [action for action in found if action.url]

    @property
    def moving(self) -> list[Action]:
        """Seldom, and far from what is pressed often; leaving stands last."""
        if not self.may_treat:
            return []
        pk = self.admission.pk
        leave = self.row.leave
        found = [
            Action("Another bed", address("patients:admission-move", pk)),
            Action("Another ward", address("patients:admission-transfer", pk)),
            Action("On leave", "" if leave else address("patients:admission-leave", pk)),
            Action("Back from leave", self._return_url() if leave else ""),
            Action("Expected day to leave", address("patients:expected-discharge-change", pk)),
        ]
        return [action for action in found if action.url]

    @property
    def escalate_url(self) -> str:
        alert = self.row.alert
        if alert is None or not self.may_treat:
            return ""
        return self._here("observations:alert-escalate", alert.pk)

    @property
    def discharge_url(self) -> str:
        return address("rounds:admission-discharge", self.admission.pk) if self.may_treat else ""

    @property
    def summary_url(self) -> str:
        return address("rounds:admission-summary", self.admission.pk)

    @property
    def zoom(self) -> Zoom:
        """As much of the stay as is given out at once, its end first."""
        end = self._page.at + _BEFORE
        start = max(self.admission.admitted_at - _BEFORE, end - MOST_VITALS)
        url = address("api:observations_api:admission-vitals", self.admission.pk)
        return Zoom(url, _instant(start), _instant(end))

    @property
    def kit_url(self) -> str:
        return address("observations:device-list", self.admission.ward.code)

    @property
    def correct_url(self) -> str:
        """Where readings that are wrong, or another patient's, are put right."""
        return address("observations:reading-correct", self.admission.pk) if self.may_treat else ""

    @property
    def tasks(self) -> list[TaskLine]:
        return [
            TaskLine(
                str(task),
                words.soon(task.due_at, self._page.at),
                task.due_at < self._page.at,
                task.assigned_to.short_name if task.assigned_to else "",
                address("rounds:task-complete", task.pk) if self.may_treat else "",
                address("rounds:task-change", task.pk) if self.may_treat else "",
                f"last changed: {task.moved_because}" if task.moved_because else "",
                self.video_url if task.kind == Task.Kind.VIDEO else "",
            )
            for task in self._page.tasks
        ]

    @property
    def video_url(self) -> str:
        return self._page.video_url

    @property
    def earlier(self) -> list[EarlierLine]:
        return lines(self._page.earlier)

    @property
    def prompts(self) -> list[TaskLine]:
        """What readings ask for stands before what people have set themselves."""
        return [
            TaskLine(
                asked(prompt),
                near_moment(prompt.raised_at, self._page.now),
                overdue=False,
                who="",
                url=self._here("observations:prompt-finish", prompt.pk) if self.may_treat else "",
            )
            for prompt in self._page.prompts
        ]

    @property
    def kit(self) -> list[KitLine]:
        return [
            KitLine(
                name=words.device(tuple(held.device.kinds)),
                serial=held.device.serial,
                heard=self._moment(self._heard(held.device)),
                battery=charge(held.device, at=self._page.now),
                low=is_low(held.device),
                state=held.device.get_status_display(),
                url=address("observations:device-show", held.device.pk),
                why=self._why(held.device),
                story="; ".join(story(held, at=self._page.now, heard=self._has_read(held.device))),
                overdue=(late := overdue(held, at=self._page.now)),
                deliver_url="" if held.delivered_at else self._mine("holding-deliver", held.pk),
                chase_url=self._mine("holding-chase", held.pk) if late else "",
            )
            for held in self._page.kit
        ]

    def _mine(self, name: str, pk: int) -> str:
        return self._here(f"observations:{name}", pk) if self.may_treat else ""

    def _why(self, device: Device) -> str:
        """Why nothing comes of it; empty when all is well, or nothing is asked."""
        row = self.row
        if row.readings.state not in SILENCES:
            return "gateway down" if known(device).gateway_down else ""
        causes = {row.silent[kind] for kind in device.kinds if kind in row.silent}
        return ", ".join(CAUSES[cause].lower() for cause in CAUSES if cause in causes)

    @property
    def contact_url(self) -> str:
        return address("patients:contact-create", self.patient.pk) if self.may_treat else ""

    @property
    def usual(self) -> str:
        return self.opened.usual

    def _answers(self) -> Iterator[Action]:
        alert = self._page.alert
        if alert is None:
            return
        if alert.owner_id:
            yield Action("Acted…", self._here("observations:alert-act", alert.pk))
            yield Action("Hand on…", self._here("observations:alert-hand-on", alert.pk))
            yield Action("Close the alert…", self._here("observations:alert-close", alert.pk))

    def _here(self, name: str, *args: object) -> str:
        """A page that comes back to this one."""
        found = address(name, *args)
        return f"{found}?{urlencode({'next': self.url})}" if found else ""

    def _return_url(self) -> str:
        detail = next((d for d in self._page.history.leaves if d.leave.ends is None), None)
        return address("patients:leave-return", detail.leave_id) if detail else ""

    def _heard(self, device: Device) -> dt.datetime | None:
        """Its last reading of this patient, or when it last said anything at all."""
        read = [one.at for one in self._page.course.readings if one.device_id == device.pk]
        return max([*read, *filter(None, [device.last_heard_at])], default=None)

    def _has_read(self, device: Device) -> bool:
        return any(one.device_id == device.pk for one in self._page.course.readings)

    def _moment(self, at: dt.datetime | None) -> str:
        return near_moment(at, self._page.now) if at else "not yet"


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
