"""One patient's screen on a round: what happened since the last review, and what is decided."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from django.utils.safestring import SafeString
from django.utils.text import capfirst

from lib.addresses import address
from lib.charts.course import course
from lib.london import age, clock, near_moment, plain_day
from observations.kinds import KINDS, NUMBERS
from observations.models import AlertEvent, Prompt
from patients.models import MonitoringMode
from rounds.board.entries import Plan
from rounds.models import Review, Task
from rounds.pathways.words import limits
from rounds.presenters import board_words as words
from rounds.presenters.board_cells import COLUMNS, Cell, cell, shown, unit
from rounds.presenters.board_opened import OpenedPresenter
from rounds.presenters.patient_banner import BannerPresenter
from rounds.presenters.patient_timeline import WHY, Entry
from rounds.round.happened import Happened
from rounds.round.known import Earlier
from rounds.round.measured import Span
from rounds.round.screen import Screen

_SEEN: Final = {"visit": "at home", "video": "by video", "phone": "by phone", "desk": "at the desk"}
# A spread smaller than this is drawn small: a degree more is not a pulse of one more.
_LEAST: Final = {"temperature": 1.0, "weight": 2.0, "glucose": 3.0}
_SCORED: Final = frozenset(column.kind for column in COLUMNS)
_FEW: Final = 12


class VitalLine(NamedTuple):
    """A row of the table: the newest value, its range since, its course, and who is told when."""

    label: str
    cell: Cell
    range: str
    course: SafeString | str
    told: str


class TaskLine(NamedTuple):
    text: str
    due: str
    who: str
    overdue: bool
    url: str


class EarlierLine(NamedTuple):
    when: str
    how: str
    course: str
    findings: str
    plan: str
    more: str
    correct_url: str


class ScreenPresenter:
    def __init__(self, screen: Screen, *, back: str, whole: bool = False) -> None:
        self._screen, self._back = screen, back
        self.admission, self.patient = screen.admission, screen.admission.patient
        self.row, self.may_treat = screen.row, screen.may_treat
        self.banner = BannerPresenter(screen, mode_url="")
        self.opened = OpenedPresenter(screen.opened)
        self.url = address("rounds:patient-detail", self.admission.pk)
        self._events = [_entry(event) for event in screen.happened]
        self.events = self._events if whole else self._events[:_FEW]
        self.more = len(self._events) - len(self.events)

    @property
    def since(self) -> str:
        """Since the last review, Wed 10:18 by K. Mensah (24 h ago)"""
        review, at = self.row.review, self._screen.at
        if review is None:
            came = self.admission.admitted_at
            return f"Not reviewed yet: since admission, {near_moment(came, at)}"
        when = near_moment(review.at, at)
        return f"Since the last review, {when} by {review.by} ({age(review.at, at)} ago)"

    @property
    def score(self) -> words.Risk:
        return words.risk(self.row)

    @property
    def trend(self) -> str:
        """Low, steady: 1, 1, 1, 1"""
        scores = self._screen.measured.scores
        told = [_total(point.number) for point in scores.points[-6:]] if scores else []
        if not told or not self.row.scored:
            return words.trend(self.row)
        return f"since then {', '.join(told)}"

    @property
    def usual(self) -> str:
        """usual NEWS2 3, SpO2 91 %"""
        return self.opened.usual[:1].lower() + self.opened.usual[1:]

    @property
    def counts(self) -> list[str]:
        found = self._screen.measured
        bells = sum(event.what == "bell" for event in self._screen.happened)
        done = sum(_is_done(event) for event in self._screen.happened)
        open_ = len(self._screen.known.tasks) + len(self._screen.known.prompts)
        late = f", {found.late} late" if found.late else ""
        return [
            _many(bells, "ring", "rings"),
            f"{_many(found.many, 'reading', 'readings')}{late}",
            f"{_many(done, 'task', 'tasks')} done, {open_} open",
        ]

    @property
    def readings(self) -> words.Line:
        return words.readings(self.row)

    @property
    def vitals(self) -> list[VitalLine]:
        scored = [self._scored(column.kind, cell(self.row, column)) for column in COLUMNS]
        others = [*self._screen.measured.kinds, *self.row.vitals, *self.row.plan]
        wanted = sorted({*others} - _SCORED - {"diastolic"}, key=lambda kind: NUMBERS.get(kind, 99))
        return scored + [self._other(kind) for kind in wanted]

    @property
    def measured_at(self) -> str:
        newest = max((vital.measured_at for vital in self.row.vitals.values()), default=None)
        if newest is None:
            return "nothing measured"
        return f"{near_moment(newest, self._screen.at)}, {age(newest, self._screen.at)} ago"

    @property
    def started(self) -> str:
        return near_moment(self._screen.since, self._screen.at)

    @property
    def alert(self) -> str:
        alert = self.row.alert
        if alert is None:
            return ""
        since = age(alert.since, self._screen.at)
        owner = f"{alert.owner} owns this" if alert.owner else "Nobody owns this"
        return f"{alert.title.removesuffix('.')}. {owner}, {since}"

    @property
    def tasks(self) -> list[TaskLine]:
        at = self._screen.at
        found = [
            TaskLine(
                task.text,
                words.soon(task.due_at, at),
                task.who,
                task.due_at < at,
                self._here("rounds:task-complete", task.pk),
            )
            for task in self._screen.known.tasks
        ]
        asked = [
            TaskLine(
                f"{capfirst(Prompt.Kind(prompt.kind).label)}: {prompt.text}",
                near_moment(prompt.raised_at, at),
                "",
                False,  # noqa: FBT003  # overdue, by its place
                self._here("observations:prompt-finish", prompt.pk),
            )
            for prompt in self._screen.known.prompts
        ]
        return asked + found

    @property
    def earlier(self) -> list[EarlierLine]:
        return [self._earlier(review) for review in self._screen.known.reviews]

    @property
    def draft_kept(self) -> str:
        draft = self._screen.known.draft
        return near_moment(draft.saved_at, self._screen.at) if draft else ""

    @property
    def spent(self) -> str:
        """Forms that were sent already: a browser forgets what it kept of them."""
        return " ".join(self._screen.known.spent)

    @property
    def day_line(self) -> str:
        """Sunday, day 10 of 10"""
        left = self.admission.expected_discharge
        return f"{left:%A}, {words.day_of_stay(self.row)}"

    @property
    def discharge_url(self) -> str:
        return address("rounds:admission-discharge", self.admission.pk) if self.may_treat else ""

    @property
    def readings_url(self) -> str:
        return self._here("rounds:readings-create", self.admission.pk)

    def _scored(self, kind: str, shown_cell: Cell) -> VitalLine:
        span = self._screen.measured.kinds.get(kind)
        told = self._told(kind, self.row.plan.get(kind))
        label = f"{shown_cell.label}, scale {self.row.scale}" if kind == "spo2" else ""
        return VitalLine(
            label or shown_cell.label, shown_cell, _range(kind, span), self._course(kind), told
        )

    def _other(self, kind: str) -> VitalLine:
        value = self.row.vitals.get(kind)
        label = KINDS[kind].label
        told = self._told(kind, self.row.plan.get(kind))
        if value is None:
            return VitalLine(label, Cell(kind, label, "missing"), "", "", told)
        stale = kind in self.row.stale
        newest = Cell(
            kind,
            label,
            "stale" if stale else "ok",
            value=shown(kind, value.number, value.code),
            unit=unit(kind, value.number),
            at=value.measured_at,
            age=age(value.measured_at, self._screen.at),
        )
        span = self._screen.measured.kinds.get(kind)
        return VitalLine(label, newest, _range(kind, span), self._course(kind), told)

    def _told(self, kind: str, plan: Plan | None) -> str:
        if plan is None:
            return ""
        if kind == "consciousness":
            return "not A"
        return limits(plan.low, plan.high, KINDS[kind].unit)

    def _course(self, kind: str) -> SafeString | str:
        span = self._screen.measured.kinds.get(kind)
        if span is None or kind in ("oxygen", "consciousness"):
            return ""
        points = [(point.at, point.number) for point in span.points if point.number is not None]
        if len(points) < 2:
            return ""
        title = f"{KINDS[kind].label} since {self.started}: {_range(kind, span)}"
        between = (self._screen.since, self._screen.at)
        return course(title, points, between=between, least=_LEAST.get(kind, 10.0))

    def _earlier(self, review: Earlier) -> EarlierLine:
        more = [f"discussed with {review.discussed_with}"] if review.discussed_with else []
        if review.correction_reason:
            more.append(f"corrected: {review.correction_reason}")
        return EarlierLine(
            when=near_moment(review.at, self._screen.at),
            how=f"{Review.Kind(review.kind).label} review by {review.by}, {_SEEN[review.seen]}",
            course=capfirst(review.course),
            findings=review.findings,
            plan=review.plan,
            more=". ".join(more),
            correct_url=address("rounds:review-correct", review.pk),
        )

    def _here(self, name: str, *args: object) -> str:
        found = address(name, *args) if self.may_treat else ""
        return f"{found}?next={self._back}" if found else ""


def _range(kind: str, span: Span | None) -> str:
    """95–96 % of 4; 16 /min, once"""
    if span is None or span.low is None or span.high is None:
        return "none since"
    if kind == "consciousness":
        return "A, all" if span.high == 0 else "not always A"
    if kind == "oxygen":
        return "Air, all" if span.high == 0 else f"up to {span.high:g} L/min"
    low, high = shown(kind, span.low, None), shown(kind, span.high, None)
    told = low if low == high else f"{low}–{high}"
    return f"{told} {KINDS[kind].unit}".strip()


def _total(number: float | None) -> str:
    return "–" if number is None else f"{number:g}"


def _many(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _is_done(event: Happened) -> bool:
    return event.what == "prompt-done" or (event.what, event.sort) == ("task-done", "done")


def _entry(event: Happened) -> Entry:
    strong, said = _SAID[event.what](event)
    return Entry(event.at, strong, f"{said} {event.by}".strip())


def _sentence(*parts: str) -> str:
    told = ", ".join(filter(None, parts))
    return told if not told or told.endswith((".", "?", "!")) else f"{told}."


def _moment(text: str) -> str:
    return clock(dt.datetime.fromisoformat(text))


def _expected(event: Happened) -> tuple[str, str]:
    day = plain_day(dt.date.fromisoformat(event.words))
    return "Expected to leave:", _sentence(day, event.more)


def _review(event: Happened) -> tuple[str, str]:
    if event.more:
        return "Review corrected:", _sentence(event.more)
    return "Reviewed:", _sentence(event.words)


def _withdrawal(event: Happened) -> tuple[str, str]:
    return "Review withdrawn, not about this patient:", _sentence(event.more)


_SAID: Final = {
    "bell": lambda e: (f"{WHY[e.sort]}:", _sentence(e.words, e.more)),
    "alert": lambda e: (f"Alert {AlertEvent.What(e.sort).label}:", _sentence(e.words)),
    "task": lambda e: ("Task:", _sentence(e.words)),
    "task-done": lambda e: (f"Task {Task.Ending(e.sort).label}:", _sentence(e.words, e.more)),
    "prompt": lambda e: (f"{capfirst(Prompt.Kind(e.sort).label)}:", _sentence(e.words)),
    "prompt-done": lambda e: ("Done:", _sentence(e.words, e.more)),
    "kit-out": lambda e: ("Kit handed out:", _sentence(e.words, e.more)),
    "kit-back": lambda e: ("Kit back:", _sentence(e.words, e.more)),
    "moved": lambda e: ("To", _sentence(e.words, f"bed {e.more}" if e.more else "no bed")),
    "leave": lambda e: ("On leave:", _sentence(e.words, f"{e.more} answers")),
    "leave-back": lambda e: ("Back from leave:", _sentence(e.words)),
    "mode": lambda e: (f"{capfirst(MonitoringMode.Mode(e.sort).label)}:", _sentence(e.words)),
    "plan": lambda e: (f"Plan, {KINDS[e.sort].label.lower()}:", _sentence(e.words)),
    "paused": lambda e: (f"Readings paused until {_moment(e.more)}:", _sentence(e.words)),
    "oxygen": lambda e: ("Home oxygen:", _sentence(f"{float(e.words):g} L/min")),
    "expected": _expected,
    "review": _review,
    "withdrawal": _withdrawal,
}
