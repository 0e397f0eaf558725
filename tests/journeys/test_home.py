"""The way in is shown when somebody asks for it, and safeguarding to who says why: in a browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import AuditEvent, User
from patients.actions.home import set_key_safe
from patients.actions.safeguarding import note_safeguarding
from tests.journeys.conftest import Browse, Place, serious

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "C4417Y"
CONCERN = "Bruising on both arms"


@pytest.fixture
def page(place: Place, people: Browse, watched, ward_nurse: User, live_server) -> Page:
    set_key_safe(patient=place.calm.patient, code=CODE, place="Porch", by=ward_nurse)
    note_safeguarding(admission=place.calm, text=CONCERN, by=ward_nurse)
    window: Page = watched(people(ward_nurse))
    window.set_viewport_size({"width": 390, "height": 900})
    window.goto(live_server.url + reverse("patients:home-detail", args=[place.calm.pk]))
    return window


def test_the_code_comes_by_a_press_and_goes_with_the_page(page: Page):
    assert CODE not in page.content()
    page.get_by_role("button", name="Show key-safe code").press("Enter")
    expect(page.get_by_text(CODE)).to_be_visible()
    assert serious(page) == []
    assert AuditEvent.objects.filter(verb="key-safe-shown").count() == 1
    page.get_by_role("link", name="Hide it").click()
    expect(page.get_by_role("button", name="Show key-safe code")).to_be_visible()
    assert CODE not in page.content()


def test_safeguarding_opens_to_who_says_why(page: Page):
    page.get_by_role("link", name="Open…").click()
    assert CONCERN not in page.content()
    page.get_by_label("A new concern").check()
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text(CONCERN)).to_be_visible()
    assert serious(page) == []
    page.go_back()
    assert CONCERN not in page.content()
