"""A ward's lead words an own version of a pathway in a browser, and a patient goes on with it."""

from typing import Literal

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from patients.models import PathwayDraft
from tests.journeys.conftest import Browse, Place, serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_pathway_is_drafted_compared_published_and_followed(
    place: Place,
    people: Browse,
    ward_lead: User,
    ward_doctor: User,
    live_server,
    width: int,
    theme: Literal["dark", "light"],
):
    # A browser writes the refusal on its console, so nobody listens to that here.
    page = people(ward_lead)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    faults: list[str] = []

    def look() -> None:
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{page.url} is wider than the screen")
        faults.extend(serious(page))

    page.goto(live_server.url + reverse("rounds:pathway-list", args=[place.ward.code]))
    look()
    page.get_by_role("link", name="Frailty", exact=True).click()
    look()
    page.get_by_role("button", name="Draft a new version").click()
    look()
    _word(page)
    page.get_by_role("button", name="Save, and see what changes").click()
    look()
    assert page.locator(".differences", has_text="below 90 %").is_visible()
    page.get_by_role("button", name="Publish Frailty for").click()
    assert page.locator("#error-summary").is_visible()
    look()
    page.get_by_label("Why this is changed").fill("Usual saturations of our patients")
    page.get_by_label("Agreed by").select_option(str(ward_doctor.pk))
    page.get_by_role("button", name="Publish Frailty for").click()
    assert "version 1 of this ward" in page.locator(".page-head").inner_text()
    look()
    assert not PathwayDraft.objects.exists()
    _move(page, live_server.url + reverse("rounds:pathway-change", args=[place.calm.pk]))
    look()
    assert faults == []


def _word(page: Page) -> None:
    """By its labels, as a screen reader says them."""
    page.get_by_label("Oxygen saturation (SpO2), prompt, below").fill("90")
    page.get_by_label("Expected days").fill("6")
    page.locator(".more-kinds summary").click()
    page.get_by_label("Weight, Times of day").fill("8:00")
    page.get_by_label("Weight, prompt, below").fill("40")


def _move(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("details.card summary").first.click()
