"""A nurse admits a patient, and the ICB's open dashboard shows one patient more, one bed fewer."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.journeys.conftest import BEDS, TAKEN, Browse, Place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A poll each five seconds, and a slow machine.
SOON = 12_000


def test_an_admission_takes_one_bed_and_moves_the_icbs_figure_by_one(
    place: Place, people: Browse, watched, ward_nurse: User, icb_manager: User, live_server
):
    dashboard = watched(people(icb_manager))
    dashboard.goto(live_server.url + reverse("capacity:icb-detail", args=["QK1"]))
    dashboard.evaluate("window.neverReloaded = true")
    expect_figures(dashboard, patients=TAKEN)

    desk = watched(people(ward_nurse))
    desk.goto(live_server.url + reverse("rounds:admission-create", args=[place.waiting.pk]))
    admit(desk)
    expect(desk).to_have_url(re.compile("/admissions/"))

    expect_figures(dashboard, patients=TAKEN + 1)
    assert dashboard.evaluate("window.neverReloaded")
    desk.goto(live_server.url + reverse("patients:bed-list", args=[place.ward.code]))
    expect(desk.get_by_text("THISTLEWICK").first).to_be_visible()


def admit(page: Page) -> None:
    page.get_by_label("Bed", exact=True).select_option(index=1)
    day = timezone.localdate() + dt.timedelta(days=7)
    page.get_by_label("Expected day to leave").fill(f"{day:%d/%m/%Y}")
    page.get_by_role("button", name="Admit").click()


def expect_figures(page: Page, *, patients: int) -> None:
    """Of the ward and of the board: each has the ward's beds, as it is the only one with any."""
    row = page.get_by_role("row", name="Soar Valley")
    for column, figure in ((0, BEDS), (2, patients), (5, BEDS - patients)):
        expect(row.get_by_role("cell").nth(column)).to_have_text(str(figure), timeout=SOON)
    expect(page.locator("h1")).to_contain_text(f"{patients}", timeout=SOON)
