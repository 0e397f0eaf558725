"""A nurse's day out: at a door with one thumb, without JavaScript, by keyboard, and on paper."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from lib import london
from patients.models import Admission, Patient
from rounds.actions.tasks import add_course
from rounds.actions.video import set_video_link
from rounds.models import Task
from tests.journeys.conftest import Browse, Place, serious
from tests.patients.factories import make_admission, make_clinician, make_patient

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
LONG = "Featherstonehaugh-Cholmondeley-Wriothesley-Marjoribanks-Beauchamp-Mainwaring-Xy"
HOME: dict[str, Any] = {"address": "49 Test Lane, Loughborough", "postcode": "LE12 7ZZ"}


def set_task(admission: Admission, by: User, text: str, **more: object) -> Task:
    """Due at the end of today in London, whatever the hour is now."""
    end = london.day_bounds(london.day_of(timezone.now()))[1]
    given = {"kind": "visit", "due_at": end - MINUTE, "by": by} | more
    return add_course(admission=admission, text=text, **given)[0]  # type: ignore[arg-type]  # by name


@pytest.fixture
def day(place: Place, ward_nurse: User, ward_doctor: User) -> Task:
    """A couple, a name of eighty letters, and forty others; returns the nurse's own first."""
    lead, now = make_clinician(place.ward), timezone.now()
    set_video_link(ward=place.ward, url="https://video.example.nhs.uk/soar", by=lead)
    Patient.objects.filter(pk__in=[place.calm.patient_id, place.other.patient_id]).update(
        phone="07700 900 107", **HOME
    )
    mine = set_task(place.calm, lead, "Catheter check", assigned_to=ward_nurse)
    set_task(
        place.other,
        lead,
        "Ceftriaxone 2 g",
        kind="iv_dose",
        doses=3,
        every_hours=24,
        assigned_to=ward_nurse,
        due_at=now - HOUR / 2,
    )
    long = make_patient(family_name=LONG, language="Polish", **HOME)
    tall = make_admission(
        ward=place.ward, patient=long, over_capacity="ED is full", at=now - 5 * HOUR
    )
    set_task(tall, lead, "Bloods: kidneys, salts", kind="bloods")
    set_task(tall, lead, "Consultant by video", kind="video", assigned_to=ward_doctor)
    return mine


def open_day(page: Page, base: str, place: Place, query: str = "") -> None:
    page.goto(f"{base}{reverse('rounds:ward-visits', args=[place.ward.code])}{query}")


def wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (390, "light"), (1440, "light")])
def test_the_day_reads_well_and_fits(
    day, place, people: Browse, watched, ward_nurse, live_server, width, theme
):
    page = watched(people(ward_nurse))
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=theme)
    open_day(page, live_server.url, place)
    assert wide(page) <= width
    assert serious(page) == []
    page.get_by_text("Outcome").first.click()
    assert wide(page) <= width
    assert serious(page) == []


def test_two_taps_at_the_door_and_one_to_put_it_back(
    day, place, people: Browse, watched, ward_nurse, live_server
):
    page = watched(people(ward_nurse))
    page.set_viewport_size({"width": 390, "height": 844})
    open_day(page, live_server.url, place, "?who=me")
    task = page.locator("li", has_text="Catheter check").last
    assert task.locator("xpath=ancestor::div[1]").get_by_role("link", name="Call 07700").count()
    task.get_by_text("Outcome").click()
    task.get_by_role("button", name="Nobody home").click()
    expect(page.get_by_text("nobody home").first).to_be_visible()
    assert Task.objects.get(pk=day.pk).ending == "nobody_home"
    page.get_by_role("button", name="Put back").click()
    assert Task.objects.get(pk=day.pk).done_at is None


def test_without_a_script_the_day_is_shared_out_and_done(
    day, place, browser: Browser, signed_in, ward_nurse, ward_doctor, live_server
):
    context = browser.new_context(java_script_enabled=False)
    session = signed_in(ward_nurse).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    open_day(page, live_server.url, place)
    page.get_by_label("Choose Bloods: kidneys").check()
    page.get_by_label("What is ticked is for").select_option(str(ward_doctor.pk))
    page.get_by_role("button", name="Share out").click()
    assert Task.objects.get(kind="bloods").assigned_to == ward_doctor
    row = page.locator("li", has_text="Bloods: kidneys").last
    row.get_by_text("Outcome").click()
    row.get_by_role("button", name="Done").click()
    assert Task.objects.filter(kind="result").exists()
    context.close()


def test_by_keyboard_a_task_is_ended(day, place, people: Browse, ward_nurse, live_server):
    page = people(ward_nurse)
    open_day(page, live_server.url, place, "?who=me")
    page.locator("summary", has_text="Catheter check").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ended on this day: 1")).to_be_visible()
    assert Task.objects.get(pk=day.pk).ending == "done"


def test_on_paper_there_is_nothing_to_press(day, place, people: Browse, ward_nurse, live_server):
    page = people(ward_nurse)
    open_day(page, live_server.url, place)
    page.emulate_media(media="print")
    expect(page.get_by_text("Key-safe codes are never printed")).to_be_visible()
    expect(page.get_by_text("49 Test Lane").first).to_be_visible()
    for name in ("Outcome", "Share out", "Enter readings", "Put back"):
        assert not any(found.is_visible() for found in page.get_by_text(name).all())


def test_a_day_without_work_says_so(place, people: Browse, watched, ward_nurse, live_server):
    page = watched(people(ward_nurse))
    open_day(page, live_server.url, place)
    expect(page.get_by_text("Nothing to do")).to_be_visible()
    assert serious(page) == []
