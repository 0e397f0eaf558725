"""A reading without a patient rings, is found in the tray, and goes to its patient: by keyboard,
on a phone, and without JavaScript."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from observations.actions.devices import return_device
from observations.models import Holding, Reading, UnclaimedReading
from tests.journeys.conftest import keep, serious
from tests.observations.factories import make_set, reading

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def lost(place, ward_lead):
    """Kit that came back and measures on, and kit that nobody knows."""
    now = timezone.now()
    holding = Holding.objects.open().get(device=place.hub)
    return_device(holding=holding, by=ward_lead, at=now - 20 * MINUTE)
    keep(place.key, make_set(place.hub, now - 10 * MINUTE, spo2=84))
    keep(place.key, [reading("HUB-NOBODYS", "pulse", 72, now - 5 * MINUTE)])
    return place


def tray_of(place, live_server) -> str:
    return f"{live_server.url}/wards/{place.ward.code}/tray/"


def test_from_the_alert_to_the_patient_by_keyboard_alone(
    lost, people, watched, live_server, ward_nurse
):
    page = watched(people(ward_nurse))
    page.goto(f"{live_server.url}/wards/{lost.ward.code}/alerts/")
    expect(page.get_by_text("Reading without a patient: SpO2 84")).to_be_visible()
    page.goto(tray_of(lost, live_server))
    assert serious(page) == []
    page.get_by_role("link", name=f"Decide… about {lost.hub.serial}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Whose are these readings?")).to_be_visible()
    assert serious(page) == []
    page.get_by_label("A patient’s").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("QUILL")
    page.keyboard.press("Tab")
    page.keyboard.type("She rang: she found it in the drawer")
    page.keyboard.press("Enter")
    expect(page.get_by_text("now. See whether anything rang.")).to_be_visible()
    assert Reading.objects.filter(admission_id=lost.calm.pk).count() == 14
    assert UnclaimedReading.objects.open().count() == 1


def test_on_a_phone_without_javascript_a_pile_is_dismissed(
    lost, browser: Browser, signed_in, live_server, ward_nurse
):
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    session = signed_in(ward_nurse).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(tray_of(lost, live_server))
    assert nothing_sticks_out(page)
    page.get_by_role("link", name="Decide… about HUB-NOBODYS").click()
    page.get_by_role("button", name="Decide about 1 reading of HUB-NOBODYS").click()
    expect(page.get_by_text("Say how you know.").first).to_be_visible()
    assert nothing_sticks_out(page)
    page.get_by_label("Nobody’s: dismiss them").check()
    page.get_by_label("How do you know?").fill("Tried out in the store")
    page.get_by_role("button", name="Decide about 1 reading of HUB-NOBODYS").click()
    expect(page.get_by_text("Dismissed. They are kept, and judged for nobody.")).to_be_visible()
    context.close()


def nothing_sticks_out(page: Page) -> bool:
    width = page.locator("main").bounding_box()
    return width is not None and width["x"] + width["width"] <= 390
