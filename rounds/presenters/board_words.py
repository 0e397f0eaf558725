"""The words of a board's row: who, how it moved, what is owed, who owns, who reviewed."""

from __future__ import annotations

import datetime as dt
from textwrap import shorten
from typing import Final, NamedTuple

from django.utils.html import format_html

from lib.london import clock, day_of, near_moment, years_between
from rounds.board import Row
from rounds.board.entries import SILENCES, Plan
from rounds.board.risk import LETTERS, Level
from rounds.presenters.ages import ticking

_SEXES: Final = {"female": "F", "male": "M"}
_LEVEL_WORDS: Final[dict[Level, str]] = {
    "emergency": "Emergency",
    "urgent": "Urgent",
    "single": "Single 3",
    "incomplete": "Incomplete",
    "stale": "Stale",
    "unscored": "Not scored",
    "low": "Low",
}
ADULT_FROM: Final = 16
# Two lines of the board's alert column.
_ALERT_WIDTH: Final = 36
# Nothing is overdue, and readings are awaited.
_AWAITED: Final = {"late", "missing", "due", "next"}


class Risk(NamedTuple):
    letter: str
    score: str
    word: str


class Line(NamedTuple):
    """Two lines of a cell; `strong` where it wants somebody."""

    first: str
    second: str = ""
    strong: bool = False


def nhs_number(value: str) -> str:
    """999 000 0018"""
    return f"{value[:3]} {value[3:6]} {value[6:]}" if value else "no NHS number"


def risk(row: Row) -> Risk:
    return Risk(LETTERS[row.level], _score(row), _word(row))


def level_word(level: Level) -> str:
    return _LEVEL_WORDS[level]


def age_and_sex(row: Row) -> str:
    patient = row.admission.patient
    years = years_between(patient.born, day_of(row.at))
    return f"{years} {_SEXES.get(patient.sex, '')}".strip()


def line(row: Row) -> list[str]:
    """NHS number, pathway, day n of m."""
    return [nhs_number(row.nhs_number), row.pathway.name, day_of_stay(row)]


def day_of_stay(row: Row) -> str:
    admitted = day_of(row.admission.admitted_at)
    day = (day_of(row.at) - admitted).days + 1
    planned = (row.admission.expected_discharge - admitted).days + 1
    return f"day {day} of {planned}"


def marks(row: Row) -> list[str]:
    """What must not be missed about how this patient is cared for."""
    told = {
        "Scale 2": row.mode.mode == "news2_scale2",
        "Comfort": row.mode.mode == "comfort",
        "On leave": row.leave is not None,
        "Over capacity": row.no_bed == "over_capacity",
        "Leaves today": row.leaves_today,
    }
    return [word for word, so in told.items() if so]


def trend(row: Row) -> str:
    """How the score moved; for who is not scored, why, and what watches instead."""
    if not row.scored:
        return _not_scored(row)
    known = row.standing
    if known is None or known.measured_at is None:
        return "No set yet"
    if known.total is None or row.score_is_stale:
        return _last_full(row)
    if known.previous_total is None or known.previous_at is None:
        return "First full set"
    arrow = _arrow(known.total, known.previous_total)
    return f"{arrow} was {known.previous_total} at {lately(known.previous_at, row.at)}"


def readings(row: Row) -> Line:
    """Whose gateway is down must not look calm, though nothing is overdue yet."""
    told = _READINGS[row.readings.state](row)
    cut_off = row.gateway_down and row.readings.state in _AWAITED
    return Line(told.first, "gateway down", strong=True) if cut_off else told


def review(row: Row) -> Line:
    if row.review is None:
        return Line(
            "Not yet", f"admitted {_day(row.admission.admitted_at, row.at)}", row.unreviewed
        )
    when = _review_moment(row.review.at, row.at)
    if row.unreviewed:
        family = row.review.by.rpartition(" ")[2]
        ago = format_html("{} ago", ticking(row.review.at, row.at))
        senior = _senior(row)
        return Line(ago, f"{family}; {senior}" if senior else f"{when} {family}", strong=True)
    senior = _senior(row)
    return Line(f"{when}, {row.review.by}", senior) if senior else Line(when, row.review.by)


def _senior(row: Row) -> str:
    """senior review: 2 days ago; empty where the last review was a senior's own."""
    assert row.review
    senior_at = row.review.senior_at
    if senior_at is None or senior_at == row.review.at:
        return ""
    return f"senior review: {_days_ago(senior_at, row.at)}"


def task(row: Row) -> Line:
    if row.task is None:
        return Line("–")
    due = soon(row.task.due_at, row.at)
    if row.task.due_at < row.at:
        return Line(row.task.text, f"overdue, {due}", strong=True)
    return Line(row.task.text, f"due {due}")


def alert_title(row: Row) -> str:
    if row.alert is None:
        return ""
    # The whole of a carer's words stands in the opened row and on the alert's own page.
    title = shorten(row.alert.title, _ALERT_WIDTH, placeholder="…")
    return title + (f" +{row.alert.more} more" if row.alert.more else "")


def rhythm(plan: Plan | None) -> str:
    """How often the plan asks: hourly, 4-hourly, 3 times a day."""
    if plan is None:
        return ""
    if plan.every_hours:
        return "hourly" if plan.every_hours == 1 else f"{plan.every_hours}-hourly"
    return "daily" if len(plan.times) == 1 else f"{len(plan.times)} times a day"


def device(measures: tuple[str, ...]) -> str:
    """What people call a device, by what it measures."""
    kinds = set(measures) - {"pulse"}
    if len(kinds) > 2:
        return "hub"
    names = {"spo2": "oximeter", "systolic": "cuff", "temperature": "thermometer"}
    names |= {"weight": "scales", "glucose": "glucose meter", "peak_flow": "peak flow meter"}
    return next((name for kind, name in names.items() if kind in kinds), "device")


def silent_devices(row: Row) -> list[str]:
    silent = set(row.readings.kinds) if row.readings.state in SILENCES else set()
    return [device(piece.kinds) for piece in row.kit if silent & set(piece.kinds)]


def _score(row: Row) -> str:
    known = row.standing
    if known is None or row.score_at_least is None or row.score_is_stale:
        return "–"
    return str(known.total) if known.total is not None else f"≥{known.lowest}"


def _word(row: Row) -> str:
    """Of a stale one that nobody has looked at: what it was. An alert's level is told as such."""
    if row.level == "single" and row.facts.response != "low_medium":
        return "Prompt"
    if row.score_is_stale and row.level != "stale":
        return f"Was {row.score_at_least}, old"
    return _LEVEL_WORDS[row.level]


def _not_scored(row: Row) -> str:
    if row.leave:
        return f"On leave: {row.leave.place}"
    if row.mode.mode == "comfort":
        return "Comfort: symptoms and carer’s concern"
    if years_between(row.admission.patient.born, day_of(row.at)) < ADULT_FROM:
        return "Under 16: no NEWS2, limits watch"
    return f"Limits watch: {row.mode.reason}" if row.mode.reason else "Limits watch, no NEWS2"


def _last_full(row: Row) -> str:
    full = [past for past in row.scores if past.total is not None]
    if full:
        return f"last: {full[-1].total} at {lately(full[-1].measured_at, row.at)}"
    known = row.standing
    if known and known.previous_total is not None and known.previous_at is not None:
        return f"last: {known.previous_total} at {lately(known.previous_at, row.at)}"
    return "no full set in 24 h"


def _arrow(total: int, before: int) -> str:
    return "=" if total == before else "↑" if total > before else "↓"


def _owed(row: Row) -> str:
    kinds = row.readings.kinds
    often = rhythm(row.plan.get(kinds[0])) if kinds else ""
    return ", ".join(filter(None, (often, clock(row.readings.at) if row.readings.at else "")))


def _leave(row: Row) -> Line:
    assert row.leave
    back = soon(row.leave.expected_back, row.at)
    if row.away_too_long:
        away = format_html("on leave {}", ticking(row.leave.starts, row.at))
        return Line("Return or discharge", away, strong=True)
    overdue = row.leave.expected_back <= row.at
    return Line(
        "Not back" if overdue else "On leave", f"{'was due' if overdue else 'back'} {back}", overdue
    )


def _paused(row: Row) -> Line:
    assert row.pause
    return Line("Paused", f"{row.pause.reason}, until {soon(row.pause.ends, row.at)}", strong=True)


def _silent(row: Row) -> Line:
    since = row.readings.at or row.at
    names = silent_devices(row)
    several = len(names) > 2 or (len(names) == len(row.kit) and len(names) > 1)
    told = f"{names[0]}, {len(names)} devices" if several else ", ".join(names)
    partly = " only" if names and not several and len(row.kit) > len(names) else ""
    silent = format_html("Silent {}", ticking(since, row.at))
    return Line(silent, (told + partly) or "no kit", strong=True)


def _dead(row: Row) -> Line:
    """Device dead / oximeter flat; or hub, 9 h"""
    names = ", ".join(silent_devices(row))
    measuring = (p.known for p in row.kit if set(p.kinds) & set(row.readings.kinds))
    if any(known.is_flat for known in measuring):
        return Line("Device dead", f"{names} flat", strong=True)
    since = ticking(row.readings.at or row.at, row.at)
    return Line("Device dead", format_html("{}, {}", names, since), strong=True)


def _gateway(row: Row) -> Line:
    since = row.readings.at or row.at
    return Line("Gateway down", format_html("silent {}", ticking(since, row.at)), strong=True)


def _late(row: Row) -> Line:
    late = format_html("Late {}", ticking(row.readings.at or row.at, row.at))
    return Line(late, _owed(row), strong=True)


def _missing(row: Row) -> Line:
    due = soon(row.readings.at, row.at) if row.readings.at else ""
    return Line(f"{len(row.readings.kinds)} missing", f"due {due}" if due else "", strong=True)


def _due(row: Row) -> Line:
    return Line("Due now", _owed(row))


def _next(row: Row) -> Line:
    assert row.readings.at
    return Line(
        f"Next {soon(row.readings.at, row.at)}", rhythm(row.plan.get(row.readings.kinds[0]))
    )


def _none(row: Row) -> Line:
    if row.mode.mode == "comfort":
        return Line("As needed")
    # Between an admission and its first deadlines nothing is owed yet, but all is awaited.
    return Line("First set awaited" if row.plan and not row.vitals else "None planned")


_READINGS: Final = {
    "leave": _leave,
    "paused": _paused,
    "silent": _silent,
    "dead": _dead,
    "gateway": _gateway,
    "late": _late,
    "missing": _missing,
    "due": _due,
    "next": _next,
    "none": _none,
}


def soon(at: dt.datetime, now: dt.datetime) -> str:
    """A time to come within a day needs no weekday: 02:30 after 23:00 is tonight's."""
    within = dt.timedelta(0) <= at - now < dt.timedelta(hours=20)
    return clock(at) if within else near_moment(at, now)


def lately(at: dt.datetime, now: dt.datetime) -> str:
    """A time of the last day needs no weekday: 22:40 before 00:20 was last night's."""
    within = dt.timedelta(0) <= now - at < dt.timedelta(hours=20)
    return clock(at) if within else near_moment(at, now)


def soon_in_a_cell(at: dt.datetime, now: dt.datetime) -> str:
    """As `soon`, for a column of 66 pixels: another day is told without its hour."""
    told = soon(at, now)
    if len(told) <= len("00:00"):
        return told
    return _weekday(at) if abs(at - now) < dt.timedelta(days=6) else _date(at)


def _review_moment(at: dt.datetime, now: dt.datetime) -> str:
    """03:20 today, 21:40 Wed"""
    days = (day_of(now) - day_of(at)).days
    if days == 0:
        return f"{clock(at)} today"
    return f"{clock(at)} {_weekday(at)}" if days < 7 else _date(at)


def _days_ago(at: dt.datetime, now: dt.datetime) -> str:
    """today, yesterday, 2 days ago: by London's days."""
    days = (day_of(now) - day_of(at)).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def _day(at: dt.datetime, now: dt.datetime) -> str:
    """today, Wed, 13 Nov"""
    days = (day_of(now) - day_of(at)).days
    if days == 0:
        return "today"
    return _weekday(at) if days < 7 else _date(at)


def _weekday(at: dt.datetime) -> str:
    return f"{day_of(at):%a}"


def _date(at: dt.datetime) -> str:
    day = day_of(at)
    return f"{day.day} {day:%b}"
