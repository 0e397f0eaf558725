"""What those who answer for the figures have said: of all of England, of an ICB, of a ward."""

from __future__ import annotations

import datetime as dt
from typing import Final

from capacity.actions.leave_settings import set_leave
from capacity.actions.staffed import tell_staffed
from capacity.models import IntegratedCareBoard
from capacity.presence import count_of
from lib import london
from rounds.demo.cases import Case
from rounds.demo.places import Places
from rounds.demo.staff import Staff

# Of the last 90 days, which charts show, some were told otherwise.
LEFT_OUT_SINCE: Final = dt.timedelta(days=200)
COUNTED_SINCE: Final = dt.timedelta(days=45)
# Whose residents come to a board's wards beside its own.
NEIGHBOURS: Final = {"QK1": "QPM", "QPM": "QK1", "QH8": "QMF"}


def say_who_counts(*, now: dt.datetime) -> None:
    """People on leave were left out of occupancy for a while, and count again since."""
    today = london.day_of(now)
    for since, counted, reason in (
        (LEFT_OUT_SINCE, False, "Agreed by the ICBs’ heads of information"),
        (COUNTED_SINCE, True, "As NHS England’s SitRep counts: everybody on the ward’s list"),
    ):
        starts = today - since
        at = london.count_instant(starts)
        set_leave(starts=starts, counted=counted, reason=reason, by=None, at=at)


def board_of(case: Case) -> IntegratedCareBoard | None:
    """Of the GP practice: one in 25 comes from a neighbour's, and of one in 20 nobody has said."""
    drawn = int(case.person.nhs_number[-5:-1]) % 100
    if drawn < 5:
        return None
    own = case.ward.icb
    code = NEIGHBOURS[own] if drawn < 9 else own
    return IntegratedCareBoard.objects.get(code=code)


def tell_staffing(places: Places, staff: Staff, *, now: dt.datetime) -> None:
    """Nearly every ward has told; some are short of staff, and one was for a while."""
    today = london.day_of(now)
    for number, (code, ward) in enumerate(sorted(places.wards.items())):
        if number % 7 == 4:
            continue
        beds = count_of(ward, now).beds
        told = [(120, beds - 4), (30, beds - 2 if number % 3 == 0 else beds)]
        for days, staffed in told:
            starts = today - dt.timedelta(days=days)
            at = london.count_instant(starts)
            lead = staff.lead(code)
            tell_staffed(ward=ward, number=staffed, starts=starts, by=lead, at=at)
