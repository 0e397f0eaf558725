"""An ICB's manager asks: are we at 40, how full, which pathway holds us back, since when?"""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from capacity.actions.delays import note_delay
from capacity.actions.figures import refresh
from capacity.actions.stays import end_spell
from lib import london
from tests.capacity.factories import make_beds, make_stay
from tests.journeys.conftest import Browse, Place
from tests.journeys.keyboard import check, to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)


@pytest.fixture
def held_up(place: Place) -> dt.date:
    """Heart failure waits for medicines, six nights a week since nine weeks ago."""
    today = london.count_instant(london.day_of(timezone.now()))
    end = today if today <= timezone.now() else today - DAY
    for week, bed in enumerate(make_beds(place.ward, 26)):
        left = end - 7 * week * DAY - dt.timedelta(hours=1)
        ready = left - (6 if week < 9 else 1) * DAY
        stay = make_stay(place.ward, bed, at=ready - 4 * DAY, pathway="heart-failure")
        note_delay(spell=stay.spell, since=ready, cause="medicines", by=None, at=ready)
        end_spell(spell=stay.spell, destination="home", by=None, at=left)
    refresh(days=[london.day_of(end - n * DAY) for n in range(28)])
    return london.day_of(end - 63 * DAY)


@pytest.fixture
def page(held_up, people: Browse, watched, icb_manager: User) -> Page:
    window: Page = watched(people(icb_manager))
    return window


def follow(page: Page, name: str) -> None:
    """One click, by keyboard."""
    to(page, page.get_by_role("link", name=name).first)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_four_answers_stand_in_words_within_three_clicks(
    held_up: dt.date, page: Page, live_server, width: int
):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/")
    check(page, "QK1 has 31 beds")
    answer = page.locator("h1")
    expect(answer).to_contain_text("3.1 per 100,000 aged 16 and over; 40 needs 366 more")
    expect(answer).to_contain_text("Now 2 patients: 6.5%, under the 80% wanted")

    follow(page, "Which pathway holds us back, and since when?")
    check(page, "Heart failure holds QK1 back most")
    expect(answer).to_contain_text("people ready to leave stayed on for")
    expect(answer).to_contain_text("most for medicines")
    expect(answer).to_contain_text(f"It is so since {london.plain_day(held_up)}: 9 weeks above")

    follow(page, "Is it changing? This chart, its rules, and each other pathway’s")
    check(page, "Nights of people ready to leave, heart failure: From")
    expect(answer).to_contain_text(f"From {london.plain_day(held_up)} higher than usual")
    row = page.get_by_role("row", name="Heart failure, above")
    expect(row).to_contain_text(f"From {london.plain_day(held_up)} higher than usual")

    follow(page, "Flows")
    check(page, "QK1 admitted")
    expect(answer).to_contain_text("most for medicines")
