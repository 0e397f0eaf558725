"""A day out of the demo's wards: doses, bloods and visits, some shared out and some nobody's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

from accounts.models import User
from capacity.models import Ward
from rounds.actions.tasks import add_course
from rounds.actions.video import set_video_link
from rounds.demo.clock import Event
from rounds.demo.kit import Worn
from rounds.demo.places import Places
from rounds.demo.staff import FIRST_WARD, Staff

# Some time ago, by whoever was on.
_MADE: Final = dt.timedelta(minutes=100)
_SHARE: Final = 0.3
_LATER: Final = (
    ("visit", "Home visit"),
    ("bloods", "Bloods: kidneys, salts"),
    ("visit", "Home visit: skin and fluids"),
)


class Out(NamedTuple):
    """`due` in minutes from now; `who` is a username, empty where nobody has taken it yet."""

    kind: str
    text: str
    due: int
    who: str = ""
    doses: int = 1


# By NHS number; the couple of Test Lane is seen by one nurse on one drive.
_TOLD: Final = {
    "9990000492": (Out("visit", "Home visit: falls, pressure areas", 130, "okafor"),),
    "9990000883": (
        Out("bloods", "Bloods: kidneys, CRP", 140, "okafor"),
        Out("visit", "Catheter check", 140, "okafor"),
    ),
    "9990001014": (Out("iv_dose", "Ceftriaxone 2 g", 95, "mensah", 7),),
    "9990002576": (Out("iv_dose", "Teicoplanin 600 mg", 180, "mensah", 4),),
    "9990002967": (Out("iv_dose", "Ertapenem 1 g", 210, "", 12),),
    "9990001405": (Out("kit", "Change the oximeter", 160, "rahman"),),
    "9990002053": (Out("video", "Video call with the consultant", 75, "ilic"),),
    "9990002185": (Out("medicines", "Medicines review with the pharmacist", 240),),
    "9990002312": (Out("result", "Chase potassium", 50, "okafor"),),
    "9990001537": (Out("visit", "Home visit: inhaler technique", 200),),
}


def events(worn: list[Worn], places: Places, staff: Staff, now: dt.datetime) -> Iterator[Event]:
    for code in sorted({one.case.ward.code for one in worn}):
        yield _video(places.wards[code], staff.lead(code), now)
    for one in worn:
        if one.case.ward.code == FIRST_WARD:
            yield from _told(one, staff, now)
        else:
            yield from _drawn(one, staff, now)


def _told(one: Worn, staff: Staff, now: dt.datetime) -> Iterator[Event]:
    for out in _TOLD.get(one.case.person.nhs_number, ()):
        who = staff.users[out.who] if out.who else None
        yield _set(one, out, who, staff.users["okafor"], now)


def _drawn(one: Worn, staff: Staff, now: dt.datetime) -> Iterator[Event]:
    """Whoever lives in a care home is seen there, so that two stand together."""
    chance = one.case.chance(0, "visiting")
    if one.case.on_leave or not (one.case.home or chance.random() < _SHARE):
        return
    nurses = staff.nurses(one.case.ward.code)
    kind, text = _LATER[0] if one.case.home else chance.choice(_LATER)
    out = Out(kind, text, 60 + 15 * chance.randint(0, 16))
    yield _set(one, out, chance.choice([*nurses, None]), nurses[0], now)


def _set(one: Worn, out: Out, who: User | None, by: User, now: dt.datetime) -> Event:
    at = max(now - _MADE, one.case.admitted_at + dt.timedelta(minutes=1))

    def do() -> None:
        add_course(
            admission=one.admission,
            kind=out.kind,
            text=out.text,
            due_at=now + dt.timedelta(minutes=out.due),
            doses=out.doses,
            every_hours=24 if out.doses > 1 else None,
            assigned_to=who,
            by=by,
            at=at,
        )

    return Event(at, do)


def _video(ward: Ward, lead: User, now: dt.datetime) -> Event:
    at = now - _MADE
    url = f"https://video.example.nhs.uk/{ward.code.lower()}"
    return Event(at, lambda: set_video_link(ward=ward, url=url, by=lead, at=at))
