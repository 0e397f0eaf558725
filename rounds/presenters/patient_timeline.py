"""A stay's history in one line a thing, by day, the newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.utils.text import capfirst

from lib.london import age, clock, day_of, long_day, near_moment, plain_day
from observations.kinds import KINDS
from observations.models import Correction
from observations.presenters.kit import asked
from patients.models import Check
from patients.presenters.words import usual_words
from rounds.patient.history import History

# So many lines tell the last days of most; the rest is one press away.
FEW: Final = 14
WHY: Final = {
    "opened": "Alert",
    "worse": "Worse",
    "new_parameter": "Another value crossed",
    "still": "Still so, and nobody acted",
    "step": "Nobody owned it: told further",
    "wrong_patient": "Not this patient's",
}


class Entry(NamedTuple):
    """`strong` leads; `struck` was in error."""

    at: dt.datetime
    strong: str
    words: str = ""
    struck: str = ""

    @property
    def clock(self) -> str:
        return clock(self.at)


class Day(NamedTuple):
    heading: str
    entries: list[Entry]


class TimelinePresenter:
    def __init__(self, known: History, *, now: dt.datetime, url: str, whole: bool) -> None:
        self._now = now
        self._all = sorted(entries(known, now), key=lambda entry: entry.at, reverse=True)
        self.whole = whole or len(self._all) <= FEW
        self.url = f"{url}?timeline=all"

    @property
    def many(self) -> int:
        return len(self._all)

    @property
    def days(self) -> list[Day]:
        shown = self._all if self.whole else self._all[:FEW]
        grouped = groupby(shown, key=lambda entry: day_of(entry.at))
        return [Day(self._heading(day), list(found)) for day, found in grouped]

    def _heading(self, day: dt.date) -> str:
        return f"Today, {long_day(day)}" if day == day_of(self._now) else long_day(day)


def entries(known: History, now: dt.datetime) -> Iterator[Entry]:
    """In no order. What is agreed for a time to come has not happened yet."""
    for tell in _TELLERS:
        for entry in tell(known):
            if entry.at <= now:
                yield entry


def _scores(known: History) -> Iterator[Entry]:
    before: int | None = None
    for score in known.scores:
        if score.total is None:
            yield Entry(score.at, f"NEWS2 at least {score.lowest}", "set not complete")
            continue
        was = f"was {before}" if before is not None and before != score.total else ""
        yield Entry(score.at, f"NEWS2 {score.total}", was)
        before = score.total


def _late(known: History) -> Iterator[Entry]:
    for late in known.late:
        told = (
            f"{late.many} reading{'' if late.many == 1 else 's'} measured {clock(late.at)} arrived"
        )
        yield Entry(late.received_at, "", f"{told} {age(late.at, late.received_at)} late")


def _bells(known: History) -> Iterator[Entry]:
    for bell in known.bells:
        yield Entry(bell.rang_at, f"{WHY[bell.why]}:", f"{bell.text}, {bell.priority}")


def _alert_events(known: History) -> Iterator[Entry]:
    for event in known.alert_events:
        words = f"{event.text}. {event.by.short_name}" if event.text else event.by.short_name
        yield Entry(event.at, f"Alert {event.get_what_display()}:", words)


def _reviews(known: History) -> Iterator[Entry]:
    taken_back = _taken_back(known)
    for review in known.reviews:
        if review.withdrawn and review.corrected_at:
            words = f"not about this patient. {review.correction_reason}. {review.by.short_name}"
            yield Entry(review.corrected_at, "Review withdrawn:", words)
            continue
        said = " ".join(filter(None, (review.findings, review.plan)))
        corrects = f"Corrected: {review.correction_reason}. " if review.corrects_id else ""
        how = f"by {review.by.signature}, {review.get_seen_display()}."
        told = f"{corrects}{said}".strip()
        if review.at in taken_back:
            yield Entry(review.at, "Reviewed (withdrawn since)", how, struck=told)
        else:
            yield Entry(review.at, "Reviewed", f"{how} {told}".strip())


def _taken_back(known: History) -> set[dt.datetime]:
    """When they were, who were withdrawn in the end: all versions keep the moment of the first."""
    corrected = {review.corrects_id for review in known.reviews}
    last = (review for review in known.reviews if review.pk not in corrected)
    return {review.at for review in last if review.withdrawn}


def _tasks(known: History) -> Iterator[Entry]:
    for task in known.tasks:
        if task.number == 1:
            yield Entry(task.created_at, "", f"Task: {task}. {task.created_by.short_name}")
        if task.done_at and task.done_by:
            words = f"{task}: {task.outcome}. {task.done_by.short_name}"
            yield Entry(task.done_at, f"{capfirst(task.get_ending_display())}:", words)


def _prompts(known: History) -> Iterator[Entry]:
    for prompt in known.prompts:
        yield Entry(prompt.raised_at, "", asked(prompt))
        if prompt.done_at and prompt.done_by:
            outcome = prompt.outcome or prompt.get_kind_display()
            yield Entry(prompt.done_at, "Done:", f"{outcome} {prompt.done_by.short_name}")


def _kit(known: History) -> Iterator[Entry]:
    for held in known.holdings:
        kit = f"{held.device.serial}, {held.device.model}"
        if held.superseded_at and held.superseded_by:
            by = held.superseded_by.short_name
            yield Entry(held.superseded_at, "Kit corrected:", f"{held.reason} {by}", kit)
            continue
        yield Entry(held.starts, "Kit:", f"{kit} handed out by {held.recorded_by.short_name}")
        if held.ends:
            yield Entry(held.ends, "Kit:", f"{kit} is back")


def _moves(known: History) -> Iterator[Entry]:
    admission = known.admission
    for number, stay in enumerate(known.stays):
        place = f"{stay.ward.name}, bed {stay.bed.label}" if stay.bed else stay.ward.name
        why = "" if stay.bed else f"; {stay.get_no_bed_display()}: {stay.no_bed_reason}"
        verb = "Moved" if number else "Admitted"
        by = "" if number else f". {admission.admitted_by.short_name}"
        yield Entry(stay.starts, verb, f"to {place}{why}{by}")
    if admission.discharged_at and admission.discharged_by:
        words = f"{admission.get_destination_display()}. {admission.discharged_by.short_name}"
        yield Entry(admission.discharged_at, "Left:", words)
    for event in known.taken_back:
        by = event.by.short_name if event.by else ""
        yield Entry(event.at, "Departure taken back:", f"{event.detail.get('reason', '')} {by}")


def _leaves(known: History) -> Iterator[Entry]:
    for detail in known.leaves:
        leave = detail.leave
        back = near_moment(leave.expected_back, leave.starts)
        words = f"{detail.place}; {detail.held_by} answers; back {back}"
        yield Entry(leave.starts, "On leave:", words)
        if leave.ends:
            yield Entry(leave.ends, "Back from leave")


def _modes(known: History) -> Iterator[Entry]:
    for mode in known.modes:
        by = mode.agreed_by or mode.decided_by
        words = f"{mode.get_mode_display()}. {mode.reason}. {by.short_name}"
        yield Entry(mode.starts, "Judged by:", words)


def _lines(known: History) -> Iterator[Entry]:
    for line in known.lines:
        label = KINDS[line.kind].label if line.kind in KINDS else line.kind
        by = line.agreed_by or line.set_by
        yield Entry(line.starts, "Plan:", f"{label} changed. {line.reason} {by.short_name}")


def _agreed(known: History) -> Iterator[Entry]:
    for pause in known.pauses:
        until = near_moment(pause.ends, pause.starts)
        words = f"until {until}. {pause.reason} {pause.set_by.short_name}"
        yield Entry(pause.starts, "Readings paused", words)
    for oxygen in known.oxygen:
        flow = f"{oxygen.litres_per_minute:g} L/min. {oxygen.prescribed_by.short_name}"
        yield Entry(oxygen.starts, "Home oxygen:", flow)
        if oxygen.ends:
            yield Entry(oxygen.ends, "Home oxygen stopped or changed")
    for expected in known.expected[1:]:
        waits = f", waits for {expected.get_cause_display()}" if expected.cause else ""
        words = f"{plain_day(expected.day)}{waits}. {expected.reason}".strip()
        yield Entry(expected.set_at, "Expected to leave:", f"{words} {expected.set_by.short_name}")


def _noted(known: History) -> Iterator[Entry]:
    """What is of the stay itself, and has no table of its own that tells when."""
    for event in known.noted:
        strong, words = _NOTED[event.verb](event.detail)
        yield Entry(event.at, strong, f"{words}. {event.by.short_name if event.by else ''}")


def _checked(detail: dict[str, Any]) -> tuple[str, str]:
    answer = Check.Answer(detail["answer"]).label
    return f"{Check.Topic(detail['topic']).label}:", str(answer)


_NOTED: Final[dict[str, Callable[[dict[str, Any]], tuple[str, str]]]] = {
    "usual-set": lambda detail: (
        "Usual for this patient:",
        usual_words(**detail).removeprefix("usual ") or "not known",
    ),
    "responsible-set": lambda detail: (
        "Responsible clinician:",
        detail["clinician"] or "nobody named",
    ),
    "check-recorded": _checked,
}


def _corrections(known: History) -> Iterator[Entry]:
    """One line an act, however many readings it was about."""
    acts: dict[tuple[object, ...], list[Correction]] = {}
    for one in known.corrections:
        acts.setdefault((one.at, one.what, one.by_id, one.reason), []).append(one)
    for corrections in acts.values():
        first = corrections[0]
        by = first.by.short_name if first.by else "the sender"
        words = f"{first.get_what_display()} by {by}: {first.reason}"
        yield Entry(first.at, "", words, _of(corrections))


def _of(corrections: list[Correction]) -> str:
    """Reading of 07:58; or 14 readings of 07:58 to 12:05"""
    moments = sorted(one.measured_at for one in corrections)
    start, end = (near_moment(at, corrections[0].at) for at in (moments[0], moments[-1]))
    many = len(corrections)
    told = f"{many} readings" if many > 1 else "Reading"
    return f"{told} of {start}" if start == end else f"{told} of {start} to {end}"


_TELLERS: Final[tuple[Callable[[History], Iterator[Entry]], ...]] = (
    _scores,
    _late,
    _bells,
    _alert_events,
    _reviews,
    _tasks,
    _prompts,
    _kit,
    _moves,
    _leaves,
    _modes,
    _lines,
    _agreed,
    _noted,
    _corrections,
)
