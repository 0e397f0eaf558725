"""Rows made of plain facts, without a database: for tables of cases."""

import datetime as dt
from typing import Any

from observations import news2
from observations.kinds import CONSCIOUSNESS
from rounds.board import Row
from rounds.board.entries import (
    AdmissionNow,
    Due,
    ModeNow,
    PathwayNow,
    PatientNow,
    Plan,
    StandingNow,
    Vital,
)
from tests.rounds.factories import NORMAL

NOW = dt.datetime(2023, 12, 14, 7, 45, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
ANY = Plan([], 4, None, None, "urgent")


def make_row(
    values: dict[str, Any] | None = None,
    *,
    measured_at: dt.datetime = NOW - 12 * MINUTE,
    mode: str = "news2_scale1",
    born: dt.date = dt.date(1944, 3, 3),
    unplanned: tuple[str, ...] = (),
    dues: dict[str, Due] | None = None,
    **more: Any,
) -> Row:
    """One set of values just measured, its score, and the next set in four hours."""
    given = NORMAL if values is None else values
    plan = {kind: ANY for kind in NORMAL if kind not in unplanned}
    known: dict[str, Any] = {
        "at": NOW,
        "admission": make_admission_of(born),
        "nhs_number": "9990000107",
        "pathway": PathwayNow("ari", "ARI"),
        "mode": ModeNow(mode, "the team’s choice"),
        "standing": make_standing(given, measured_at, scale=2 if mode.endswith("2") else 1),
        "vitals": {kind: make_vital(kind, value, measured_at) for kind, value in given.items()},
        "dues": {kind: due_in(4 * HOUR) for kind in plan} if dues is None else dues,
        "plan": plan,
    }
    return Row(**(known | more))


def due_in(span: dt.timedelta) -> Due:
    """Late half an hour, stale an hour and silent two hours after the slot."""
    at = NOW + span
    return Due(at, at + HOUR / 2, at + 2 * HOUR, at + HOUR)


def make_vital(kind: str, value: Any, at: dt.datetime) -> Vital:
    if kind == "consciousness":
        return Vital(CONSCIOUSNESS[value], value, at)
    return Vital(float(value), "air" if kind == "oxygen" and value == 0 else None, at)


def make_standing(values: dict[str, Any], at: dt.datetime, *, scale: int = 1) -> StandingNow | None:
    if not values:
        return None
    known = {kind: values.get(kind) for kind in news2.PARAMETERS}
    oxygen = known["oxygen"]
    score = news2.score(
        **{**known, "oxygen": None if oxygen is None else oxygen > 0}, spo2_scale=scale
    )
    return StandingNow(
        measured_at=at,
        oldest_at=at,
        total=score.total,
        lowest=score.lowest,
        response=score.response,
        parts=tuple(score.parts[kind] for kind in news2.PARAMETERS),
        scale=scale,
    )


def make_admission_of(born: dt.date) -> AdmissionNow:
    return AdmissionNow(
        pk="a",
        patient=PatientNow("p", "Nguyễn-Test", "Thị Hương", born, "female", phone=""),
        pathway_version_id=1,
        admitted_at=NOW - 5 * 24 * HOUR,
        expected_discharge=dt.date(2023, 12, 18),
    )
