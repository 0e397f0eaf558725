"""The sums that the database makes are those of the visits, leg by leg, whatever happened."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capacity.actions.beds import reallocate_bed
from capacity.actions.delays import note_delay
from capacity.actions.leaves import start_leave
from capacity.actions.referrals import decide_referral, record_referral
from capacity.actions.stays import end_spell, move_stay
from capacity.models import Bed, Delay, Leave, Spell, Stay, Ward
from capacity.refusals import BedRefused
from capacity.reports import flows
from capacity.reports.movements import tallies, treated
from capacity.reports.places import of_icb, of_provider, of_ward
from capacity.reports.series import WHOLE, months, series, weeks
from capacity.reports.stayed import stays
from lib import london
from lib.ids import uuid7
from tests.capacity.factories import make_beds, make_icb, make_provider, make_stay, make_ward

DAY = dt.date(2026, 3, 30)  # the clocks went forward the day before
EIGHT = london.count_instant(DAY)
SINCE = london.count_instant(DAY - dt.timedelta(days=28))
LATER = EIGHT + dt.timedelta(days=60)


def days(number):
    return dt.timedelta(days=number)


def tally(place, since=SINCE, until=EIGHT, now=LATER):
    return tallies(place, [(since, until)], now=now)[0]


def end(stay, destination="home", *, at):
    return end_spell(spell=stay.spell, destination=destination, by=None, at=at)


def test_admissions_are_told_by_route_source_pathway_and_residence(ward, beds):
    make_stay(ward, beds[0], at=EIGHT - days(5), residence="care_home", ethnicity_group="Asian")
    make_stay(ward, beds[1], at=EIGHT - days(4), route="step_down", source="acute_ward")
    make_stay(ward, beds[2], at=EIGHT - days(40), pathway="copd")  # before
    found = tally(of_icb(ward.icb))
    assert found.number("admitted") == found.into == 2
    assert found.by("admitted", "route") == {"step_up": 1, "step_down": 1}
    assert found.by("admitted", "source") == {"gp": 1, "acute_ward": 1}
    assert found.by("admitted", "residence") == {"care_home": 1, "own_home": 1}
    assert found.by("admitted", "pathway") == {"frailty": 2}
    assert found.by("admitted", "age and sex") == {"4 female": 2}  # 81: the band from 75
    assert found.by("admitted", "home") == {"": 2}
    assert (found.there("since"), found.there("until")) == (1, 3)


def test_a_transfer_is_no_discharge_and_no_admission(ward, beds):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    [there] = make_beds(elsewhere)
    stay = make_stay(ward, beds[0], at=EIGHT - days(10))
    move_stay(
        spell=stay.spell,
        ward=elsewhere,
        bed=there,
        reason=Stay.EndReason.TRANSFERRED,
        by=None,
        at=EIGHT - days(3),
    )
    end(stay, at=EIGHT - days(1))
    one, other, icb = tally(of_ward(ward)), tally(of_ward(elsewhere)), tally(of_icb(ward.icb))
    told = [
        (found.number("admitted"), found.number("moved_in"), found.number("moved_out"))
        for found in (one, other, icb)
    ]
    assert told == [(1, 0, 1), (0, 1, 0), (1, 0, 0)]
    assert [found.number("discharged") for found in (one, other, icb)] == [0, 1, 1]
    assert [found.number("moved_within") for found in (one, other, icb)] == [0, 0, 1]


def test_the_wards_part_and_the_whole_spell_are_told_apart(ward, beds):
    elsewhere = make_ward("RT5-elsewhere", name="Elsewhere")
    [there] = make_beds(elsewhere)
    stay = make_stay(ward, beds[0], at=EIGHT - days(10))
    move_stay(
        spell=stay.spell,
        ward=elsewhere,
        bed=there,
        reason=Stay.EndReason.TRANSFERRED,
        by=None,
        at=EIGHT - days(3),
    )
    found = {
        (one.part, one.lasted.nights, one.lasted.ended)
        for one in stays(of_ward(ward), SINCE, EIGHT, now=EIGHT)
    }
    assert found == {("here", 7, True), ("whole", 10, False), ("ended", 7, True)}


@pytest.mark.parametrize(
    ("back_after", "now_after", "told"),
    [
        (10, 60, {"yes": 1}),
        (
            10,
            20,
            {"back already": 1},
        ),  # one who came back early makes no share of those who did not
        (31, 60, {"no": 1}),
        (10, 5, {"not yet known": 1}),  # asked before the return: 30 days are not over
    ],
)
def test_a_person_who_comes_back_within_30_days_is_known_by_the_key(
    back_after, now_after, told, ward, beds
):
    key = "a" * 64
    left = EIGHT - days(2)
    end(make_stay(ward, beds[0], at=EIGHT - days(9), person_key=key), at=left)
    make_stay(ward, beds[1], at=left + days(back_after), person_key=key)
    found = tally(of_icb(ward.icb), now=left + days(now_after))
    assert found.by("discharged", "readmitted") == told


def test_those_who_died_cannot_come_back(ward, beds):
    end(make_stay(ward, beds[0], at=EIGHT - days(9)), "died", at=EIGHT - days(2))
    found = tally(of_icb(ward.icb))
    assert found.by("discharged", "readmitted") == {"not asked": 1}
    assert found.by("discharged", "destination") == {"died": 1}


def test_an_admission_in_error_is_counted_nowhere(ward, beds):
    end(make_stay(ward, beds[0], at=EIGHT - days(9)), "entered_in_error", at=EIGHT - days(2))
    found = tally(of_icb(ward.icb))
    assert (found.into, found.out, found.there("since")) == (0, 0, 0)
    assert treated(of_icb(ward.icb), SINCE, EIGHT) == 0


def test_waits_are_hours_from_referral_to_admission(ward, beds):
    for bed, hours in zip(beds, (2, 4, 12), strict=True):
        at = EIGHT - days(3)
        make_stay(ward, bed, at=at, referred_at=at - dt.timedelta(hours=hours))
    found = tally(of_icb(ward.icb))
    assert (found.median_wait, found.long_wait) == (4, pytest.approx(10.4))


def test_referrals_are_told_by_what_became_of_them(ward):
    for outcome, reason in (("accepted", ""), ("declined", "no_bed"), ("declined", "no_bed")):
        key = uuid7()
        record_referral(
            referral_id=key,
            ward=ward,
            pathway="copd",
            route="step_up",
            source="gp",
            by=None,
            at=EIGHT - days(3),
        )
        decide_referral(
            referral_id=key, outcome=outcome, decline_reason=reason, by=None, at=EIGHT - days(2)
        )
    found = tally(of_icb(ward.icb))
    assert found.by("referred", "outcome") == {"accepted": 1, "declined": 2}
    assert found.by("referred", "reason") == {"no_bed": 2}
    assert found.number("referred") == 3


def test_delays_are_nights_in_the_time_by_cause(ward, beds):
    stay = make_stay(ward, beds[0], at=SINCE - days(9))
    note_delay(spell=stay.spell, since=SINCE - days(2), cause="housing", by=None, at=SINCE)
    note_delay(spell=stay.spell, since=SINCE - days(2), cause="kit", by=None, at=SINCE + days(3))
    end(stay, at=SINCE + days(5))
    found = tally(of_icb(ward.icb))
    assert found.by("delayed", "nights") == {"housing": 3, "kit": 2}
    assert found.by("delayed", "people") == {"housing": 1, "kit": 1}
    assert found.by("delayed", "all") == {"": 1}


def test_who_went_to_hospital_on_leave_returned_there_too(ward, beds):
    stay = make_stay(ward, beds[0], at=SINCE - days(9))
    back = EIGHT + days(1)
    start_leave(
        spell=stay.spell,
        kind="hospital",
        expected_back=back,
        bed_held=True,
        by=None,
        at=EIGHT - days(1),
    )
    assert tally(of_icb(ward.icb)).number("on_leave") == 1


def test_people_treated_are_counted_once(ward, beds):
    key = "b" * 64
    end(make_stay(ward, beds[0], at=EIGHT - days(20), person_key=key), at=EIGHT - days(15))
    make_stay(ward, beds[0], at=EIGHT - days(5), person_key=key)
    make_stay(ward, beds[1], at=EIGHT - days(5))
    assert treated(of_icb(ward.icb), SINCE, EIGHT) == 2


def test_a_bed_of_another_icb_counts_there(ward, beds):
    uhl = make_provider("RWE", name="University Hospitals of Leicester NHS Trust", kind="acute")
    northants = make_icb("QPM", name="NHS Northamptonshire Integrated Care Board")
    reallocate_bed(bed=beds[0], provider=uhl, icb=northants, starts=DAY - days(30), by=None)
    make_stay(ward, beds[0], at=EIGHT - days(5))
    into = [
        tally(place).into
        for place in (of_icb(northants), of_provider(uhl, Ward.objects.all()), of_ward(ward))
    ]
    assert into == [1, 1, 1]
    assert (
        tally(of_icb(ward.icb)).into
        == tally(of_provider(ward.lead_provider, Ward.objects.all())).into
        == 0
    )


def test_two_times_are_counted_side_by_side(ward, beds):
    before = (SINCE - days(28), SINCE)
    make_stay(ward, beds[0], at=SINCE - days(3))
    make_stay(ward, beds[1], at=SINCE + days(3))
    make_stay(ward, beds[2], at=SINCE)  # counted at 08:00 itself: of the earlier time
    now, then = tallies(of_icb(ward.icb), [(SINCE, EIGHT), before], now=LATER)
    assert (now.into, then.into) == (1, 2)
    assert now.there("since") == then.there("until") == 2


def test_weeks_and_months_follow_the_clock_of_london():
    assert weeks(DAY, 1) == [(london.count_instant(dt.date(2026, 3, 23)), EIGHT)]
    [(since, until)] = months(dt.date(2026, 4, 7), 1)
    assert (since.hour, until.hour) == (8, 7)  # March began in winter time


MOVES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(1, 60 * 24),
        st.integers(1, 20 * 24),
        st.sampled_from(["stays", "home", "hospital", "move", "move home", "entered_in_error"]),
        st.sampled_from(["frailty", "copd"]),
    ),
    max_size=10,
)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=20, deadline=None)
@given(moves=MOVES)
def test_the_databases_sums_are_those_of_the_dashboard(moves):
    """Each place's in and out, what was there before and after, its weeks and its lengths."""
    ward, other = make_ward(), make_ward("RT5-elsewhere", name="Elsewhere")
    beds = list(Bed.objects.order_by("pk")) or [*make_beds(ward, 3), *make_beds(other, 2)]
    for table in (Delay, Leave, Stay, Spell):
        table.objects.all().delete()
    for bed, came, stayed, then, pathway in moves:
        _try(beds, bed, EIGHT - dt.timedelta(hours=came), stayed, then, pathway)
    for place, there in (
        (of_icb(ward.icb), flows.icb_stays(ward.icb, DAY)),
        (of_provider(ward.lead_provider, Ward.objects.all()), flows.icb_stays(ward.icb, DAY)),
        (of_ward(ward), flows.ward_stays(ward, DAY)),
        (of_ward(other), flows.ward_stays(other, DAY)),
    ):
        _agree(place, flows.visits(there, flows.of_all))


def _agree(place, visits):
    found, shown = tally(place), flows.flow(visits)
    assert (found.into, found.out) == (shown.into, shown.out)
    assert found.by("discharged", "destination")["home"] == shown.home
    assert found.by("discharged", "destination")["hospital"] == shown.hospital
    assert found.there("since") + found.into - found.out == found.there("until")
    assert sum(found.by("admitted", "pathway").values()) == found.number("admitted")
    by_week = [sum(v or 0 for v in _of(place, name).values) for name in ("admitted", "discharged")]
    assert by_week == [found.number("admitted"), found.number("discharged")]
    ended = [one for one in stays(place, SINCE, EIGHT, now=LATER) if one.part == "ended"]
    nights = sorted(n for one in ended for n in [one.lasted.nights] * one.lasted.count)
    assert nights == flows.lengths(visits)


def _of(place, measure):
    return series(place, measure, weeks(DAY, 4))[WHOLE]


def _try(beds, number, at, hours, then, pathway):
    bed, after = beds[number], at + dt.timedelta(hours=hours)
    try:
        stay = make_stay(bed.ward, bed, at=at, pathway=pathway)
        if then.startswith("move"):
            where = beds[(number + 2) % len(beds)]
            reason = Stay.EndReason.TRANSFERRED
            move_stay(
                spell=stay.spell, ward=where.ward, bed=where, reason=reason, by=None, at=after
            )
            after += dt.timedelta(hours=hours)
        if then not in {"stays", "move"}:
            end(stay, then.removeprefix("move "), at=after)
    except BedRefused:
        return
