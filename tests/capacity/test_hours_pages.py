"""The page of a ward's hours: read by many, set by its lead."""

import datetime as dt

import pytest
from django.utils import timezone

from capacity.weeks import every_week
from lib.london import day_of

pytestmark = pytest.mark.django_db


def _typed(**more):
    days = {f"day_{day}_0_{box}": value for day in range(5) for box, value in WEEKDAY.items()}
    return {
        "starts": f"{day_of(timezone.now()):%d/%m/%Y}",
        "out_of_hours_team": "Night team",
        "out_of_hours_phone": "07700 900 555",
        **days,
        **more,
    }


WEEKDAY = {"opens": "08:00", "closes": "2000", "phone": "0116 496 0321"}


def _url(ward):
    return f"/capacity/wards/{ward.code}/hours/"


def test_the_lead_sets_weekdays_and_the_page_tells_what_is_not_staffed(signed_in, ward, ward_lead):
    client = signed_in(ward_lead)
    assert client.post(_url(ward), _typed()).status_code == 302
    text = client.get(_url(ward)).content.decode()
    assert "Mon to Fri 08:00 to 20:00" in text
    assert "from Friday 20:00 to Monday 08:00" in text
    assert "Night team: 07700 900 555" in text


def test_what_is_wrong_stands_beside_the_box_and_what_was_typed_stays(signed_in, ward, ward_lead):
    before = every_week(ward)
    client = signed_in(ward_lead)
    answer = client.post(_url(ward), _typed(day_6_0_opens="8 o’clock", day_5_0_opens="09:00"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Sunday opens: Enter a time, such as 08:00." in text
    assert "Saturday number: Enter the number to call." in text
    assert "8 o’clock" in text
    assert every_week(ward) == before


def test_a_gap_without_a_team_is_told_beside_the_team(signed_in, ward, ward_lead):
    answer = signed_in(ward_lead).post(_url(ward), _typed(out_of_hours_team=""))
    assert "Nobody is to be called from Monday 20:00 to Tuesday 08:00" in answer.content.decode()


def test_a_second_period_has_a_number_of_its_own(signed_in, ward, ward_lead):
    second = {"day_0_1_opens": "20:00", "day_0_1_closes": "24:00", "day_0_1_phone": "222"}
    signed_in(ward_lead).post(_url(ward), _typed(**second))
    late = [one for one in every_week(ward)[-1].periods if one.phone == "222"]
    assert [(one.opens, one.closes) for one in late] == [(dt.time(20), dt.time(0))]


def test_others_read_and_cannot_set(signed_in, ward, ward_nurse):
    client = signed_in(ward_nurse)
    assert "Set the hours" not in client.get(_url(ward)).content.decode()
    assert client.post(_url(ward), _typed()).status_code == 403
