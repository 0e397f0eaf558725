"""Which pathway holds a place back: the arithmetic, the rows that it counts, and the sentence."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from capacity.actions.delays import note_delay
from capacity.actions.referrals import decide_referral, record_referral
from capacity.actions.stays import end_spell
from capacity.holding_back import Held, ranked
from capacity.models import ReferralFact
from capacity.reports import holding_back, places, series
from lib import london
from lib.ids import uuid7
from patients.models import Referral
from tests.capacity.factories import make_beds, make_stay
from tests.capacity.tables import table

DAY = dt.timedelta(days=1)


def counted():
    """The instant of the last 08:00 count."""
    now = timezone.now()
    today = london.count_instant(london.day_of(now))
    return today if today <= now else today - DAY


END = counted()


def test_a_night_waited_and_a_night_not_given_weigh_the_same():
    waits, refuses = Held("copd", waited=20), Held("frailty", turned_away=3, stay=7)
    assert [one.pathway for one in ranked([waits, refuses])] == ["frailty", "copd"]
    assert (refuses.lost, waits.lost) == (21, 20)


def test_a_pathway_that_costs_nothing_holds_nobody_back():
    assert ranked([Held("copd", stay=7)]) == []


def test_one_turned_away_counts_also_where_no_stay_has_ended():
    assert ranked([Held("copd", turned_away=1)]) == [Held("copd", turned_away=1)]


@pytest.mark.parametrize(("waited", "away", "ground"), [(21, 3, "waited"), (20, 3, "turned_away")])
def test_it_rests_on_the_greater_part(waited, away, ground):
    assert Held("copd", waited=waited, turned_away=away, stay=7).ground == ground


def wait(ward, bed, *, weeks_ago, nights, pathway="frailty", cause="social_care"):
    """Admitted for three nights, ready then, and gone after so many nights more."""
    left = END - weeks_ago * 7 * DAY - dt.timedelta(hours=1)
    ready = left - nights * DAY
    stay = make_stay(ward, bed, at=ready - 3 * DAY, pathway=pathway)
    note_delay(spell=stay.spell, since=ready, cause=cause, by=None, at=ready)
    end_spell(spell=stay.spell, destination="home", by=None, at=left)


def turn_away(ward, *, days_ago, pathway="copd", reason="no_bed"):
    pk, at = uuid7(), END - days_ago * DAY
    record_referral(
        referral_id=pk, ward=ward, pathway=pathway, route="step_up", source="gp", by=None, at=at
    )
    decide_referral(
        referral_id=pk, outcome="declined", decline_reason=reason, by=None, at=at + DAY / 24
    )


@pytest.fixture
def held_up(ward):
    """Since ten weeks four nights a week more of frailty; some COPD now and then."""
    beds = iter(make_beds(ward, 70))
    for week in range(30):
        wait(ward, next(beds), weeks_ago=week, nights=5 if week < 10 else 1)
    for week in (1, 3, 20):
        wait(ward, next(beds), weeks_ago=week, nights=2, pathway="copd", cause="kit")
    return ward


def page(client, query="", kind="icbs", code="QK1"):
    return client.get(reverse("capacity:hindrance-list", args=[kind, code]) + query)


def test_the_sentence_names_the_pathway_its_ground_and_since_when(held_up, icb_manager, signed_in):
    told = page(signed_in(icb_manager)).context["shown"].sentence
    since = london.plain_day(london.day_of(END - 70 * DAY))
    assert told.startswith("<strong>Frailty</strong> holds QK1 back most: in the 91 days up to")
    assert "people ready to leave stayed on for 53 nights, 93.0% of all such" in told
    assert "most for social care, as if 0.6 beds had been lost all that time." in told
    assert f"It is so since {since}: 10 weeks above the mean of" in told


def test_what_has_always_been_so_is_called_no_new_thing(ward, icb_manager, signed_in):
    beds = iter(make_beds(ward, 30))
    for week in range(30):
        wait(ward, next(beds), weeks_ago=week, nights=2 + week % 2)
    told = page(signed_in(icb_manager)).context["shown"].sentence
    assert "It is no new thing: since" in told


def test_those_turned_away_for_want_of_a_bed_count_and_no_others(held_up, icb_manager, signed_in):
    for days in range(1, 25):
        turn_away(held_up, days_ago=days)
        turn_away(held_up, days_ago=days, pathway="frailty", reason="not_acute")
    response = page(signed_in(icb_manager))
    told = response.context["shown"].sentence
    assert "<strong>COPD</strong> holds QK1 back most" in told
    assert (
        "24 referrals were declined for want of a bed, and people ready to leave stayed on" in told
    )
    row = table(response.content.decode(), "Which pathway").row("COPD")
    assert row == ["COPD", "124", "1.4", "2", "4", "Kit", "24", "5"]


def test_nobody_held_up_is_told_and_nothing_is_ranked(ward, beds, icb_manager, signed_in):
    make_stay(ward, beds[0], at=END - 9 * DAY)
    response = page(signed_in(icb_manager))
    assert "No pathway holds QK1 back" in response.context["shown"].sentence
    assert "Nothing to rank" in response.content.decode()


def test_its_nights_are_those_of_the_control_chart(held_up):
    place = places.of_icb(held_up.icb)
    until = london.day_of(END)
    time = (END - 91 * DAY, END)
    [found] = holding_back.held_back(place, [time], now=timezone.now())
    weeks = series.series(place, "delayed", series.weeks(until, 13))
    assert {one.pathway: one.waited for one in found} == {
        pathway: sum(value or 0 for value in weeks[pathway].values)
        for pathway in ("copd", "frailty")
    }


def test_those_turned_away_are_those_of_the_control_chart(held_up):
    for days in (2, 40, 120):
        turn_away(held_up, days_ago=days)
    place = places.of_icb(held_up.icb)
    [found] = holding_back.held_back(place, [(END - 91 * DAY, END)], now=timezone.now())
    weeks = series.series(place, "turned_away", series.weeks(london.day_of(END), 13))
    assert sum(value or 0 for value in weeks["copd"].values) == 2
    assert {one.pathway: one.turned_away for one in found} == {"copd": 2, "frailty": 0}


def test_the_time_compared_is_told_beside_it(held_up, icb_manager, signed_in):
    rows = page(signed_in(icb_manager)).context["shown"].table.rows
    assert {row[0]: (row[1], row[3]) for row in rows} == {
        "Frailty": ("53", "13"),
        "COPD": ("4", "2"),
    }


def test_the_page_asks_a_fixed_number_of_questions(
    held_up, icb_manager, signed_in, django_assert_max_num_queries
):
    client = signed_in(icb_manager)
    page(client)
    with django_assert_max_num_queries(12):
        page(client)


def test_the_reason_that_is_about_capacity_is_the_referrals_own():
    assert ReferralFact.NO_BED == Referral.DeclineReason.NO_BED
