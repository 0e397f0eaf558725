"""A nurse at the board in a real browser: it changes by itself, opens rows, and reads well."""

import datetime as dt
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.capacity.factories import make_ward
from tests.patients.factories import make_admission, make_patient
from tests.rounds.factories import HIGH, NORMAL, make_alert, make_set

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = dt.timedelta(hours=1)
# A poll each five seconds, and a slow machine.
SOON = 12_000


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def calm(now):
    patient = make_patient(family_name="Calm-Test", at=now - 49 * HOUR)
    admission = make_admission(ward=make_ward(), patient=patient, at=now - 48 * HOUR)
    make_set(admission, NORMAL, at=now - HOUR)
    return admission


@pytest.fixture
def worse(now):
    patient = make_patient(family_name="Worse-Test", at=now - 49 * HOUR)
    admission = make_admission(ward=make_ward(), patient=patient, at=now - 48 * HOUR)
    make_set(admission, NORMAL, at=now - 2 * HOUR)
    return admission


@pytest.fixture
def open_board(page: Page, live_server, ward_nurse):
    """Signed in by cookie: how one signs in is tried elsewhere."""

    def at(width: int = 1440, query: str = "", theme: Literal["dark", "light"] = "light") -> Page:
        client = Client()
        client.force_login(ward_nurse)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.goto(live_server.url + reverse("rounds:ward-board", args=[make_ward().code]) + query)
        return page

    return at


def test_the_board_changes_by_itself_and_keeps_what_is_open(
    open_board, calm, worse, now, console_errors
):
    page = open_board()
    rows = page.locator("tbody.board-row")
    expect(rows.first).to_contain_text("CALM-TEST")
    page.locator(f"#board-row-{calm.pk} .row-toggle").click()
    expect(page.locator(f"#board-row-{calm.pk} .board-open").first).to_contain_text("NEWS2 0: low")
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    make_set(worse, HIGH, at=now)
    make_alert(worse, at=now)
    expect(rows.first).to_contain_text("WORSE-TEST", timeout=SOON)
    expect(page.locator(".glance-card--alarm")).to_contain_text("1")
    expect(page.locator(f"#board-row-{calm.pk} .board-open").first).to_be_visible()


def test_somebody_admitted_appears_without_a_reload(open_board, now, console_errors):
    make_ward()
    page = open_board()
    expect(page.get_by_text("No patients")).to_be_visible()
    make_admission(patient=make_patient(family_name="New-Test"))
    expect(page.locator("tbody.board-row")).to_contain_text("NEW-TEST", timeout=SOON)


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1024, "light"), (1440, "dark")])
def test_the_board_fits_and_reads_well(
    open_board, calm, worse, now, console_errors, width: int, theme: Literal["dark", "light"]
):
    make_set(worse, HIGH, at=now)
    make_alert(worse, at=now)
    page = open_board(width, f"?open={worse.pk}", theme)
    expect(page.locator(".board-open").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_everything_is_reached_by_keyboard(open_board, calm, console_errors):
    page = open_board()
    page.keyboard.press("j")
    page.locator(f"#board-row-{calm.pk} .row-toggle").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#board-row-{calm.pk} .board-open").first).to_be_visible()
