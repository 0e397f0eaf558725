"""A stranger becomes each role through the sign-in form, and every page they are led to opens."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from tests.journeys.conftest import Browse, Place, keep
from tests.observations.factories import make_set

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "three ducks on one pond"
ROLES = ("ward_nurse", "ward_lead", "referrer", "icb_manager", "org_admin", "auditor", "read_only")


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def with_password(request: pytest.FixtureRequest):
    def called(role: str) -> User:
        user: User = request.getfixturevalue(role)
        user.set_password(PASSWORD)
        user.save()
        return user

    return called


def test_every_page_that_a_role_is_led_to_opens(
    place: Place, browser: Browser, browser_context_args, with_password, watched, live_server
):
    for role in ROLES:
        user = with_password(role)
        context = browser.new_context(**browser_context_args)
        page = watched(context.new_page())
        page.goto(live_server.url)
        sign_in(page, user.username)
        expect(page.locator(".menu--user summary")).to_have_text(user.signature)
        links = page.locator(".topbar__nav a")
        assert links.count(), f"{role} has nowhere to go"
        for label in links.all_inner_texts():
            with page.expect_navigation() as led:
                page.locator(".topbar__nav").get_by_role("link", name=label, exact=True).click()
            assert led.value.ok, f"{role}, {label}: {led.value.status}"
            expect(page.locator("h1").first).to_be_visible()
        context.close()


def test_a_wrong_password_is_refused_and_signing_out_ends_it(
    page: Page, place: Place, with_password, watched, live_server
):
    nurse = with_password("ward_nurse")
    board = reverse("rounds:ward-board", args=[place.ward.code])
    watched(page).goto(live_server.url + board)
    sign_in(page, nurse.username, "not this one")
    expect(page.get_by_role("alert").first).to_be_visible()
    sign_in(page, nurse.username)
    expect(page).to_have_url(live_server.url + board)

    page.locator(".menu--user summary").click()
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.locator("[name=password]")).to_be_visible()
    page.goto(live_server.url + board)
    expect(page.locator("[name=password]")).to_be_visible()
    assert settings.SESSION_COOKIE_NAME not in {c["name"] for c in page.context.cookies()}


def test_without_javascript_a_nurse_signs_in_and_owns_an_alert(
    place: Place, browser: Browser, browser_context_args, with_password, live_server
):
    _worsen(place)
    user = with_password("ward_nurse")
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url)
    sign_in(page, user.username)
    row = page.locator(f"#board-row-{place.calm.pk}")
    expect(row).to_contain_text("Nobody owns")
    row.locator(".row-toggle").click()
    page.get_by_role("button", name="Acknowledge and own").first.click()
    expect(page.get_by_text("You own this alert: QUILLFEATHER")).to_be_visible()
    page.goto(live_server.url + reverse("rounds:ward-board", args=[place.ward.code]))
    expect(row).to_contain_text("A. Okafor")
    context.close()


def test_with_the_keyboard_alone_a_nurse_finds_the_worst_patient_and_owns_the_alert(
    place: Place, people: Browse, ward_nurse: User, watched, live_server
):
    _worsen(place)
    page = watched(people(ward_nurse))
    board = live_server.url + reverse("rounds:ward-board", args=[place.ward.code])
    page.goto(board)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    worst = page.locator(f"#board-row-{place.calm.pk}")
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator(".is-current")).to_have_attribute("id", f"board-row-{place.calm.pk}")
    expect(worst.locator("a").first).to_be_focused()
    page.keyboard.press("Enter")
    owning = worst.get_by_role("button", name="Acknowledge and own")
    expect(owning).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/acknowledge/")):
        page.keyboard.press("a")
    page.goto(board)
    expect(worst).to_contain_text("A. Okafor")


def _worsen(place: Place) -> None:
    unwell = {"respiratory_rate": 25, "spo2": 92, "pulse": 112}
    keep(place.key, make_set(place.hub, timezone.now(), **unwell))
