"""At one patient in a real browser: the page follows, a phoned set is told, leaving is answered."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from rounds.actions.tasks import add_task
from tests.journeys.conftest import keep, serious
from tests.observations.factories import make_set

pytestmark = pytest.mark.browser

SOON = 12_000


def _address(live_server, name, subject):
    return live_server.url + reverse(f"rounds:{name}", args=[subject.pk])


def test_the_page_follows_a_reading_without_being_loaded_again(
    place, people, watched, ward_nurse, live_server
):
    page = watched(people(ward_nurse))
    page.goto(_address(live_server, "patient-detail", place.calm))
    page.evaluate("window.stillTheSame = true")
    expect(page.locator(".tiles")).to_contain_text("72/min")
    keep(place.key, make_set(place.hub, timezone.now(), pulse=131, respiratory_rate=25))
    expect(page.locator(".tiles")).to_contain_text("131/min", timeout=SOON)
    expect(page.locator("#patient-alert")).to_contain_text("Nobody owns this")
    expect(page.locator("#patient-banner")).to_have_count(1)
    assert page.evaluate("window.stillTheSame")


def test_an_alert_is_owned_from_the_page(place, people, watched, ward_nurse, live_server):
    keep(place.key, make_set(place.hub, timezone.now(), pulse=131, respiratory_rate=25))
    page = watched(people(ward_nurse))
    page.goto(_address(live_server, "patient-detail", place.calm))
    page.keyboard.press("a")
    expect(page.locator("#patient-alert")).to_contain_text("A. Okafor owns this")
    assert page.url == _address(live_server, "patient-detail", place.calm)


def test_a_phoned_set_is_typed_in_one_tab_order(place, people, watched, ward_nurse, live_server):
    page = watched(people(ward_nurse))
    page.goto(_address(live_server, "patient-detail", place.other))
    page.locator('[data-key="p"]').first.click()
    page.get_by_label("Breathing rate").focus()
    for value in ("16", "97", "air", "124", "78", "72", "A", "36.8", "her son"):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Store the readings").click()
    expect(page.locator(".tiles")).to_contain_text("124/78")
    expect(page.locator(".tiles")).to_contain_text("Low")


def test_leaving_is_answered_without_javascript(
    place, browser, browser_context_args, signed_in, ward_nurse, live_server
):
    due = timezone.now() + dt.timedelta(hours=1)
    add_task(admission=place.calm, kind="bloods", text="Chase the CRP", due_at=due, by=ward_nurse)
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    session = signed_in(ward_nurse).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(_address(live_server, "patient-detail", place.calm))
    page.get_by_role("link", name="Discharge QUILLFEATHER").click()
    page.get_by_label("home", exact=True).check()
    page.get_by_role("button", name="Discharge QUILLFEATHER").click()
    expect(page.locator("#error-summary")).to_contain_text("Say whether it is done or handed over")
    page.get_by_label("Handed over").check()
    page.get_by_label("Outcome, or to whom").fill("Test Lane Surgery")
    page.get_by_label("treatment complete").check()
    for question in ("Were medicines changed?", "Is follow-up needed?"):
        page.get_by_role("group", name=question).get_by_label("no", exact=True).check()
    page.get_by_label("we collect it").check()
    page.get_by_role("textbox", name="By when").last.fill("01/01/2099")
    asked = page.get_by_role("group", name="Was the patient asked how it was?")
    asked.get_by_label("not asked").check()
    page.get_by_role("button", name="Discharge QUILLFEATHER").click()
    expect(page.locator("main")).to_contain_text("has left Soar Valley")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_by_day_or_night(
    place, people, watched, ward_nurse, live_server, scheme
):
    keep(place.key, make_set(place.hub, timezone.now(), pulse=131, respiratory_rate=25, spo2=94))
    page = watched(people(ward_nurse))
    page.emulate_media(color_scheme=scheme)
    detail = _address(live_server, "patient-detail", place.calm)
    pages = [
        detail,
        f"{detail}?show=24h&table=1",
        _address(live_server, "admission-discharge", place.calm),
        _address(live_server, "admission-summary", place.calm),
        _address(live_server, "readings-create", place.calm),
        _address(live_server, "review-create", place.calm),
        _address(live_server, "task-create", place.calm),
        _address(live_server, "admission-create", place.waiting),
    ]
    found = []
    for address in pages:
        page.goto(address)
        found += serious(page)
    assert found == []


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_its_screen(place, people, ward_nurse, live_server, width):
    page = people(ward_nurse)
    page.set_viewport_size({"width": width, "height": 800})
    for name in ("patient-detail", "admission-discharge", "readings-create", "admission-summary"):
        page.goto(_address(live_server, name, place.calm))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_the_stay_can_be_zoomed_by_buttons(place, people, watched, ward_nurse, live_server):
    page = watched(people(ward_nurse))
    page.goto(_address(live_server, "patient-detail", place.calm))
    page.get_by_text("Zoom into the whole stay").click()
    expect(page.locator(".zoom .uplot")).to_have_count(5)
    for name in ("Closer", "Later", "Wider", "Whole stay"):
        page.get_by_role("button", name=name).click()
    assert serious(page) == []


def test_who_this_is_stays_in_sight_below_the_bar_that_warns(
    place, people, ward_nurse, live_server
):
    page = people(ward_nurse)
    page.goto(_address(live_server, "patient-detail", place.calm))
    page.route("**/admissions/**", lambda route: route.abort())
    page.evaluate("window.scrollTo(0, 600)")
    expect(page.locator("#stale-bar")).to_be_visible(timeout=25_000)
    bar = page.locator("#stale-bar").bounding_box()
    name = page.locator(".banner__name").bounding_box()
    assert bar
    assert name
    assert name["y"] >= bar["y"] + bar["height"] - 1
