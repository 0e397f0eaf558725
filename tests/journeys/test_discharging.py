"""Leaving, by keyboard and at phone width: the form, the summary, its letter and its bundle."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from lib.london import day_of
from rounds.actions.experience import Asked, publish_questions
from rounds.models import Experience
from tests.journeys.conftest import serious
from tests.patients.factories import make_clinician

pytestmark = pytest.mark.browser


def _choose(page: Page, question: str, answer: str) -> None:
    """By the keyboard: to the radio, and press it."""
    choice = page.get_by_role("group", name=question).get_by_label(answer, exact=True)
    choice.focus()
    page.keyboard.press("Space")
    expect(choice).to_be_checked()


def _type(page: Page, label: str, words: str, n: int = 0) -> None:
    page.get_by_label(label, exact=True).nth(n).focus()
    page.keyboard.type(words)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_patient_leaves_by_keyboard(place, people, watched, ward_nurse, live_server, width):
    publish_questions(
        ward=place.ward,
        questions=[Asked("Did you feel safe?", "choice"), Asked("What was missing?", "words")],
        by=make_clinician(place.ward),
    )
    page = watched(people(ward_nurse))
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(live_server.url + reverse("rounds:admission-discharge", args=[place.calm.pk]))
    assert serious(page) == []
    due = f"{day_of(timezone.now()) + dt.timedelta(days=5):%d/%m/%Y}"
    _choose(page, "Where to", "home")
    expect(page.get_by_label("What happened", exact=True).first).to_be_hidden()
    _choose(page, "What came of the stay", "treatment complete")
    _choose(page, "Were medicines changed?", "yes, listed below")
    _type(page, "Medicine", "Doxycycline")
    page.get_by_label("What happened", exact=True).nth(1).select_option("started")
    _type(page, "Dose now", "100 mg once a day")
    _type(page, "Why", "Chest infection")
    _choose(page, "Is follow-up needed?", "yes, listed below")
    _type(page, "What", "Bloods")
    _type(page, "By whom", "Test Lane Surgery")
    _type(page, "By when", due)
    _choose(page, "Was the patient asked how it was?", "answered")
    _choose(page, "Who answered", "the patient")
    _choose(page, "Did you feel safe?", "yes")
    _choose(page, "How it comes back", "a courier collects it")
    page.locator("[name=kit_due]").fill(due)
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Discharge QUILLFEATHER").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("has left Soar Valley")
    expect(page.get_by_role("table", name="Medicines started")).to_contain_text("Doxycycline")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Experience.objects.get(admission=place.calm).answers.count() == 1
    for name, kind in (("summary-pdf", "application/pdf"), ("summary-bundle", "application/fhir")):
        file = page.request.get(live_server.url + reverse(f"rounds:{name}", args=[place.calm.pk]))
        assert file.headers["content-type"].startswith(kind)


def test_death_asks_one_thing_and_against_advice_another(
    place, people, watched, ward_nurse, live_server
):
    page = watched(people(ward_nurse))
    page.goto(live_server.url + reverse("rounds:admission-discharge", args=[place.calm.pk]))
    _choose(page, "Where to", "died")
    expect(page.get_by_role("group", name="Medicines")).to_be_hidden()
    expect(page.get_by_label("What happened", exact=True).first).to_be_visible()
    _choose(page, "Where to", "left against advice")
    expect(page.get_by_role("group", name="Could the patient decide to leave?")).to_be_visible()
    expect(page.get_by_role("group", name="What came of the stay")).to_be_hidden()


def test_the_questions_of_a_ward_are_worded_by_its_lead(
    place, people, watched, ward_lead, live_server
):
    publish_questions(
        ward=place.ward, questions=[Asked("Safe?", "choice")], by=make_clinician(place.ward)
    )
    page = watched(people(ward_lead))
    page.goto(live_server.url + reverse("rounds:questions-edit", args=[place.ward.code]))
    assert serious(page) == []
    page.get_by_label("Question", exact=True).nth(1).fill("Did you sleep?")
    page.get_by_role("button", name="Ask these on Soar Valley").click()
    expect(page.locator("main")).to_contain_text("asks these questions from now on")
