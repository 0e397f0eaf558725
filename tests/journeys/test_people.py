"""An administrator in a real browser: the pages of accounts at both widths, by eye and by axe."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from accounts.actions import grant_membership
from accounts.models import User
from tests.cast import PROVIDER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "three ducks on one pond"
CUT = "(tables) => tables.some((one) => one.scrollWidth > one.clientWidth)"
PAGES = (
    "/",
    "/accounts/profile/",
    "/accounts/people/",
    "/accounts/people/invite/",
    "/accounts/audit/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/password/change/",
)


@pytest.fixture
def administrator(org_admin: User) -> User:
    org_admin.set_password(PASSWORD)
    org_admin.save()
    grant_membership(user=org_admin, role="auditor", scope="provider", code=PROVIDER, by=None)
    return org_admin


def sign_in(page: Page, address: str, user: User) -> None:
    page.goto(address)
    page.get_by_label("Username or e-mail").fill(user.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Where to?")).to_be_visible()


def serious_faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url}: {v['id']}" for v in found if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_every_page_reads_well_and_fits(
    page: Page,
    live_server,
    administrator: User,
    ward_nurse: User,
    console_errors: list[str],
    width: int,
    theme: Literal["dark", "light"],
):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(live_server.url)
    faults = serious_faults(page)
    sign_in(page, live_server.url, administrator)
    for path in (*PAGES, f"/accounts/people/{ward_nurse.pk}/"):
        page.goto(live_server.url + path)
        faults += serious_faults(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{path} is wider than the screen")
        if page.locator(".scroll").evaluate_all(CUT):
            faults.append(f"{path} hides columns of its table")
    assert faults == []


def test_an_administrator_ends_a_role_by_keyboard_alone(
    page: Page, live_server, administrator: User, ward_nurse: User
):
    sign_in(page, live_server.url, administrator)
    page.goto(f"{live_server.url}/accounts/people/{ward_nurse.pk}/")
    page.get_by_role("button", name="End Ward clinician").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("has ended for A. Okafor")).to_be_visible()
    expect(page.get_by_role("button", name="End Ward clinician")).to_have_count(0)
