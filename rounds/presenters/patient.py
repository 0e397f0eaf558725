"""The patient's page as its template shows it: banner, tiles, alert, tasks, kit, contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.text import capfirst

from capacity.models.stays import Residence
from lib.london import age, clock, day_of, near_moment, plain_day, short_day, wall, years_between
from observations.limits import MOST_VITALS
from observations.models import Device
from patients.models import Contact, SafetyRecord
from rounds.board.opened import Opened
from rounds.patient.page import PatientPage
from rounds.presenters import board_words as words
from rounds.presenters.addresses import address
from rounds.presenters.board_cells import Cell, cells
from rounds.presenters.board_opened import OpenedPresenter
from rounds.presenters.patient_chart import ChartPresenter
from rounds.presenters.patient_plan import PlanPresenter
from rounds.presenters.patient_timeline import TimelinePresenter

_TONES = {"emergency": "emergency", "urgent": "urgent", "single": "single"}
# Kit may have measured a little before the admission was written down.
_BEFORE = dt.timedelta(minutes=30)
_SCALES = {"news2_scale1": "Scale 1", "news2_scale2": "Scale 2"}


class Fact(NamedTuple):
    """A term and its words; `more` says whence they are, `url` where they can be changed."""

    term: str
    words: str
    strong: bool = False
    more: str = ""
    url: str = ""


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
    state: str


class TaskLine(NamedTuple):
    text: str
    due: str
    overdue: bool
    who: str
    url: str


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
        self.timeline = TimelinePresenter(page.history, now=page.now, url=url, whole=timeline)
        self.may_treat = page.may_treat

    # The banner

    @property
    def family(self) -> str:
        return self.patient.family_name.upper()

    @property
    def given(self) -> str:
        title = f" ({self.patient.title})" if self.patient.title else ""
        return f"{self.patient.given_name}{title}"

    @property
    def emergency(self) -> bool:
        return self.open and self.row.level == "emergency"

    @property
    def who(self) -> list[Fact]:
        born = self.patient.born
        years = years_between(born, wall(self._page.at).date())
        return [
            Fact("Born", f"{plain_day(born)} ({years})"),
            Fact("Sex", capfirst(self.patient.get_sex_display())),
            Fact("NHS number", words.nhs_number(self.row.nhs_number)),
        ]

    @property
    def allergies(self) -> Fact:
        return self._safety(SafetyRecord.Topic.ALLERGIES, "Allergies")

    @property
    def agreed(self) -> list[Fact]:
        topics = SafetyRecord.Topic
        return [
            self._safety(topics.RESUSCITATION, "Resuscitation"),
            self._safety(topics.TREATMENT_ESCALATION, "Ceiling"),
            self._judged(),
        ]

    @property
    def known(self) -> list[Fact]:
        """The same with date and source, where they can be changed."""
        return [self.allergies, *self.agreed[:2]]

    @property
    def held(self) -> str:
        held = self._page.held
        if not self.open:
            return ""
        if held is None:
            return "Nobody has taken over this ward"
        return f"{held.name}, {held.team}" if held.team else held.name

    @property
    def held_phone(self) -> str:
        held = self._page.held
        return held.phone if held and self.open else ""

    @property
    def call(self) -> str:
        """Whom to call on the ward, by its hours."""
        hours = self._page.hours
        if hours is None or not self.open:
            return ""
        now = wall(self._page.now).time()
        if hours.opens <= now < hours.closes:
            later = f"after {hours.closes:%H:%M} {hours.out_of_hours_team}"
            return f"Ward {hours.phone}; {later} {hours.out_of_hours_phone}"
        return f"{hours.out_of_hours_team} {hours.out_of_hours_phone} until {hours.opens:%H:%M}"

    @property
    def left(self) -> str:
        gone = self.admission.discharged_at
        if gone is None:
            return ""
        where = self.admission.get_destination_display()
        return f"Left {near_moment(gone, self._page.now)}: {where}"

    @property
    def stay(self) -> list[Fact]:
        return [fact for fact in self._stay() if fact.words]

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
    def board_url(self) -> str:
        return address("rounds:ward-board", self.admission.ward.code)

    @property
    def kit_url(self) -> str:
        return address("observations:device-list", self.admission.ward.code)

    @property
    def tasks(self) -> list[TaskLine]:
        return [
            TaskLine(
                task.text,
                words.soon(task.due_at, self._page.at),
                task.due_at < self._page.at,
                task.assigned_to.short_name if task.assigned_to else "",
                address("rounds:task-complete", task.pk) if self.may_treat else "",
            )
            for task in self._page.tasks
        ]

    @property
    def prompts(self) -> list[TaskLine]:
        """What readings ask for stands before what people have set themselves."""
        return [
            TaskLine(
                f"{capfirst(prompt.get_kind_display())}: {prompt.text}",
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
                battery=f"{held.device.battery}%" if held.device.battery is not None else "–",
                state=held.device.get_status_display(),
            )
            for held in self._page.kit
        ]

    @property
    def contacts(self) -> list[Contact]:
        return list(self._page.opened.contacts)

    @property
    def contact_url(self) -> str:
        return address("patients:contact-create", self.patient.pk) if self.may_treat else ""

    @property
    def usual(self) -> str:
        return next((note for note in self.opened.notes if note.startswith("Usual")), "")

    # How it is worded

    def _safety(self, topic: str, term: str) -> Fact:
        url = address("patients:safety-record", self.patient.pk, topic) if self.may_treat else ""
        return _safety_fact(self._page.opened, topic, term, url)

    def _judged(self) -> Fact:
        mode = self._page.mode
        if mode is None:
            return Fact("Judged by", "not decided", strong=True)
        scale = _SCALES.get(mode.mode)
        url = self.plan.mode_url
        if scale == "Scale 1":
            return Fact("SpO2", scale, url=url)
        told = scale or capfirst(mode.get_mode_display())
        return Fact(
            "SpO2" if scale else "Judged by", f"{told}: {mode.reason}", strong=True, url=url
        )

    def _stay(self) -> Iterator[Fact]:
        patient, admission, stay = self.patient, self.admission, self._page.stay
        bed = f", bed {stay.bed.label}" if stay and stay.bed else ", no bed"
        yield Fact("Ward", f"{admission.ward.name}{bed}")
        pathway = admission.pathway_version.pathway.name
        yield Fact("Pathway", f"{pathway}, {stay.get_route_display()}" if stay else pathway)
        day = words.day_of_stay(self.row).removeprefix("day ")
        leaves = f", leaves {short_day(admission.expected_discharge)}" if self.open else ""
        yield Fact("Day", f"{day}{leaves}")
        interpreter = ", interpreter needed" if patient.interpreter_needed else ""
        english = patient.language == "English" and not interpreter
        yield Fact("Language", "" if english else f"{patient.language}{interpreter}")
        home = patient.lives_in.name if patient.lives_in else patient.lives_with
        lives = f"with {home}" if home and not patient.lives_in else home
        care_home = admission.spell.residence == Residence.CARE_HOME
        yield Fact("Lives", lives or ("in a care home" if care_home else ""))
        yield Fact("Adjustments", patient.adjustments)
        responsible = admission.responsible_clinician
        yield Fact("Responsible", responsible.signature if responsible else "")

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

    def _moment(self, at: dt.datetime | None) -> str:
        return near_moment(at, self._page.now) if at else "not yet"


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _safety_fact(known: Opened, topic: str, term: str, url: str) -> Fact:
    """None, not asked and recorded told apart; not asked is never calm."""
    record = known.safety.get(topic)
    if record is None or record.state == SafetyRecord.State.NOT_ASKED:
        return Fact(term, "not asked", strong=True, url=url)
    day = plain_day(day_of(record.recorded_at))
    more = f"{record.source}, {day}" if record.source else day
    if record.state == SafetyRecord.State.NONE:
        return Fact(term, "none", more=more, url=url)
    return Fact(term, record.text, strong=True, more=more, url=url)
