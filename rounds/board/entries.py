"""What a row is made of: the newest values, deadlines, plans, scores and people's work."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, NamedTuple
from uuid import UUID

ReadingsState = Literal[
    "leave", "paused", "silent", "dead", "gateway", "late", "missing", "due", "next", "none"
]
# Nothing comes: nobody measured, or the device is dead, or its whole gateway is down.
SILENCES: Final[frozenset[ReadingsState]] = frozenset(("silent", "dead", "gateway"))


class PatientNow(NamedTuple):
    """Of a patient what a row shows."""

    pk: str
    family_name: str
    given_name: str
    born: dt.date
    sex: str
    phone: str


class AdmissionNow(NamedTuple):
    """Of an admission what a row shows, opened or not; a model's making would take longer than all
    of the row's."""

    pk: str
    patient: PatientNow
    pathway_version_id: int
    admitted_at: dt.datetime
    expected_discharge: dt.date
    usual_news2: int | None = None
    usual_spo2: int | None = None
    board_version: str = ""


class Vital(NamedTuple):
    """The newest good value of a kind; `from_plan` for prescribed oxygen that nobody measured."""

    number: float
    code: str | None
    measured_at: dt.datetime
    from_plan: bool = False


class Due(NamedTuple):
    """A kind's stored deadlines."""

    due_at: dt.datetime | None
    late_at: dt.datetime | None
    silent_at: dt.datetime | None
    stale_at: dt.datetime | None


class Plan(NamedTuple):
    """What the plan asks of a kind, and the limits beyond which somebody is told."""

    times: list[str]
    every_hours: int | None
    low: float | None
    high: float | None
    priority: str


class StandingNow(NamedTuple):
    """The newest score, and what it says of the time before it; see `observations.Standing`."""

    version: int = 0
    measured_at: dt.datetime | None = None
    oldest_at: dt.datetime | None = None
    total: int | None = None
    lowest: int | None = None
    response: str = ""
    parts: tuple[int | None, ...] = ()
    scale: int = 1
    oxygen_from_plan: bool = False
    self_reported: bool = False
    previous_total: int | None = None
    previous_at: dt.datetime | None = None
    unreviewed_response: str = ""
    reviewed_at: dt.datetime | None = None


class PastScore(NamedTuple):
    measured_at: dt.datetime
    total: int | None
    lowest: int


class AlertNow(NamedTuple):
    """An open alert in one line; `since` is when it last rang or, owned, was taken."""

    pk: UUID
    priority: str
    title: str
    more: int
    owner: str
    since: dt.datetime
    rang_at: dt.datetime


class ReviewNow(NamedTuple):
    """The last; `senior_at` is when a senior or the team last reviewed."""

    at: dt.datetime
    by: str
    kind: str
    senior_at: dt.datetime | None = None


class TaskNow(NamedTuple):
    pk: UUID | int
    text: str
    due_at: dt.datetime


class LeaveNow(NamedTuple):
    kind: str
    place: str
    held_by: str
    expected_back: dt.datetime
    starts: dt.datetime


class PauseNow(NamedTuple):
    reason: str
    ends: dt.datetime


class PathwayNow(NamedTuple):
    code: str
    name: str


class ModeNow(NamedTuple):
    mode: str
    reason: str


class Readings(NamedTuple):
    """Whether readings come as planned: the worst state, of which kinds, since or until when."""

    state: ReadingsState
    kinds: tuple[str, ...] = ()
    at: dt.datetime | None = None
