"""What the demo's people did: reviews, tasks, answered alerts, handovers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any, Final

from accounts.models import User
from lib import london
from observations.actions import alerts
from observations.actions.concerns import raise_carer_concern
from observations.kinds import NUMBERS
from observations.models import Alert
from patients.actions.care import set_pause, set_times
from patients.models import Admission
from rounds.actions.reviews import review
from rounds.actions.tasks import add_task, complete_task
from rounds.demo import handing, visiting
from rounds.demo.clock import Event
from rounds.demo.kit import Worn
from rounds.demo.places import Places
from rounds.demo.staff import Staff

# Alerts of these last hours are today's work: some owned, some not; older ones were answered.
OPEN_HOURS: Final = 4
REVIEWED_DAYS: Final = 1
FINDINGS: Final = (
    "Says the night was better; eating and drinking.",
    "Walks to the kitchen without stopping.",
    "A little more breathless on the stairs, not at rest.",
    "Family at home, no new worries.",
    "Slept in the chair; ankles less swollen.",
    "No fever since yesterday.",
)
PLANS: Final = (
    "No change; readings as planned.",
    "Go on with antibiotics, review tomorrow.",
    "Bloods tomorrow, then decide on the dose.",
    "Physiotherapist to visit.",
    "Aim for discharge as planned.",
)
ACTIONS: Final = ("Phoned, repeated at rest", "Phoned the patient", "Visited", "Phoned the carer")
OUTCOMES: Final = ("no_change", "advice", "advice", "treatment_changed", "visit")
TASKS: Final = (
    ("bloods", "Bloods: kidneys, salts"),
    ("phone", "Phone after the evening set"),
    ("visit", "Home visit"),
    ("medicines", "Medicines review"),
    ("result", "Chase X-ray report"),
    ("kit", "Check the cuff size"),
)


def events(
    worn: list[Worn],
    places: Places,
    staff: Staff,
    *,
    seed: int,
    since: dt.datetime,
    now: dt.datetime,
) -> list[Event]:
    """All that does not wait for an alert, in no order."""
    found: list[Event] = []
    for one in worn:
        if one.case.told:
            found += _told(one, staff, now)
        else:
            found += _reviews(one, staff, seed, now)
            found += _tasks(one, staff, seed, now)
    for code in sorted({one.case.ward.code for one in worn}):
        found += handing.events(code, places, staff, now)
    found += visiting.events(worn, places, staff, now)
    return [event for event in found if since < event.at <= now]


def _reviews(one: Worn, staff: Staff, seed: int, now: dt.datetime) -> Iterator[Event]:
    """Once each morning of the last days; the lead sees some of them."""
    chance = one.case.chance(seed, "reviews")
    for back in range(REVIEWED_DAYS, -1, -1):
        day = london.day_of(now - dt.timedelta(days=back))
        at = london.to_utc(day, dt.time(9)) + dt.timedelta(minutes=chance.randint(0, 160))
        by = chance.choice([*staff.nurses(one.case.ward.code), staff.lead(one.case.ward.code)])
        if at > one.case.admitted_at and chance.random() < 0.94 and not one.case.on_leave:
            yield _review(one.admission, chance, by, at)


def _review(admission: Admission, chance: Random, by: User, at: dt.datetime, **told: str) -> Event:
    said = {
        "kind": "nurse" if by.profession.endswith("nurse") else "senior",
        "seen": chance.choice(("phone", "phone", "video", "visit", "desk")),
        "findings": chance.choice(FINDINGS),
        "plan": chance.choice(PLANS),
        **told,
    }
    return Event(
        at, lambda: review(admission=admission, by=by, at=at, **said)
    )  # texts by argument name


def _tasks(one: Worn, staff: Staff, seed: int, now: dt.datetime) -> Iterator[Event]:
    chance = one.case.chance(seed, "tasks")
    nurse = chance.choice(staff.nurses(one.case.ward.code))
    made = max(one.case.admitted_at, now - dt.timedelta(hours=chance.uniform(3, 22)))
    if chance.random() < 0.45:
        kind, text = chance.choice(TASKS)
        due = now + dt.timedelta(minutes=15 * chance.randint(-3, 60))
        yield _task(one.admission, kind, text, due=due, by=nurse, at=made)
    if chance.random() < 0.15:
        yield _done(one.admission, nurse, made)


def _task(
    admission: Admission, kind: str, text: str, *, due: dt.datetime, by: User, at: dt.datetime
) -> Event:
    return Event(
        at,
        lambda: add_task(admission=admission, kind=kind, text=text, due_at=due, by=by, at=at),
    )


def _done(admission: Admission, by: User, at: dt.datetime) -> Event:
    done = at + dt.timedelta(minutes=70)

    def do() -> None:
        task = add_task(
            admission=admission,
            kind="kit",
            text="Show how the kit works",
            due_at=done,
            by=by,
            at=at,
        )
        complete_task(task=task, outcome="Shown; manages alone", by=by, at=done)

    return Event(at, do)


def _pause(
    admission: Admission, by: User, at: dt.datetime, until: dt.datetime, reason: str
) -> Event:
    return Event(
        at, lambda: set_pause(admission=admission, until=until, reason=reason, by=by, at=at)
    )


def _told(one: Worn, staff: Staff, now: dt.datetime) -> Iterator[Event]:
    """As the row of the ward that is told one by one says."""
    row, admission, users = one.case.told, one.admission, staff.users
    chance = one.case.chance(0, "told")
    for day in range(int(row["day"]) - 2, 0, -1):
        by = users[chance.choice(("rahman", "mensah", "farouk", "ode", "ilic"))]
        at = now - dt.timedelta(days=day, minutes=chance.randint(0, 90) + row["review"][0] % 1440)
        yield _review(admission, chance, by, at)
    minutes, who, kind, seen = row["review"]
    at = now - dt.timedelta(minutes=minutes)
    yield _review(admission, chance, users[who], at, kind=kind, seen=seen)
    if "task" in row:
        kind, text, due = row["task"]
        made = now - dt.timedelta(minutes=int(minutes) - 1)
        yield _task(
            admission, kind, text, due=now + dt.timedelta(minutes=due), by=users[who], at=made
        )
    if "hourly" in row:
        yield _hourly(one, users["ilic"], now - dt.timedelta(minutes=row["hourly"] - 1))
    if "owner" in row:
        minutes, who = row["owner"]
        yield _own(admission, users[who], now - dt.timedelta(minutes=minutes))
    if "pause" in row:
        ago, ahead, reason = row["pause"]
        ends = now + dt.timedelta(minutes=ahead)
        yield _pause(admission, users[who], now - dt.timedelta(minutes=ago), ends, reason)
    if "concern" in row:
        minutes, text = row["concern"]
        yield _concern(admission, users["farouk"], text, now - dt.timedelta(minutes=minutes))


def _hourly(one: Worn, by: User, at: dt.datetime) -> Event:
    """Watched more closely, by the senior who decided it."""

    def do() -> None:
        for kind in one.case.kinds:
            if kind in NUMBERS and one.admission.plan_lines.at(at).filter(kind=kind).exists():
                set_times(
                    admission=one.admission,
                    kind=kind,
                    every_hours=1,
                    reason="Hourly since the last set",
                    by=by,
                    at=at,
                )

    return Event(at, do)


def _own(admission: Admission, by: User, at: dt.datetime) -> Event:
    def do() -> None:
        for alert in Alert.objects.unowned().filter(admission=admission):
            alerts.acknowledge(alert=alert, by=by, at=max(at, alert.rang_at))

    return Event(at, do)


def _concern(admission: Admission, by: User, text: str, at: dt.datetime) -> Event:
    return Event(at, lambda: raise_carer_concern(admission=admission, text=text, by=by, at=at))


class Answering:
    """Answers alerts as a ward does: within minutes, and done within the hour."""

    def __init__(self, worn: list[Worn], staff: Staff, *, seed: int, now: dt.datetime) -> None:
        self.worn = {one.admission.pk: one for one in worn}
        self.staff, self.seed, self.now = staff, seed, now

    def __call__(self, at: dt.datetime) -> None:
        for alert in Alert.objects.open().filter(admission_id__in=[*self.worn]):
            one = self.worn[alert.admission_id]  # type: ignore[index]  # asked by admission
            self._answer(alert, one, at)

    def _answer(self, alert: Alert, one: Worn, at: dt.datetime) -> None:
        chance = one.case.chance(self.seed, f"alert-{alert.rang_at:%d%H}")
        recent = self.now - alert.rang_at < dt.timedelta(hours=OPEN_HOURS)
        if one.case.told and recent:
            return
        if recent and chance.random() < 0.4:
            return
        by = chance.choice(self.staff.nurses(one.case.ward.code))
        looked = alert.rang_at + dt.timedelta(minutes=chance.randint(2, 14))
        if alert.owner_id is None and looked <= at:
            alert = alerts.acknowledge(alert=alert, by=by, at=looked)
        if alert.owner is not None and not recent:
            self._finish(alert, chance, at)

    @staticmethod
    def _finish(alert: Alert, chance: Random, at: dt.datetime) -> None:
        assert alert.owner is not None
        assert alert.owned_at is not None
        acted = alert.owned_at + dt.timedelta(minutes=chance.randint(5, 25))
        closed = acted + dt.timedelta(minutes=chance.randint(8, 50))
        if closed > at:
            return
        alerts.act(alert=alert, text=chance.choice(ACTIONS), by=alert.owner, at=acted)
        outcome: Any = chance.choice(OUTCOMES)
        alerts.close(alert=alert, outcome=outcome, by=alert.owner, at=closed)
