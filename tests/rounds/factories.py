"""A ward's board in every state, written straight into the tables that the drain would fill."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from accounts.models import User
from observations import news2
from observations.kinds import CONSCIOUSNESS, NUMBERS
from observations.models import Alert, DueTime, Score, Standing, Trigger
from observations.storage.partitions import ensure_days
from patients.models import Admission
from rounds.models import Handover, Review, Task

NORMAL: dict[str, Any] = {
    "respiratory_rate": 16,
    "spo2": 97,
    "oxygen": 0,
    "systolic": 124,
    "diastolic": 78,
    "pulse": 72,
    "consciousness": "A",
    "temperature": 36.8,
}
HIGH: dict[str, Any] = NORMAL | {"respiratory_rate": 25, "spo2": 92, "pulse": 112, "systolic": 108}
MEDIUM: dict[str, Any] = NORMAL | {"respiratory_rate": 22, "spo2": 94, "systolic": 98}
SINGLE: dict[str, Any] = NORMAL | {"pulse": 132}


def make_set(
    admission: Admission,
    values: Mapping[str, Any] = NORMAL,
    *,
    at: dt.datetime,
    scale: int = 1,
    earlier: Mapping[str, tuple[Any, dt.datetime]] | None = None,
    every_hours: int = 4,
) -> Standing:
    """The newest values, their score and the next deadlines, as one set leaves them."""
    for kind, value in values.items():
        make_vital(admission, kind, value, at=at)
    for kind, (value, then) in (earlier or {}).items():
        make_vital(admission, kind, value, at=then)
    make_dues(admission, [*values], after=at, every_hours=every_hours)
    return make_score(admission, values, at=at, scale=scale)


def make_vital(admission: Admission, kind: str, value: Any, *, at: dt.datetime) -> None:
    number, code = _stored(kind, value)
    standing, _ = Standing.objects.get_or_create(admission=admission)
    latest = json.loads(standing.latest)
    told = at.isoformat()
    latest[str(NUMBERS[kind])] = [told, 1, "x", number, code or None, 1, told, False]
    _keep_latest(standing, latest)


def forget_vital(admission: Admission, kind: str) -> None:
    standing = Standing.objects.get(pk=admission.pk)
    latest = json.loads(standing.latest)
    del latest[str(NUMBERS[kind])]
    _keep_latest(standing, latest)


def _keep_latest(standing: Standing, latest: dict[str, list[Any]]) -> None:
    instants = sorted({dt.datetime.fromisoformat(told[0]) for told in latest.values()})
    kept = Standing.objects.filter(pk=standing.pk)
    kept.update(latest=json.dumps(latest), latest_at=instants)


def make_dues(
    admission: Admission, kinds: list[str], *, after: dt.datetime, every_hours: int = 4
) -> None:
    due = after + dt.timedelta(hours=every_hours)
    for kind in kinds:
        DueTime.objects.update_or_create(
            admission_id=admission.pk,
            kind=NUMBERS[kind],
            defaults={
                "due_at": due,
                "late_at": due + dt.timedelta(minutes=30),
                "silent_at": due + dt.timedelta(hours=2),
                "stale_at": due + dt.timedelta(hours=1),
            },
        )


def make_score(
    admission: Admission, values: Mapping[str, Any], *, at: dt.datetime, scale: int = 1
) -> Standing:
    """Scores what is given, keeping the score before."""
    known = {kind: _argument(kind, values.get(kind)) for kind in news2.PARAMETERS}
    score = news2.score(**known, spo2_scale=scale)
    before = Standing.objects.filter(pk=admission.pk).first()
    ensure_days([at.astimezone(dt.UTC).date()])
    told = {
        "total": score.total,
        "lowest": score.lowest,
        "response": score.response,
        "parts": [score.parts[kind] for kind in news2.PARAMETERS],
        "scale": scale,
        "oldest_at": at,
        "oxygen_from_plan": False,
        "self_reported": False,
    }
    Score.objects.create(admission_id=admission.pk, measured_at=at, batch=1, **told)
    previous = {}
    if before and before.total is not None:
        previous = {"previous_total": before.total, "previous_at": before.measured_at}
    full = {} if score.total is None else {"unreviewed_response": score.response}
    standing, _ = Standing.objects.update_or_create(
        admission=admission,
        defaults={**told, **previous, **full, "measured_at": at, "last_reading_at": at},
    )
    Standing.objects.filter(pk=standing.pk).update(version=standing.version + 1)
    return Standing.objects.get(pk=standing.pk)


def make_alert(
    admission: Admission,
    *,
    at: dt.datetime,
    priority: str = "emergency",
    text: str = "NEWS2 9, was 3",
    owner: User | None = None,
) -> Alert:
    alert = Alert.objects.create(
        ward=admission.ward,
        admission=admission,
        priority=priority,
        opened_at=at,
        rang_at=at,
        owner=owner,
        owned_at=at if owner else None,
    )
    Trigger.objects.create(
        alert=alert, rule="news2", priority=priority, text=text, first_at=at, last_at=at, rang_at=at
    )
    return alert


def make_review(admission: Admission, *, by: User, at: dt.datetime) -> Review:
    return Review.objects.create(admission=admission, kind="nurse", seen="phone", at=at, by=by)


def make_task(admission: Admission, *, by: User, due_at: dt.datetime, text: str = "Phone") -> Task:
    return Task.objects.create(
        admission=admission,
        kind="phone",
        text=text,
        due_at=due_at,
        created_at=due_at,
        created_by=by,
    )


def make_handover(
    admission: Admission,
    *,
    by: User,
    at: dt.datetime,
    until: dt.datetime | None = None,
    **more: Any,
) -> Handover:
    """Accepted, for twelve hours unless said."""
    return Handover.objects.create(
        ward=admission.ward,
        offered_at=at,
        offered_by=by,
        accepted_at=at,
        accepted_by=by,
        until=until or at + dt.timedelta(hours=12),
        **more,
    )


def _stored(kind: str, value: Any) -> tuple[float, str]:
    if kind == "consciousness":
        return CONSCIOUSNESS[value], value
    return float(value), "air" if kind == "oxygen" and value == 0 else ""


def _argument(kind: str, value: Any) -> Any:
    if value is None:
        return None
    return value > 0 if kind == "oxygen" else value
