"""Kit in words: a device with its holder, its last reading, its charge, and what is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import groupby
from typing import Final, NamedTuple

from accounts.models import User
from lib import london
from observations.kinds import KINDS
from observations.kit import Kit, Worn
from observations.models import Device, DeviceStatus, Holding, Prompt
from observations.news2 import PARAMETERS
from observations.silence import FLAT_BATTERY, LOW_BATTERY, Cause
from patients.presenters.words import address, counted, named


def measures(device: Device) -> str:
    """Breathing, SpO2, Pulse; or the whole of NEWS2, and what is beyond it."""
    whole = set(PARAMETERS) <= set(device.kinds)
    apart = [kind for kind in device.kinds if kind in KINDS and not (whole and kind in PARAMETERS)]
    words = [KINDS[kind].short.rstrip(".") for kind in apart]
    return ", ".join(["the whole of NEWS2", *words] if whole else words)


CAUSES: Final[Mapping[Cause, str]] = {
    "silent": "Silent",
    "device_dead": "Device dead",
    "gateway_down": "Gateway down",
}


# A reading takes its while to arrive: only what was heard well after it is worth a word.
_SINCE_READING: Final = dt.timedelta(minutes=30)
_LATELY: Final = dt.timedelta(hours=4)


def told(device: Device) -> DeviceStatus | None:
    """What the device last told of itself; None while it never has."""
    return getattr(device, "told", None)


def charge(device: Device, *, at: dt.datetime) -> str:
    """8%, low; or 3%, flat; or 80%, 3 days ago"""
    status = told(device)
    if status is None or status.battery is None:
        return "not told"
    word = "flat" if status.battery <= FLAT_BATTERY else "low"
    low = f", {word}" if status.battery <= LOW_BATTERY else ""
    return f"{status.battery}%{low}{_ago(status.battery_at, at)}"


def _ago(told_at: dt.datetime | None, at: dt.datetime) -> str:
    """What kit told of itself lately needs no age."""
    if told_at is None or at - told_at < _LATELY:
        return ""
    return f", {london.age(told_at, at)} ago"


def is_low(device: Device) -> bool:
    status = told(device)
    return status is not None and status.battery is not None and status.battery <= LOW_BATTERY


# Handed out in the morning, measured by the next: later than that somebody calls.
_FIRST_WITHIN: Final = dt.timedelta(hours=24)


def story(holding: Holding, *, at: dt.datetime, heard: bool = False) -> list[str]:
    """ordered Mon 12 Dec, 09:10 by A. Okafor, due 14 Dec 2026; delivered …; working since …

    `heard` where the page knows of a reading that the sweep has not seen yet.
    """
    told = []
    if holding.ordered_at:
        due = f", due {london.plain_day(holding.delivery_due)}" if holding.delivery_due else ""
        told.append(f"ordered {_done(holding.ordered_at, holding.ordered_by)}{due}")
    if holding.delivered_at:
        told.append(f"delivered {_done(holding.delivered_at, holding.delivered_by)}")
    if holding.first_reading_at:
        told.append(f"working since {london.near_moment(holding.first_reading_at, at)}")
    elif holding.delivered_at and not heard:
        told.append("no reading yet")
    if holding.chased_at:
        often = "chased" if holding.chased == 1 else f"chased {holding.chased} times, last"
        by = _done(holding.chased_at, holding.chased_by)
        told.append(f"{often} {by}: {holding.chase_note}")
    return told


def _done(when: dt.datetime, by: User | None) -> str:
    return f"{london.dated(when)} by {by.short_name}" if by else london.dated(when)


def overdue(holding: Holding, *, at: dt.datetime) -> str:
    """What of coming and working is late; empty when nothing is.

    Kit that somebody saw working is judged by its silence, as all that measures.
    """
    if holding.first_reading_at or holding.admission.discharged_at:
        return ""
    due, delivered = holding.delivery_due, holding.delivered_at
    if delivered is None:
        late = due is not None and due < london.day_of(at)
        return f"Delivery late, due {london.plain_day(due)}: chase it" if due and late else ""
    if holding.state == Holding.State.WORKING or at - delivered < _FIRST_WITHIN:
        return ""
    return f"Delivered {london.age(delivered, at)} ago, no reading yet: call"


class Moment(NamedTuple):
    """An instant with its age in words, and the whole of it for who asks."""

    at: dt.datetime
    words: str
    title: str


def moment(then: dt.datetime | None, now: dt.datetime) -> Moment | None:
    return Moment(then, london.age(then, now), london.long_moment(then)) if then else None


class DevicePresenter:
    """A device by itself."""

    def __init__(self, device: Device, *, at: dt.datetime) -> None:
        self.device, self._at = device, at
        self.serial, self.model = device.serial, device.model
        self.measures = measures(device)
        self.state = str(device.get_status_display()).capitalize()
        self.place = str(device.place) if device.place else ""

    @property
    def url(self) -> str:
        return address("observations:device-show", self.device.pk)

    @property
    def battery(self) -> str:
        return charge(self.device, at=self._at)

    @property
    def battery_low(self) -> bool:
        return is_low(self.device)

    @property
    def signal(self) -> str:
        status = told(self.device)
        return "" if status is None or status.signal is None else f"{status.signal}%"

    @property
    def firmware(self) -> str:
        status = told(self.device)
        return status.firmware if status else ""

    @property
    def told_itself(self) -> Moment | None:
        """When it last told of its battery, signal or firmware."""
        status = told(self.device)
        return self._moment(status.measured_at if status else None)

    @property
    def last_heard(self) -> Moment | None:
        """Of anything: it lives, whether or not somebody measures."""
        return self._moment(self.device.last_heard_at)

    def _moment(self, then: dt.datetime | None) -> Moment | None:
        return moment(then, self._at)


class WornPresenter(DevicePresenter):
    """A device with its holder; templates/observations/_kit_worn.html."""

    def __init__(self, worn: Worn, *, at: dt.datetime) -> None:
        super().__init__(worn.holding.device, at=at)
        self._worn = worn
        self.admission = worn.holding.admission
        self.whom = named(self.admission.patient)
        self.heard_at = worn.heard_at

    @property
    def whom_url(self) -> str:
        return address("rounds:patient-detail", self.admission.pk)

    @property
    def last_reading(self) -> Moment | None:
        return self._moment(self.heard_at)

    @property
    def since(self) -> str:
        return london.near_moment(self._worn.holding.starts, self._at)

    @property
    def concerns(self) -> list[str]:
        """Why somebody should look: the worst first; none when all is well."""
        device, told = self.device, []
        if self._overdue:
            told.append(self._overdue)
        if self._worn.still_measuring:
            told.append("Still measuring after discharge: call")
        if device.status in (Device.Status.FAULTY, Device.Status.LOST):
            told.append(self.state)
        if self._worn.silent:
            kinds = ", ".join(KINDS[kind].short.rstrip(".") for kind in self._worn.silent)
            due = self._worn.due_at
            owed = f", due {london.near_moment(due, self._at)}" if due else ""
            told.append(f"{CAUSES[self._worn.cause]}: {kinds}{owed}")
        elif self._down_since:
            since = london.near_moment(self._down_since, self._at)
            told.append(f"Its gateway is down since {since}")
        if self.battery_low:
            told.append(f"Battery {self.battery}")
        return told

    @property
    def _down_since(self) -> dt.datetime | None:
        gateway = self.device.last_gateway
        return gateway.down_since if gateway else None

    @property
    def lives(self) -> Moment | None:
        """When it was last heard, where that was well after its last reading."""
        at, read = self.device.last_heard_at, self.heard_at
        if at is None or (read is not None and at - read < _SINCE_READING):
            return None
        return self.last_heard

    @property
    def left(self) -> str:
        """discharged Tue 16:20"""
        ended = self.admission.discharged_at
        return f"discharged {london.near_moment(ended, self._at)}" if ended else ""

    @property
    def wanted_by(self) -> str:
        """a courier collects it by 3 Dec 2026; late where that day has passed"""
        written = getattr(self.admission, "discharge", None)
        if written is None or written.kit_due is None or not self.admission.discharged_at:
            return ""
        how = f"{written.get_kit_back_display()} by {london.plain_day(written.kit_due)}"
        return f"{how}: late, chase it" if self.late else how

    @property
    def late(self) -> bool:
        written = getattr(self.admission, "discharge", None)
        due = written.kit_due if written and self.admission.discharged_at else None
        return due is not None and due < london.day_of(self._at)

    @property
    def _overdue(self) -> str:
        """The sweep may not have seen yet that it works."""
        return "" if self.heard_at else overdue(self._worn.holding, at=self._at)

    @property
    def story(self) -> str:
        return "; ".join(story(self._worn.holding, at=self._at, heard=self.heard_at is not None))

    @property
    def deliver_url(self) -> str:
        on_its_way = self._worn.holding.delivered_at is None
        return address("observations:holding-deliver", self._worn.holding.pk) if on_its_way else ""

    @property
    def chase_url(self) -> str:
        """What is late, either way."""
        late = self.late or self._overdue
        return address("observations:holding-chase", self._worn.holding.pk) if late else ""

    @property
    def return_url(self) -> str:
        return address("observations:holding-return", self._worn.holding.pk)

    @property
    def correct_url(self) -> str:
        return address("observations:holding-correct", self._worn.holding.pk)


def asked(prompt: Prompt) -> str:
    """What readings ask for, and why: in one breath where its words say both."""
    kind = str(prompt.get_kind_display())
    said = kind.partition(":")[0].casefold() in prompt.text.casefold()
    return prompt.text if said else f"{kind.capitalize()}: {prompt.text}"


class PromptPresenter:
    """What the readings ask a person to do."""

    def __init__(self, prompt: Prompt, *, at: dt.datetime) -> None:
        self.prompt, self.text = prompt, prompt.text
        self.whom = named(prompt.admission.patient) if prompt.admission else ""
        self.raised_at, self.age = prompt.raised_at, london.age(prompt.raised_at, at)
        self.title = london.long_moment(prompt.raised_at)
        self.url = address("observations:prompt-finish", prompt.pk)

    @property
    def whom_url(self) -> str:
        admission = self.prompt.admission
        return address("rounds:patient-detail", admission.pk) if admission else ""


class HeldPresenter:
    """A patient with the kit of which nothing is to be said; templates/observations/_kit_held."""

    def __init__(self, lines: list[WornPresenter]) -> None:
        self.lines = lines
        self.whom, self.whom_url = lines[0].whom, lines[0].whom_url


class KitPresenter:
    """What templates/observations/device_list.html shows."""

    def __init__(self, kit: Kit, *, at: dt.datetime) -> None:
        worn = [WornPresenter(one, at=at) for one in kit.worn]
        self.worn = sorted(
            worn, key=lambda one: (not one.concerns, one.whom, one.admission.pk, one.serial)
        )
        self.as_of = london.dated(at)
        self.concerned = [one for one in self.worn if one.concerns]
        calm = [one for one in self.worn if not one.concerns]
        grouped = groupby(calm, key=lambda one: (one.whom, one.admission.pk))
        self.held = [HeldPresenter(list(lines)) for _, lines in grouped]
        wanted = [WornPresenter(one, at=at) for one in kit.wanted]
        self.wanted = sorted(wanted, key=lambda one: (not one.late, one.whom, one.serial))
        self.in_store = [DevicePresenter(one, at=at) for one in kit.in_store]
        self.out_of_use = [DevicePresenter(one, at=at) for one in kit.out_of_use]
        self.shared = [DevicePresenter(one, at=at) for one in kit.shared]
        self.prompts = [PromptPresenter(one, at=at) for one in kit.prompts]

    @property
    def sentence(self) -> str:
        """12 devices with patients, 2 need a look; 1 wanted back; 8 in store."""
        concerned = len(self.concerned)
        look = f", {concerned} {'needs' if concerned == 1 else 'need'} a look" if concerned else ""
        with_patients = counted(len(self.worn), "device", "devices")
        return (
            f"{with_patients} with patients{look}; {len(self.wanted)} wanted back{self._late}; "
            f"{len(self.in_store)} in store."
        )

    @property
    def _late(self) -> str:
        late = sum(one.late for one in self.wanted)
        return f", {late} late" if late else ""


class HolderPresenter:
    """One line of a device's past: whose it was, when, and what was corrected."""

    def __init__(self, holding: Holding, *, at: dt.datetime, known: bool) -> None:
        self.holding = holding
        self.whom = named(holding.admission.patient) if known else "A patient of another ward"
        self.whom_url = address("rounds:patient-detail", holding.admission_id) if known else ""
        self.starts = london.near_moment(holding.starts, at)
        self.ends = london.near_moment(holding.ends, at) if holding.ends else "now"
        self.wrong = holding.superseded_at is not None
        self.is_open = holding.ends is None and not self.wrong
        recorded = london.near_moment(holding.recorded_at, at)
        self.recorded = f"{holding.recorded_by.short_name}, {recorded}"
        self.reason = holding.reason
        may = known and not self.wrong
        self.correct_url = address("observations:holding-correct", holding.pk) if may else ""
        mine = may and self.is_open
        self.return_url = address("observations:holding-return", holding.pk) if mine else ""
