"""The browser is real, and reaches the live server and nobody else."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.django_db(transaction=True)
def test_the_browser_shows_the_sign_in_form(page, live_server, console_errors):
    page.goto(f"{live_server.url}/")
    assert page.locator("input[name=login]").is_visible()
    assert page.locator("input[name=password]").is_visible()
