"""What those who answer for the figures have said: of all of England, of an ICB, of a ward."""

from __future__ import annotations

import datetime as dt
from typing import Final

from capacity.actions.figures import refresh
from capacity.actions.history import PastSpell, record_past_spells
from capacity.actions.leave_settings import set_leave
from capacity.actions.staffed import tell_staffed
from capacity.facts import SpellFacts
from capacity.models import Bed, IntegratedCareBoard, Stay, Ward
from capacity.presence import count_of
from lib import london
from patients.actions.people import change_patient
from patients.models import Admission
from patients.pseudonym import person_key
from rounds.demo.cases import Case
from rounds.demo.places import Places
from rounds.demo.staff import Staff

# Of the last 90 days, which charts show, some were told otherwise.
LEFT_OUT_SINCE: Final = dt.timedelta(days=200)
COUNTED_SINCE: Final = dt.timedelta(days=45)
# Where a stay was entered late.
LATE_WARDS: Final = ("RWE-heart-failure", "RP1-heart-failure")
# Where whose resident somebody is was put right.
MISTAKEN: Final = ("RT5-soar-valley", "RP1-heart-failure")
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


def put_board_right(places: Places, staff: Staff, *, now: dt.datetime) -> None:
    """Who came first to each of two wards was taken for a neighbour's resident for some hours."""
    for code in MISTAKEN:
        here = Admission.objects.current().filter(ward__code=code).select_related("patient")
        if (first := here.order_by("admitted_at").first()) is not None:
            own = places.wards[code].icb
            taken_for = IntegratedCareBoard.objects.get(code=NEIGHBOURS[own.code])
            for board, hours in ((taken_for, 9), (own, 2)):
                at = now - dt.timedelta(hours=hours)
                change_patient(patient=first.patient, home_icb=board, by=staff.lead(code), at=at)


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


def enter_late(places: Places, *, now: dt.datetime) -> None:
    """A stay of three nights that nobody had entered: its days are corrected, and say so."""
    left = london.count_instant(london.day_of(now)) - dt.timedelta(days=5) + dt.timedelta(hours=3)
    came = left - dt.timedelta(days=3)
    for code in LATE_WARDS:
        if code in places.wards and (bed := _empty(places.wards[code], came, left)):
            facts = SpellFacts(
                person_key=person_key(f"late-{code}"),
                age_on_admission=71,
                sex="female",
                source="gp",
                home_icb_id=places.wards[code].icb_id,
            )
            stay = PastSpell(
                bed=bed,
                facts=facts,
                pathway="heart-failure",
                route="step_up",
                admitted_at=came,
                discharged_at=left,
                destination="home",
            )
            record_past_spells(ward=places.wards[code], spells=[stay], by=None, at=now)
    refresh(days=[], at=now)


def _empty(ward: Ward, since: dt.datetime, until: dt.datetime) -> Bed | None:
    """A bed in which nobody lay all that time."""
    lay = Stay.objects.filter(ward=ward, starts__lt=until).exclude(ends__lte=since)
    beds = Bed.objects.open_at(since).commissioned().filter(ward=ward)
    return beds.exclude(pk__in=lay.filter(bed__isnull=False).values("bed")).first()
