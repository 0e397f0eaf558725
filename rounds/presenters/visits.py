"""A ward's day as its page shows it: each person's places, who is there, and what for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from django.utils.text import capfirst

from accounts.models import User
from lib import london
from lib.addresses import address
from lib.london import clock, long_day, near_moment
from patients.models import Admission, Patient, SafetyRecord
from patients.presenters.home import VisitNotePresenter
from patients.presenters.words import age_and_sex, named
from rounds.models import Task
from rounds.presenters.board_words import nhs_number
from rounds.visits.day import Day

ME: Final = "me"
NOBODY: Final = "nobody"
_TOPICS: Final = {
    SafetyRecord.Topic.ALLERGIES: "Allergies",
    SafetyRecord.Topic.RESUSCITATION: "Resuscitation",
}


class Ending(NamedTuple):
    """One press of the few that end a task at the door."""

    value: str
    label: str
    tone: str = ""


ENDINGS: Final = (
    Ending("done", "Done", "primary"),
    Ending("nobody_home", "Nobody home"),
    Ending("refused", "Refused"),
)


class TaskLine(NamedTuple):
    pk: str
    kind: str
    text: str
    due: str
    overdue: bool
    moved: str
    was_for: str
    chases: bool
    complete_url: str
    change_url: str
    video_url: str


class Visited(NamedTuple):
    """A patient at a place, with all that is to be done there."""

    name: str
    number: str
    who: str
    url: str
    phone: str
    call_first: str
    call_phone: str
    safety: list[tuple[str, str, bool]]
    note: VisitNotePresenter | None
    away: str
    readings_url: str
    tasks: list[TaskLine]


class Stop(NamedTuple):
    """An address, or for who is only called the patient alone; a map only where a setting names
    who shows it."""

    heading: str
    lines: str
    phone: str
    map_url: str
    goes_out: bool
    patients: list[Visited]


class Part(NamedTuple):
    """One person's day; the whole of it stands below `key`."""

    key: str
    heading: str
    many: int
    overdue: int
    stops: list[Stop]


class Ended(NamedTuple):
    time: str
    text: str
    name: str
    how: str
    by: str
    done: bool
    reopen_url: str
    again_url: str


class VisitsPresenter:
    """`who` chooses one person's part: `me`, `nobody` or the id of a colleague."""

    def __init__(self, day: Day, *, user: User, who: str = "", map_service: str = "") -> None:
        self._day, self._user, self._map = day, user, map_service
        self.ward, self.may_treat, self.who = day.ward, day.may_treat, who
        self.url = address("rounds:ward-visits", day.ward.code)
        self.share_url = address("rounds:visits-share", day.ward.code)
        self._here = self._at(day.day, who)
        self._treating = {one.pk for one in day.people}
        self._all = list(self._parts())

    @property
    def heading(self) -> str:
        days = (self._day.day - london.day_of(self._day.at)).days
        return {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get(days, f"{self._day.day:%A}")

    @property
    def day(self) -> str:
        return long_day(self._day.day)

    @property
    def as_at(self) -> str:
        return clock(self._day.at)

    @property
    def iso(self) -> str:
        return self._day.day.isoformat()

    @property
    def days(self) -> list[tuple[str, str, bool]]:
        """Yesterday, today and tomorrow, whichever day is shown."""
        today = london.day_of(self._day.at)
        near = (("Yesterday", -1), ("Today", 0), ("Tomorrow", 1))
        steps = [(label, today + dt.timedelta(days=n)) for label, n in near]
        return [(label, self._at(day, self.who), day == self._day.day) for label, day in steps]

    @property
    def summary(self) -> str:
        tasks = self._day.open
        late = sum(self._late(task) for task in tasks)
        many = f"{len(tasks)} to do" if tasks else "Nothing to do"
        return f"{many}, {late} overdue" if late else many

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Whose part to show alone, with how much it is."""
        found = [("Everybody", self._at(self._day.day, ""), not self.who)]
        for part in self._all:
            url = self._at(self._day.day, part.key)
            found.append((f"{part.heading} {part.many}", url, part.key == self.who))
        return found

    @property
    def parts(self) -> list[Part]:
        chosen = [part for part in self._all if part.key == self.who]
        return chosen if self.who else self._all

    @property
    def endings(self) -> tuple[Ending, ...]:
        return ENDINGS

    @property
    def ended(self) -> list[Ended]:
        return [self._ended(task) for task in self._day.ended]

    @property
    def back_query(self) -> str:
        return urlencode({"next": self._here})

    def _parts(self) -> Iterator[Part]:
        """Mine, nobody's, then each colleague's by name."""
        yield self._part(ME, "Mine", self._user.pk)
        yield self._part(NOBODY, "Nobody\u2019s", None)
        for one in self._day.people:
            part = self._part(str(one.pk), one.short_name, one.pk)
            if part.stops and one.pk != self._user.pk:
                yield part

    def _part(self, key: str, heading: str, whose: int | None) -> Part:
        tasks = [task for task in self._day.open if self._whose(task) == whose]
        late = sum(self._late(task) for task in tasks)
        return Part(key, heading, len(tasks), late, list(self._stops(tasks)))

    def _whose(self, task: Task) -> int | None:
        """Of who treats here no more, after a transfer for instance, it is nobody's."""
        known = task.assigned_to_id in self._treating or task.assigned_to_id == self._user.pk
        return task.assigned_to_id if known else None

    def _stops(self, tasks: list[Task]) -> Iterator[Stop]:
        """In the order in which each is first due; two at one address stand together."""
        places: dict[str, list[Task]] = {}
        for task in tasks:
            places.setdefault(place_of(task.admission.patient), []).append(task)
        for found in places.values():
            yield self._stop(found)

    def _stop(self, tasks: list[Task]) -> Stop:
        patient = tasks[0].admission.patient
        home, goes = patient.lives_in, any(task.goes_out for task in tasks)
        where = ", ".join(filter(None, (patient.address, patient.postcode)))
        if home is not None:
            where = ", ".join(filter(None, (home.address, home.postcode))) or where
        return Stop(
            heading=home.name if home else "",
            lines=where or "No address is recorded",
            phone=home.phone if home else "",
            map_url=self._map.format(address=quote(where)) if self._map and where else "",
            goes_out=goes,
            patients=list(self._visited(tasks)),
        )

    def _visited(self, tasks: list[Task]) -> Iterator[Visited]:
        by_patient: dict[object, list[Task]] = {}
        for task in tasks:
            by_patient.setdefault(task.admission_id, []).append(task)
        for found in by_patient.values():
            yield self._patient(found[0].admission, found)

    def _patient(self, admission: Admission, tasks: list[Task]) -> Visited:
        patient, today = admission.patient, london.day_of(self._day.at)
        first = next(iter(patient.first_to_call), None)  # type: ignore[attr-defined]  # prefetched
        note = self._day.notes.get(admission.pk)
        readings = address("rounds:readings-create", admission.pk) if self.may_treat else ""
        return Visited(
            name=str(patient),
            number=nhs_number(patient.nhs_number),
            who=age_and_sex(patient, today),
            url=address("rounds:patient-detail", admission.pk),
            phone=patient.phone,
            call_first=f"{first.name}, {first.relationship}" if first else "",
            call_phone=first.phone if first else "",
            safety=_safety(patient.safety_now),  # type: ignore[attr-defined]  # prefetched
            note=VisitNotePresenter(note) if note else None,
            away=self._away(admission),
            readings_url=f"{readings}?source=visit&{self.back_query}" if readings else "",
            tasks=[self._line(task) for task in tasks],
        )

    def _away(self, admission: Admission) -> str:
        detail = self._day.away.get(admission.pk)
        if detail is None:
            return ""
        back = near_moment(detail.leave.expected_back, self._day.at)
        return f"On leave, not at home: {detail.place}, back {back}"

    def _line(self, task: Task) -> TaskLine:
        known = task.assigned_to is None or self._whose(task) is not None
        return TaskLine(
            pk=str(task.pk),
            kind=capfirst(task.get_kind_display()),
            text=str(task),
            due=self._due(task.due_at),
            overdue=self._late(task),
            moved=task.moved_because,
            was_for="" if known or not task.assigned_to else task.assigned_to.short_name,
            chases=task.kind == Task.Kind.BLOODS,
            complete_url=self._acting("rounds:task-complete", task.pk),
            change_url=self._acting("rounds:task-change", task.pk),
            video_url=self._day.video_url if task.kind == Task.Kind.VIDEO else "",
        )

    def _ended(self, task: Task) -> Ended:
        assert task.done_at
        patient, done = task.admission.patient, task.ending == Task.Ending.DONE
        told = task.get_ending_display()
        more = task.outcome if task.outcome != told else ""
        again = "" if done else self._acting("rounds:task-create", task.admission_id)
        return Ended(
            time=clock(task.done_at),
            text=str(task),
            name=named(patient),
            how=": ".join(filter(None, (capfirst(told), more))),
            by=task.done_by.short_name if task.done_by else "",
            done=done,
            reopen_url=self._acting("rounds:task-reopen", task.pk),
            again_url=f"{again}&again={task.pk}" if again else "",
        )

    def _due(self, due_at: dt.datetime) -> str:
        same = london.day_of(due_at) == self._day.day
        return clock(due_at) if same else near_moment(due_at, self._day.at)

    def _late(self, task: Task) -> bool:
        return task.due_at < self._day.at

    def _acting(self, name: str, pk: object) -> str:
        found = address(name, str(pk)) if self.may_treat else ""
        return f"{found}?{self.back_query}" if found else ""

    def _at(self, day: dt.date, who: str) -> str:
        given = {"day": day.isoformat()} | ({"who": who} if who else {})
        return f"{self.url}?{urlencode(given)}"


def place_of(patient: Patient) -> str:
    """The same for all who live at one address, however it is spaced or written in capitals."""
    if patient.lives_in_id:
        return f"home {patient.lives_in_id}"
    told = f"{patient.address} {patient.postcode.replace(' ', '')}"
    plain = " ".join("".join(c if c.isalnum() else " " for c in told).casefold().split())
    return plain if patient.address.strip() else f"patient {patient.pk}"


def _safety(records: Iterable[SafetyRecord]) -> list[tuple[str, str, bool]]:
    """Not asked is never calm."""
    known = {record.topic: record for record in records}
    return [(term, *_told(known.get(topic))) for topic, term in _TOPICS.items()]


def _told(record: SafetyRecord | None) -> tuple[str, bool]:
    if record is None or record.state == SafetyRecord.State.NOT_ASKED:
        return "not asked", True
    if record.state == SafetyRecord.State.NONE:
        return "none", False
    return record.text, True
