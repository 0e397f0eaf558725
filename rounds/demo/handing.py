"""How the demo's wards are handed over: each evening, each morning, and one that waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from accounts.models import User
from capacity.hours import is_staffed
from capacity.models import Ward
from capacity.weeks import weeks_of
from lib import london
from rounds.actions.handovers import NewLine, accept_handover, offer_handover, take_over
from rounds.board import held
from rounds.demo.clock import Event
from rounds.demo.places import Places
from rounds.demo.staff import FIRST_WARD, Staff
from rounds.handover.prepared import prepared
from rounds.presenters.sbar import line

NIGHT_TEAM: Final = "out of hours"
NIGHT_PHONE: Final = "07700 900 555"
_WORDS: Final = {
    "emergency": (
        "Phone within the hour and repeat the set; the senior on call knows.",
        "NEWS2 7 or more on the next set, or new confusion: 999",
    ),
    "urgent": (
        "Set at 22:00 and 02:00; phone after each.",
        "NEWS2 rises by 2, or SpO2 under target: senior on call",
    ),
    "": ("Phone once before 22:00; see that the readings come.", "No answer twice: visit"),
}


def events(code: str, places: Places, staff: Staff, now: dt.datetime) -> Iterator[Event]:
    """In the evening to the night's team, in the morning back; whoever was last holds them. On the
    first ward one waits for the lead."""
    ward, nurse = places.wards[code], staff.nurses(code)[0]
    if code == FIRST_WARD:
        nurse = staff.users["okafor"]
    night = staff.users["lindqvist"] if ward.icb.code == "QK1" else staff.lead(code)
    today = london.day_of(now)
    for back in (1, 0):
        day = today - dt.timedelta(days=back)
        evening, morning = london.to_utc(day, dt.time(19, 40)), london.to_utc(day, dt.time(8, 2))
        yield _handover(ward, night, nurse, morning)
        yield _handover(ward, nurse, night, evening, team=NIGHT_TEAM)
    yield Event(now - dt.timedelta(minutes=1), lambda: _hold_on(ward, nurse, night, now))
    if code == FIRST_WARD:
        yield Event(now, lambda: _leave_waiting(ward, staff.lead(code), now))


def _handover(ward: Ward, giver: User, taker: User, at: dt.datetime, *, team: str = "") -> Event:
    def do() -> None:
        offered = offer_handover(
            ward=ward, by=giver, to=taker, lines=_lines(ward, at), at=at - dt.timedelta(minutes=9)
        )
        phone = NIGHT_PHONE if team else "07700 900 321"
        accept_handover(handover=offered, by=taker, team=team, phone=phone, at=at)

    return Event(at, do)


def _hold_on(ward: Ward, nurse: User, night: User, now: dt.datetime) -> None:
    """Between the night's end and the morning's handover the demo may begin: no ward is left."""
    if held.by(ward, now) is None:
        by = nurse if is_staffed(weeks_of(ward, now), now) else night
        take_over(ward=ward, by=by, phone="07700 900 321", at=now - dt.timedelta(minutes=1))


def _leave_waiting(ward: Ward, lead: User, now: dt.datetime) -> None:
    """Of whoever holds the ward to its lead, not accepted yet."""
    holder = held.by(ward, now)
    if holder is None or holder.user_id in (None, lead.pk):
        return
    giver = User.objects.get(pk=holder.user_id)
    offer_handover(ward=ward, by=giver, to=lead, lines=_lines(ward, now), at=now)


def _lines(ward: Ward, at: dt.datetime) -> list[NewLine]:
    """What a nurse would write about each of whom something is expected."""
    people = prepared(ward, at=at, until=at + dt.timedelta(hours=12)).people
    return [_said(line(person)) for person in people]


def _said(one: NewLine) -> NewLine:
    if not one.expected:
        return one
    words, escalate = _WORDS.get(one.level, _WORDS[""])
    return replace(one, recommendation=words, escalate=escalate, agreed=one.level != "emergency")
