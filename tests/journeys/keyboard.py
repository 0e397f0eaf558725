"""Going by keyboard alone, as somebody does who has no mouse."""

from typing import Literal

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.journeys.conftest import serious

PHONE = ViewportSize(width=390, height=844)
LONG = "Featherstonehaugh-Cholmondeley-Wolfeschlegelsteinhausenbergerdorff-Testington-Xy"


def to(page: Page, wanted: Locator) -> None:
    """Tab after tab."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"no tab leads to {wanted}")


def fill(page: Page, label: str, text: str) -> None:
    to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def press(page: Page, role: Literal["button", "link"], name: str) -> None:
    to(page, page.get_by_role(role, name=name).first)
    page.keyboard.press("Enter")


def check(page: Page, heading: str) -> None:
    """It came, it fits, and it keeps nobody out."""
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert serious(page) == []
